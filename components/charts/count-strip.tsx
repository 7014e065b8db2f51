import type { TimeSpan } from '#lib/charts/time-axis.ts'
import styles from './count-strip.module.css'

interface CountStripProps {
  readonly bins: readonly (TimeSpan & { readonly calls: number; readonly failures: number })[]
  /** What the axis above spans. */
  readonly span: TimeSpan
  /** Highest number of calls of a bin. */
  readonly peak: number
  /** Space left and right of the plot above, px. */
  readonly leftPx: number
  readonly rightPx: number
}

const HEIGHT = 26
/** A failure must be seen in a bar of any height. */
const FAILING_MARK = 1.5

/** In units of the picture, whose width is 1000: bars stand apart by this much. */
const WIDTH = 1000
const GAP = 2

/** Calls of each bin under a series, failures in red at their foot. The table holds the numbers. */
export function CountStrip({ bins, span, peak, leftPx, rightPx }: CountStripProps) {
  const top = Math.max(1, peak)
  const perMs = WIDTH / Math.max(1, span.toMs - span.fromMs)
  return (
    <div className={styles.strip} style={{ paddingLeft: leftPx, paddingRight: rightPx }}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {bins.map((bin) => {
          const x = (bin.fromMs - span.fromMs) * perMs
          const width = Math.max(1, (bin.toMs - bin.fromMs) * perMs - GAP)
          const height = bin.calls === 0 ? 0 : Math.max(1, (bin.calls / top) * HEIGHT)
          const failing = bin.failures === 0 ? 0 : Math.max(FAILING_MARK, (bin.failures / top) * HEIGHT)
          return (
            <g key={bin.fromMs}>
              <rect className={styles.bar} x={x} width={width} y={HEIGHT - height} height={height} />
              <rect className={styles.failing} x={x} width={width} y={HEIGHT - failing} height={failing} />
            </g>
          )
        })}
      </svg>
    </div>
  )
}
