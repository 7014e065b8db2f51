'use client'

import { useQuery } from '@tanstack/react-query'
import { facetsQuery } from '#components/query/queries.ts'
import { useViewState } from '#components/query/use-view-state.ts'
import { Button } from '#components/ui/button.tsx'
import { ChoiceButton } from '#components/ui/choice-button.tsx'
import { OptionList } from '#components/ui/option-list.tsx'
import { middleTruncate } from '#lib/format/text.ts'
import styles from './controls.module.css'

/** Which environments a page is about. */
export function EnvironmentControl() {
  const { view, setEnvironments } = useViewState()
  const facets = useQuery(facetsQuery({}))
  return (
    <NamesControl
      name="env"
      legend="Environments"
      known={facets.data?.environments}
      chosen={view.environment}
      onChange={setEnvironments}
    />
  )
}

/** Which agents a page is about. */
export function AgentControl() {
  const { view, setAgents } = useViewState()
  const facets = useQuery(facetsQuery({}))
  return (
    <NamesControl
      name="agent"
      legend="Agents"
      known={facets.data?.agents}
      chosen={view.agent}
      onChange={setAgents}
    />
  )
}

interface NamesControlProps {
  readonly name: string
  readonly legend: string
  /** Undefined while it is not known. */
  readonly known: readonly string[] | undefined
  readonly chosen: readonly string[]
  readonly onChange: (chosen: string[]) => void
}

function NamesControl({ name, legend, known, chosen, onChange }: NamesControlProps) {
  const value = describeChoice(chosen, known?.length)
  // A link may name what this store has not seen: it stays visible, so that it can be taken off.
  const options = [...new Set([...(known ?? []), ...chosen])].map((option) => ({ value: option }))
  return (
    <ChoiceButton name={name} value={value} label={`${legend}: ${value}`}>
      <OptionList legend={legend} options={options} chosen={chosen} onChange={onChange} />
      {chosen.length === 0 ? null : (
        <div className={styles.panelFoot}>
          <Button kind="plain" onClick={() => onChange([])}>
            All {legend.toLowerCase()}
          </Button>
        </div>
      )}
    </ChoiceButton>
  )
}

function describeChoice(chosen: readonly string[], known: number | undefined): string {
  const [first] = chosen
  if (first === undefined) return known === undefined || known < 2 ? 'all' : `all ${known}`
  if (chosen.length === 1) return middleTruncate(first, 24)
  return known === undefined ? String(chosen.length) : `${chosen.length} of ${known}`
}
