import styles from './share-bar.module.css'

interface ShareBarProps {
  /** Length against the longest bar beside it, 0 to 1. */
  readonly share: number
  /** The one accent: the tool that turns waited for longest. */
  readonly isSlowest: boolean
}

/** A bar whose number stands beside it. */
export function ShareBar({ share, isSlowest }: ShareBarProps) {
  return (
    <span className={styles.track} aria-hidden="true">
      <span
        className={styles.bar}
        data-slowest={isSlowest || undefined}
        style={{ width: `${(share * 100).toFixed(2)}%` }}
      />
    </span>
  )
}
