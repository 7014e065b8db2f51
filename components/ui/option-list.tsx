'use client'

import { type KeyboardEvent, type ReactNode, useId, useState } from 'react'
import styles from './option-list.module.css'

export interface Option<Value extends string> {
  readonly value: Value
  /** What is shown; the value itself when absent. */
  readonly label?: ReactNode
}

interface OptionListProps<Value extends string> {
  /** What is chosen, for a screen reader. */
  readonly legend: string
  readonly options: readonly Option<Value>[]
  readonly chosen: readonly Value[]
  readonly onChange: (chosen: Value[]) => void
  /** Shown when there is nothing to choose from. */
  readonly empty?: string
}

/** From this many options on a list has a field to search it. */
const SEARCH_FROM = 9
const MOVES: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 }

/** Options of which any number may hold; searchable when long, walked with the arrow keys. */
export function OptionList<Value extends string>(props: OptionListProps<Value>) {
  const { legend, options, chosen, onChange, empty = 'nothing recorded yet' } = props
  const [search, setSearch] = useState('')
  const id = useId()
  const wanted = search.toLowerCase()
  const shown = options.filter((option) => option.value.toLowerCase().includes(wanted))

  const toggle = (value: Value) => {
    onChange(chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value])
  }

  return (
    <fieldset className={styles.list} onKeyDown={walk}>
      <legend className={styles.legend}>{legend}</legend>
      {options.length < SEARCH_FROM ? null : (
        <input
          className={styles.search}
          type="search"
          placeholder={`Search ${options.length}`}
          aria-label={`Search ${legend}`}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      )}
      <div className={styles.scroll}>
        {shown.length === 0 ? <p className={styles.empty}>{search === '' ? empty : 'no match'}</p> : null}
        {shown.map((option) => (
          <label key={option.value} className={styles.option} htmlFor={`${id}-${option.value}`}>
            <input
              id={`${id}-${option.value}`}
              type="checkbox"
              checked={chosen.includes(option.value)}
              onChange={() => toggle(option.value)}
            />
            <span className={styles.label} title={option.value}>
              {option.label ?? option.value}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function walk(event: KeyboardEvent<HTMLFieldSetElement>) {
  const move = MOVES[event.key]
  if (move === undefined) return
  const inputs = [...event.currentTarget.querySelectorAll('input')]
  const next = inputs[inputs.indexOf(document.activeElement as HTMLInputElement) + move]
  if (!next) return
  event.preventDefault()
  next.focus()
}
