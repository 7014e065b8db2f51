import type { Sparkline as SparklineModel, UnitRun } from '#lib/charts/sparkline.ts'
import styles from './sparkline.module.css'

interface SparklineProps {
  readonly model: SparklineModel
  /** Where the pointer reads, 0 to 1; null when it does not. */
  readonly cursor?: number | null
}

const SIZE = 100
/** A point without neighbours: with round caps this short a line is a dot. */
const DOT = 0.01

/**
 * Now as a solid line with a dot at its end, the week before dashed. Says nothing that the figure above it
 * and the table do not say in words, so it is hidden from screen readers.
 */
export function Sparkline({ model, cursor = null }: SparklineProps) {
  return (
    <div className={styles.box} aria-hidden="true">
      <svg
        className={styles.plot}
        viewBox={`0 0 ${SIZE} ${SIZE}`}
        aria-hidden="true"
        preserveAspectRatio="none"
      >
        <path className={styles.before} d={pathOf(model.before)} />
        <path className={styles.now} d={pathOf(model.now)} />
        {cursor === null ? null : (
          <line className={styles.cursor} x1={cursor * SIZE} x2={cursor * SIZE} y1="0" y2={SIZE} />
        )}
      </svg>
      {model.end === null ? null : (
        <span
          className={styles.end}
          style={{ left: `${model.end.x * 100}%`, top: `${model.end.y * 100}%` }}
        />
      )}
    </div>
  )
}

function pathOf(runs: readonly UnitRun[]): string {
  const place = ({ x, y }: UnitRun[number]) => `${(x * SIZE).toFixed(2)} ${(y * SIZE).toFixed(2)}`
  return runs
    .map((run) => {
      const [first, ...rest] = run
      if (first === undefined) return ''
      return `M${place(first)}${rest.length === 0 ? `h${DOT}` : rest.map((point) => `L${place(point)}`).join('')}`
    })
    .join('')
}
