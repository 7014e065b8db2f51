'use client'

import { useId, useState } from 'react'
import { useViewState } from '#components/query/use-view-state.ts'
import { ALL_TIME } from '#components/query/view-state.ts'
import { Button } from '#components/ui/button.tsx'
import { ChoiceButton } from '#components/ui/choice-button.tsx'
import { CheckIcon } from '#components/ui/icons.tsx'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { useNow } from '#components/ui/use-now.ts'
import { formatRange, formatWindow } from '#lib/format/time.ts'
import { fromLocalInput, toLocalInput } from '#lib/format/wall-clock.ts'
import styles from './controls.module.css'

const RANGES = ['15m', '1h', '6h', '24h', '7d', '30d', ALL_TIME] as const

function describeRange(range: string, isShort: boolean): string {
  if (range === ALL_TIME) return 'All time'
  const span = formatRange(range) ?? range
  return isShort ? span : `Last ${span}`
}

/** The window of the page: relative ranges stay relative, absolute ones absolute. */
export function RangeControl({ isShort = false }: { readonly isShort?: boolean }) {
  const { view, range, setRange } = useViewState()
  const { zone } = useTimeZone()
  const nowMs = useNow(60_000) ?? 0
  const value = range === null ? formatWindow(view.from, view.to, zone, nowMs) : describeRange(range, isShort)
  return (
    <ChoiceButton {...(isShort ? {} : { name: 'range' })} value={value} label={`Time range: ${value}`}>
      {(close) => (
        <div className={styles.rangePanel}>
          {RANGES.map((option) => (
            <button
              key={option}
              type="button"
              className={styles.rangeOption}
              aria-pressed={option === range}
              onClick={() => {
                setRange(option)
                close()
              }}
            >
              {describeRange(option, false)}
              {option === range ? <CheckIcon /> : null}
            </button>
          ))}
          <AbsoluteRange onDone={close} />
        </div>
      )}
    </ChoiceButton>
  )
}

function AbsoluteRange({ onDone }: { readonly onDone: () => void }) {
  const { view, setWindow } = useViewState()
  const { zone } = useTimeZone()
  const id = useId()
  const [from, setFrom] = useState(() => toLocalInput(view.from, zone))
  const [to, setTo] = useState(() => toLocalInput(view.to, zone))
  const fromMs = fromLocalInput(from, zone)
  const toMs = fromLocalInput(to, zone)
  const isBackwards = fromMs !== null && toMs !== null && fromMs >= toMs
  return (
    <form
      className={styles.absolute}
      onSubmit={(event) => {
        event.preventDefault()
        setWindow(fromMs, toMs)
        onDone()
      }}
    >
      <label htmlFor={`${id}-from`}>From</label>
      <input
        id={`${id}-from`}
        type="datetime-local"
        step="1"
        value={from}
        onChange={(event) => setFrom(event.target.value)}
      />
      <label htmlFor={`${id}-to`}>To</label>
      <input
        id={`${id}-to`}
        type="datetime-local"
        step="1"
        value={to}
        onChange={(event) => setTo(event.target.value)}
      />
      <span className={styles.hint}>{isBackwards ? 'ends before it begins' : zone}</span>
      <Button type="submit" disabled={isBackwards || (fromMs === null && toMs === null)}>
        Apply
      </Button>
    </form>
  )
}
