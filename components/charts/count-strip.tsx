import styles from './count-strip.module.css'

interface CountStripProps {
  readonly bins: readonly { readonly fromMs: number; readonly calls: number; readonly failures: number }[]
  /** Highest number of calls of a bin. */
  readonly peak: number
  /** Space left and right of the plot above, px. */
  readonly leftPx: number
  readonly rightPx: number
}

const HEIGHT = 26
/** A failure must be seen in a bar of any height. */
const FAILING_MARK = 2.5

/** Calls of each bin under a series, failures in red at their foot. The table holds the numbers. */
export function CountStrip({ bins, peak, leftPx, rightPx }: CountStripProps) {
  const top = Math.max(1, peak)
  return (
    <div className={styles.strip} style={{ paddingLeft: leftPx, paddingRight: rightPx }}>
      <svg
        aria-hidden="true"
        viewBox={`0 0 ${Math.max(1, bins.length)} ${HEIGHT}`}
        preserveAspectRatio="none"
      >
        {bins.map((bin, index) => {
          const height = bin.calls === 0 ? 0 : Math.max(1, (bin.calls / top) * HEIGHT)
          const failing = bin.failures === 0 ? 0 : Math.max(FAILING_MARK, (bin.failures / top) * HEIGHT)
          return (
            <g key={bin.fromMs}>
              <rect
                className={styles.bar}
                x={index + 0.08}
                width={0.84}
                y={HEIGHT - height}
                height={height}
              />
              <rect
                className={styles.failing}
                x={index + 0.08}
                width={0.84}
                y={HEIGHT - failing}
                height={failing}
              />
            </g>
          )
        })}
      </svg>
    </div>
  )
}
