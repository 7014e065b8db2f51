import { Duration } from '#components/ui/duration.tsx'
import { spreadLabels } from '#lib/charts/spread-labels.ts'
import styles from './end-labels.module.css'

export interface EndLabel {
  readonly name: string
  readonly ms: number
  /** Where on the value axis its series ends, ms. */
  readonly atMs: number
}

interface EndLabelsProps {
  readonly labels: readonly EndLabel[]
  readonly maxMs: number
  /** The plot in its frame, px from the top. */
  readonly topPx: number
  readonly heightPx: number
  readonly widthPx: number
}

const LABEL_PX = 16

/** Names and values at the right end of a chart, each as near to its series as the others allow. */
export function EndLabels({ labels, maxMs, topPx, heightPx, widthPx }: EndLabelsProps) {
  const wanted = labels.map((label) => topPx + (1 - label.atMs / maxMs) * heightPx)
  const places = spreadLabels(wanted, LABEL_PX, topPx + LABEL_PX / 2, topPx + heightPx - LABEL_PX / 2)
  return (
    <div className={styles.labels} style={{ width: widthPx }} aria-hidden="true">
      {labels.map((label, index) => (
        <span key={label.name} className={styles.label} style={{ top: places[index] }}>
          <span className={styles.tick} />
          <span>{label.name}</span>
          <Duration ms={label.ms} />
        </span>
      ))}
    </div>
  )
}
