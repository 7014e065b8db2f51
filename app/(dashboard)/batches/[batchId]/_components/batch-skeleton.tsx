import { SkeletonBar, SkeletonRows } from '#components/ui/skeleton.tsx'
import styles from './batch-skeleton.module.css'

const FIGURES = ['calls', 'wall', 'sum', 'ideal', 'efficiency', 'hidden', 'outcomes'] as const

/** The page in its final shape while its data is on the way. */
export function BatchSkeleton() {
  return (
    <div className={styles.page} role="status" aria-label="Reading the batch">
      <div className={styles.head}>
        <SkeletonBar width={52} />
        <SkeletonBar width={180} height={12} />
        <SkeletonBar width={72} height={16} />
        <SkeletonBar width={240} />
      </div>
      <div className={styles.figures}>
        {FIGURES.map((figure) => (
          <div key={figure} className={styles.figure}>
            <SkeletonBar width={64} height={6} />
            <SkeletonBar width={72} height={16} />
            <SkeletonBar width={92} height={6} />
          </div>
        ))}
      </div>
      <div className={styles.panes}>
        <div>
          <div className={styles.map}>
            <SkeletonBar width={228} height={22} />
            <SkeletonBar width="100%" height={28} />
          </div>
          <div className={styles.ruler} />
          <SkeletonRows rows={9} widths={[200, '58%']} label="Rows" />
        </div>
        <div className={styles.aside}>
          <SkeletonBar width={180} height={12} />
          <SkeletonBar width={240} />
          <SkeletonBar width="100%" />
          <SkeletonBar width="70%" />
        </div>
      </div>
    </div>
  )
}
