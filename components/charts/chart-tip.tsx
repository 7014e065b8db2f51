import type { ReactNode } from 'react'
import styles from './chart-tip.module.css'

interface ChartTipProps {
  readonly title: ReactNode
  readonly rows: readonly { readonly name: string; readonly value: ReactNode }[]
  /** What a press does. */
  readonly hint?: string | undefined
}

/** What is under the pointer of a chart, in words. */
export function ChartTip({ title, rows, hint }: ChartTipProps) {
  return (
    <div className={styles.tip}>
      <div className={styles.title}>{title}</div>
      <dl className={styles.rows}>
        {rows.map((row) => (
          <div key={row.name} className={styles.row}>
            <dt>{row.name}</dt>
            <dd>{row.value}</dd>
          </div>
        ))}
      </dl>
      {hint === undefined ? null : <div className={styles.hint}>{hint}</div>}
    </div>
  )
}
