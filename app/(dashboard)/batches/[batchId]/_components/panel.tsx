import type { ReactNode } from 'react'
import styles from './panel.module.css'

interface PanelProps {
  readonly title: string
  /** A clause that says what is shown. */
  readonly note: ReactNode
  /** At the right end of the head. */
  readonly aside?: ReactNode
  readonly children: ReactNode
}

/** A part of the page below the picture. */
export function Panel({ title, note, aside, children }: PanelProps) {
  return (
    <section className={styles.panel}>
      <div className={styles.head}>
        <h2 className={styles.title}>{title}</h2>
        <span className={styles.note}>{note}</span>
        {aside == null ? null : <span className={styles.aside}>{aside}</span>}
      </div>
      {children}
    </section>
  )
}

interface PanelRowProps {
  readonly label: string
  readonly value?: ReactNode
  readonly children: ReactNode
}

export function PanelRow({ label, value, children }: PanelRowProps) {
  return (
    <div className={styles.row}>
      <span className={styles.label}>{label}</span>
      <span className={styles.content}>{children}</span>
      {value === undefined ? null : <span className={styles.value}>{value}</span>}
    </div>
  )
}
