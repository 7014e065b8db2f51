import type { ReactNode } from 'react'
import styles from './panel-head.module.css'

interface PanelHeadProps {
  /** Of the heading, for the `aria-labelledby` of the panel. */
  readonly id?: string
  readonly title: string
  /** A clause that says what is shown; it gives way where there is no room. */
  readonly note?: ReactNode
  /** At the right end. */
  readonly children?: ReactNode
}

/** The head of a panel: its title, a note beside it, and what can be done with it. */
export function PanelHead({ id, title, note, children }: PanelHeadProps) {
  return (
    <div className={styles.head}>
      <h2 id={id} className={styles.title}>
        {title}
      </h2>
      {note === undefined ? null : <span className={styles.note}>{note}</span>}
      {children}
    </div>
  )
}
