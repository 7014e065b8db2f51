import { SkeletonBar } from '#components/ui/skeleton.tsx'
import styles from './batch-table.module.css'

/** The columns of a row with the share of their width that a value usually takes. */
const CELLS = [
  [styles.started, 58, 8],
  [styles.shape, '100%', 18],
  [styles.wall, '70%', 8],
  [styles.calls, '40%', 8],
  [styles.outcomes, '50%', 8],
  [styles.overlap, '100%', 8],
  [styles.slowest, '72%', 8],
  [styles.alone, '70%', 8],
  [styles.mode, '70%', 8],
  [styles.version, '80%', 8],
  [styles.agent, '76%', 8],
  [styles.environment, '70%', 8],
] as const

/** Rows on their way, in the geometry in which they will come. */
export function ListSkeleton({ rows }: { readonly rows: number }) {
  return (
    <div role="status" aria-label="Reading batches">
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <div key={row} className={styles.ghost}>
          {CELLS.map(([cell, width, height]) => (
            <span key={cell} className={cell}>
              <SkeletonBar width={width} height={height} />
            </span>
          ))}
        </div>
      ))}
    </div>
  )
}

/** The same under the space of the heads and the strip. */
export function FirstListSkeleton() {
  return (
    <>
      <div className={styles.head} />
      <div className={styles.ghostStrip} />
      <ListSkeleton rows={24} />
    </>
  )
}
