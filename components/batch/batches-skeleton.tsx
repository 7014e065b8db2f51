import styles from './batches-skeleton.module.css'
import { FirstListSkeleton } from './list-skeleton.tsx'

/** The page in its final geometry while its first rows are on their way. */
export function BatchesSkeleton() {
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>Batches</h1>
      </div>
      <div className={styles.filters} />
      <div className={styles.histogram} />
      <div className={styles.list}>
        <FirstListSkeleton />
      </div>
    </div>
  )
}
