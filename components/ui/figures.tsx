import type { ReactNode } from 'react'
import styles from './figures.module.css'

/** A row of headline figures divided by hairlines: at most one a page. */
export function Figures({ children, label }: { readonly children: ReactNode; readonly label: string }) {
  return (
    <dl className={styles.figures} aria-label={label}>
      {children}
    </dl>
  )
}

interface FigureProps {
  readonly label: ReactNode
  /** The figure itself: a `Duration`, a `Quantity` or a text. */
  readonly children: ReactNode
  readonly note?: ReactNode
}

/** One figure: its label above, what it is compared with below. */
export function Figure({ label, children, note }: FigureProps) {
  return (
    <div className={styles.figure}>
      <dt>{label}</dt>
      <dd className={styles.value}>{children}</dd>
      {note === undefined ? null : <dd className={styles.note}>{note}</dd>}
    </div>
  )
}
