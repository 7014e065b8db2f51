'use client'

import { useId, useState } from 'react'
import type { FilterValues } from '#components/query/view-state.ts'
import { Button } from '#components/ui/button.tsx'
import { ModeGlyph, OutcomeGlyph } from '#components/ui/glyphs.tsx'
import { OptionList } from '#components/ui/option-list.tsx'
import type { Facets } from '#lib/contract/reads.ts'
import { MODES, OUTCOMES } from '#lib/model/vocabulary.ts'
import styles from './filter-bar.module.css'
import type { FilterKind, ListKind, NumberKind } from './filter-kinds.ts'

interface FilterEditorProps<Kind extends FilterKind = FilterKind> {
  readonly kind: Kind
  readonly values: FilterValues
  readonly facets: Facets | undefined
  readonly onChange: (change: Partial<FilterValues>) => void
  readonly onDone: () => void
}

/** What one filter is set to, and the means to change it. */
export function FilterEditor({ kind, ...rest }: FilterEditorProps) {
  return kind.type === 'list' ? <ListEditor kind={kind} {...rest} /> : <NumberEditor kind={kind} {...rest} />
}

function ListEditor({ kind, values, facets, onChange }: FilterEditorProps<ListKind>) {
  const chosen: readonly string[] = values[kind.key]
  const known = [...new Set([...kind.optionsOf(facets), ...chosen])]
  const options = known.map((value) => ({ value, label: <OptionWord kind={kind} value={value} /> }))
  return (
    <>
      {kind.key === 'tool' ? <ToolMatch values={values} onChange={onChange} /> : null}
      <OptionList
        legend={kind.label}
        options={options}
        chosen={chosen}
        onChange={(next) => onChange({ [kind.key]: next })}
      />
    </>
  )
}

function OptionWord({ kind, value }: { readonly kind: ListKind; readonly value: string }) {
  const outcome = kind.key === 'outcome' ? OUTCOMES.find((known) => known === value) : undefined
  const mode = kind.key === 'mode' ? MODES.find((known) => known === value) : undefined
  return (
    <>
      {outcome === undefined ? null : <OutcomeGlyph outcome={outcome} label={null} />}
      {mode === undefined ? null : <ModeGlyph mode={mode} label={null} />}
      {kind.wordOf?.(value) ?? value}
    </>
  )
}

function ToolMatch({ values, onChange }: Pick<FilterEditorProps, 'values' | 'onChange'>) {
  const match = values.tool_match ?? 'any'
  return (
    <fieldset className={styles.match}>
      <legend>A batch holds</legend>
      {(['any', 'all'] as const).map((option) => (
        <label key={option}>
          <input
            type="radio"
            name="tool-match"
            checked={match === option}
            onChange={() => onChange({ tool_match: option === 'any' ? null : 'all' })}
          />
          {option} of these
        </label>
      ))}
    </fieldset>
  )
}

function NumberEditor({ kind, values, onChange, onDone }: FilterEditorProps<NumberKind>) {
  const id = useId()
  const current = values[kind.key]
  const [text, setText] = useState(current === null ? '' : String(current))
  const apply = (value: number | null) => {
    onChange({ [kind.key]: value })
    onDone()
  }
  return (
    <form
      className={styles.number}
      onSubmit={(event) => {
        event.preventDefault()
        apply(text === '' ? null : Number(text))
      }}
    >
      <label htmlFor={id}>{kind.label} at least</label>
      <div className={styles.numberRow}>
        <input
          id={id}
          type="number"
          inputMode="decimal"
          min={kind.min}
          max={kind.max}
          step={kind.step}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <span className={styles.unit}>{kind.unit}</span>
        <Button type="submit">Apply</Button>
      </div>
      <div className={styles.presets}>
        {kind.presets.map((preset) => (
          <Button key={preset} kind="plain" onClick={() => apply(preset)}>
            {kind.describe(preset)}
          </Button>
        ))}
      </div>
    </form>
  )
}
