import type { RangeBar as RangeBarModel } from '#lib/charts/breakdown.ts'
import styles from './range-bar.module.css'

interface RangeBarProps {
  /** Null when there are no percentiles. */
  readonly bar: RangeBarModel | null
  readonly lowSample: boolean
}

const percent = (share: number) => `${(share * 100).toFixed(2)}%`

/**
 * The stretch from p50 to p95, p50 with a solid edge and p95 with a dashed one, and p99 as a tick. The numbers
 * stand beside it, so it is hidden from screen readers.
 */
export function RangeBar({ bar, lowSample }: RangeBarProps) {
  if (bar === null) return null
  return (
    <span className={styles.track} data-low={lowSample || undefined} aria-hidden="true">
      <span className={styles.band} style={{ left: percent(bar.p50), width: percent(bar.p95 - bar.p50) }} />
      {bar.p99 === null ? null : (
        <>
          <span
            className={styles.tail}
            style={{ left: percent(bar.p95), width: percent(bar.p99 - bar.p95) }}
          />
          <span className={styles.tick} style={{ left: percent(bar.p99) }} />
        </>
      )}
    </span>
  )
}
