import type { BatchContext } from '#lib/contract/reads.ts'
import { formatDuration } from '#lib/format/duration.ts'
import { formatCount } from '#lib/format/number.ts'
import type { CallRow } from '#lib/timeline/model.ts'
import { FactGroup } from './facts.tsx'
import styles from './history-strip.module.css'

interface HistoryStripProps {
  readonly history: BatchContext['tools'][number]
  readonly row: CallRow
}

const WIDTH = 288
const HEIGHT = 26
const BASE = 20
/** The scale reaches beyond the largest value, so that no mark stands on the edge. */
const AIR = 1.15

/** The last attempt of this call among the tool's own calls: left of p50, within the band, or beyond it. */
export function HistoryStrip({ history, row }: HistoryStripProps) {
  const note = `7 d, n ${formatCount(history.n)}`
  const last = row.segments.at(-1)
  const { p50_ms: p50, p95_ms: p95 } = history
  if (p50 === null || p95 === null || history.low_sample) {
    return (
      <FactGroup title="Against its own history" note={note}>
        <p className={styles.words}>Fewer than 20 calls: too few to compare with.</p>
      </FactGroup>
    )
  }
  const tookMs = last ? (last.endUs - last.startUs) / 1000 : null
  const scale = WIDTH / (Math.max(p95, tookMs ?? 0, 0.001) * AIR)
  const slow = row.slowest
  return (
    <FactGroup title="Against its own history" note={note}>
      <p className={styles.words}>
        {tookMs === null ? 'No time to compare.' : compare(tookMs, p50, p95, row.attempts)}
      </p>
      <svg
        className={styles.strip}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        aria-hidden="true"
        preserveAspectRatio="none"
      >
        <path d={`M0 ${BASE - 4.5}H${WIDTH}`} stroke="var(--line-2)" vectorEffect="non-scaling-stroke" />
        <rect
          x={p50 * scale}
          y={BASE - 12}
          width={Math.max(1, (p95 - p50) * scale)}
          height={15}
          fill="var(--band)"
        />
        <path
          d={`M${p50 * scale} ${BASE - 12}v15`}
          stroke="var(--band-edge)"
          vectorEffect="non-scaling-stroke"
        />
        <path
          d={`M${p95 * scale} ${BASE - 12}v15`}
          stroke="var(--band-edge)"
          strokeDasharray="2 2"
          vectorEffect="non-scaling-stroke"
        />
        {tookMs === null ? null : (
          <rect
            x={Math.max(0, tookMs * scale - 1)}
            y={BASE - 16}
            width="2"
            height="22"
            fill={slow ? 'var(--slow)' : 'var(--ink-1)'}
          />
        )}
      </svg>
      <div className={styles.legend}>
        <span>p50 {formatDuration(p50)}</span>
        <span>p95 {formatDuration(p95)}</span>
      </div>
    </FactGroup>
  )
}

function compare(tookMs: number, p50: number, p95: number, attempts: number): string {
  const which = attempts > 1 ? `Attempt ${attempts}, ${formatDuration(tookMs)},` : `${formatDuration(tookMs)}`
  if (tookMs > p95) return `${which} lies beyond its p95: 19 calls in 20 are faster.`
  return tookMs > p50 ? `${which} lies between its p50 and p95.` : `${which} is among its faster half.`
}
