import { SkeletonRows } from '#components/ui/skeleton.tsx'
import styles from './batches-skeleton.module.css'
import { ROW_WIDTHS } from './row-widths.ts'

/** The page in its final geometry while its first rows are on their way. */
export function BatchesSkeleton() {
  return (
    <>
      <div className={styles.head}>
        <h1>Batches</h1>
      </div>
      <div className={styles.filters} />
      <div className={styles.histogram} />
      <SkeletonRows rows={18} widths={ROW_WIDTHS} label="Reading batches" />
    </>
  )
}
