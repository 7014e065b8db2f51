import { SkeletonBar, SkeletonRows } from '#components/ui/skeleton.tsx'
import styles from './tool-skeleton.module.css'

const FIGURES = [72, 64, 64, 64, 64, 64, 96] as const

/** The page in its final geometry while its figures are on their way. */
export function ToolSkeleton() {
  return (
    <div role="status" aria-label="Reading the tool">
      <div className={styles.figures}>
        {FIGURES.map((width, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a skeleton never reorders
          <SkeletonBar key={index} width={width} height={22} />
        ))}
      </div>
      <div className={styles.columns}>
        <div className={styles.chart}>
          <SkeletonBar width={140} />
          <SkeletonBar width="100%" height={200} />
        </div>
        <div className={styles.parts}>
          <SkeletonRows rows={7} widths={[120, 180, 48, 48, 48]} label="Reading its parts" />
        </div>
      </div>
    </div>
  )
}
