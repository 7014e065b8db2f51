'use client'

import { useQuery } from '@tanstack/react-query'
import { KindGlyph } from '#components/alerts/kind-glyph.tsx'
import { facetsQuery } from '#components/query/queries.ts'
import { Button } from '#components/ui/button.tsx'
import { ChoiceButton } from '#components/ui/choice-button.tsx'
import { OptionList } from '#components/ui/option-list.tsx'
import { KIND_WORDS } from '#lib/alerts/words.ts'
import { middleTruncate } from '#lib/format/text.ts'
import { ALERT_KINDS } from '#lib/model/alert.ts'
import styles from './alert-filter-bar.module.css'
import { type AlertState, STATES } from './alert-params.ts'
import type { AlertFilters } from './use-alert-filters.ts'

const STATE_WORDS: Record<AlertState, string> = { current: 'Current', resolved: 'Resolved', all: 'All' }
const STATE_TITLES: Record<AlertState, string> = {
  current: 'Open, acknowledged or silenced',
  resolved: 'Over, by evidence or by hand',
  all: 'Resolved ones and those that another explains too',
}

/** Which alerts the list shows: their state, their kind and the tools that they are about. */
export function AlertFilterBar({ filters }: { readonly filters: AlertFilters }) {
  const { values, setState, setKinds, setTools, count, clear } = filters
  const facets = useQuery(facetsQuery({}))
  const tools = [...new Set([...(facets.data?.tools ?? []), ...values.tool])].map((value) => ({ value }))
  return (
    <div className={styles.bar}>
      <fieldset className={styles.states}>
        <legend className={styles.legend}>State</legend>
        {STATES.map((state) => (
          <button
            key={state}
            type="button"
            className={styles.state}
            aria-pressed={state === values.state}
            title={STATE_TITLES[state]}
            onClick={() => setState(state)}
          >
            {STATE_WORDS[state]}
          </button>
        ))}
      </fieldset>
      <ChoiceButton
        name="kind"
        value={describeChoice(values.kind)}
        label={`Kinds: ${describeChoice(values.kind)}`}
      >
        <OptionList
          legend="Kinds"
          options={ALERT_KINDS.map((kind) => ({
            value: kind,
            label: (
              <span className={styles.kind} title={KIND_WORDS[kind]}>
                <KindGlyph kind={kind} />
                {kind}
              </span>
            ),
          }))}
          chosen={values.kind}
          onChange={setKinds}
        />
      </ChoiceButton>
      <ChoiceButton
        name="tool"
        value={describeChoice(values.tool)}
        label={`Tools: ${describeChoice(values.tool)}`}
      >
        <OptionList legend="Tools" options={tools} chosen={values.tool} onChange={setTools} />
      </ChoiceButton>
      {count === 0 ? null : (
        <Button kind="plain" onClick={clear}>
          Clear
        </Button>
      )}
    </div>
  )
}

function describeChoice(chosen: readonly string[]): string {
  const [first] = chosen
  if (first === undefined) return 'any'
  return chosen.length === 1 ? middleTruncate(first, 22) : `${chosen.length} of them`
}
