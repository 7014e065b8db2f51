import { SkeletonBar } from '#components/ui/skeleton.tsx'
import styles from './alert-skeleton.module.css'

const FIGURES = [0, 1, 2, 3, 4]
const BARS = [0, 1, 2, 3, 4, 5]

/** The page in its final geometry. */
export function AlertSkeleton() {
  return (
    <div className={styles.panes} role="status" aria-label="Reading the alert">
      <div>
        <div className={styles.head}>
          <SkeletonBar width={180} />
          <SkeletonBar width="60%" height={14} />
        </div>
        <div className={styles.figures}>
          {FIGURES.map((figure) => (
            <div key={figure} className={styles.figure}>
              <SkeletonBar width={60} height={6} />
              <SkeletonBar width={110} height={18} />
              <SkeletonBar width={90} height={6} />
            </div>
          ))}
        </div>
        <div className={styles.pair}>
          {[0, 1].map((side) => (
            <div key={side} className={styles.bars}>
              {BARS.map((bar) => (
                <SkeletonBar key={bar} width={`${30 + 11 * bar}%`} height={9} />
              ))}
            </div>
          ))}
        </div>
        <div className={styles.chart}>
          <SkeletonBar width="100%" height={150} />
        </div>
      </div>
      <div className={styles.aside}>
        <SkeletonBar width={120} />
        <SkeletonBar width="100%" />
        <SkeletonBar width="90%" />
        <SkeletonBar width={220} height={28} />
      </div>
    </div>
  )
}
