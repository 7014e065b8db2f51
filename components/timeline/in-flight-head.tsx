'use client'

import { useEffect, useRef } from 'react'
import { formatDuration, formatThreeDigits } from '#lib/format/duration.ts'
import type { Timeline } from '#lib/timeline/model.ts'
import { levelAt, meanLevel } from '#lib/timeline/steps.ts'
import type { GanttEngine } from './gantt-engine.ts'
import styles from './in-flight-head.module.css'

interface InFlightHeadProps {
  readonly timeline: Timeline
  readonly engine: GanttEngine
  readonly touch: boolean
}

/** What the strip beside it draws, in words, with the number at the cursor. */
export function InFlightHead({ timeline, engine, touch }: InFlightHeadProps) {
  const { inFlight, cap, alone } = timeline
  const reading = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const update = () => {
      const { cursor } = engine.getState()
      const text = cursor === null ? '' : `${levelAt(inFlight, cursor.us)} at cursor`
      if (reading.current && reading.current.textContent !== text) reading.current.textContent = text
    }
    update()
    return engine.subscribe(update)
  }, [engine, inFlight])
  if (touch) return <div className={styles.line}>in flight, {cap === null ? 'no cap' : `cap ${cap}`}</div>
  const mean = meanLevel(inFlight)
  return (
    <div className={styles.head}>
      <div className={styles.title}>
        <span>In flight</span>
        <span className={styles.reading} ref={reading} aria-hidden="true" />
      </div>
      <div className={styles.note}>
        {mean === null
          ? timeline.endUs === null
            ? timeline.rows.every(({ outcome }) => outcome === 'never-ran')
              ? 'no call ran'
              : 'no times told'
            : 'no call took any time'
          : `mean ${formatThreeDigits(mean)}, `}
        {mean === null ? null : cap === null ? `no cap, peak ${inFlight.peak}` : `cap ${cap}`}
      </div>
      {alone === null ? null : (
        <div className={styles.alone}>1 for {formatDuration((alone.toUs - alone.fromUs) / 1000)}</div>
      )}
    </div>
  )
}
