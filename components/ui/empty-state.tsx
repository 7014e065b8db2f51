import type { ReactNode } from 'react'
import styles from './states.module.css'

interface EmptyStateProps {
  readonly title: string
  readonly children?: ReactNode
  /** The next step: a button or a link. */
  readonly action?: ReactNode
}

/** What stands where rows would be: what is so, and what to do next. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <section className={styles.empty}>
      <h2 className={styles.emptyTitle}>{title}</h2>
      {children === undefined ? null : <div className={styles.emptyText}>{children}</div>}
      {action === undefined ? null : <div className={styles.emptyAction}>{action}</div>}
    </section>
  )
}
