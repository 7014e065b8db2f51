import type { ReactNode } from 'react'
import head from '#components/ui/panel-head.module.css'
import styles from './section-head.module.css'

interface SectionHeadProps {
  readonly id: string
  readonly title: string
  /** A clause that says what stands below. */
  readonly note?: ReactNode
  /** At the right end. */
  readonly children?: ReactNode
}

/** The head of one part of a page. */
export function SectionHead({ id, title, note, children }: SectionHeadProps) {
  return (
    <div className={styles.head}>
      <h2 id={id} className={head.title}>
        {title}
      </h2>
      {note === undefined ? null : <span className={head.note}>{note}</span>}
      {children === undefined ? null : <div className={styles.right}>{children}</div>}
    </div>
  )
}
