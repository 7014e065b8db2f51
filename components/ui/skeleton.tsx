import styles from './states.module.css'

/** A bar of the final geometry while a value is on its way. */
export function SkeletonBar({
  width,
  height = 8,
}: {
  readonly width: number | string
  readonly height?: number
}) {
  return <span className={styles.bar} style={{ width, height }} />
}

interface SkeletonRowsProps {
  readonly rows: number
  /** Widths of the bars of a row, as CSS lengths; the gaps are even. */
  readonly widths: readonly (number | string)[]
  /** What is loading, for a screen reader. */
  readonly label: string
}

/** Rows of bars at the height and rhythm of the table that will stand here. */
export function SkeletonRows({ rows, widths, label }: SkeletonRowsProps) {
  return (
    <div role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <div key={row} className={styles.skeletonRow}>
          {widths.map((width, column) => (
            // Bars have no identity but their column.
            // biome-ignore lint/suspicious/noArrayIndexKey: a skeleton never reorders
            <SkeletonBar key={column} width={width} />
          ))}
        </div>
      ))}
    </div>
  )
}
