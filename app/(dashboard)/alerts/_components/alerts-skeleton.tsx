import { SkeletonBar } from '#components/ui/skeleton.tsx'
import styles from './alerts-skeleton.module.css'

const ROWS = [0, 1, 2, 3, 4, 5]

/** The list in its final geometry. */
export function AlertsSkeleton() {
  return (
    <div role="status" aria-label="Reading the alerts">
      <div className={styles.strip} />
      <div className={styles.head} />
      {ROWS.map((row) => (
        <div key={row} className={styles.row}>
          <SkeletonBar width={90} />
          <div className={styles.what}>
            <SkeletonBar width="70%" />
            <SkeletonBar width="40%" height={6} />
          </div>
          <SkeletonBar width={120} />
          <SkeletonBar width={60} />
          <SkeletonBar width={110} height={18} />
        </div>
      ))}
    </div>
  )
}
