import { memo } from 'react'
import styles from './mini-gantt.module.css'
import { layOutMiniGantt, type MiniBatch, type MiniShape } from './mini-gantt-shapes.ts'

interface MiniGanttProps {
  readonly batch: MiniBatch & { readonly calls_truncated: boolean }
}

const WIDTH = 176
const HEIGHT = 24

/**
 * The shape of a batch at a glance, each to its own wall. It says nothing that the columns beside it do not
 * say in words, so it is hidden from screen readers.
 */
export const MiniGantt = memo(function MiniGantt({ batch }: MiniGanttProps) {
  const shapes = layOutMiniGantt(batch, WIDTH, HEIGHT)
  return (
    <svg
      className={styles.picture}
      data-truncated={batch.calls_truncated || undefined}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {shapes.map((shape, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: shapes of one batch never reorder
        <Bar key={index} shape={shape} />
      ))}
    </svg>
  )
})

function Bar({ shape: { x, y, width, height, tone } }: { readonly shape: MiniShape }) {
  if (tone !== 'untimed') return <rect data-tone={tone} x={x} y={y} width={width} height={height} />
  const middle = y + height / 2
  return <line className={styles.untimed} x1={x} x2={x + width} y1={middle} y2={middle} />
}
