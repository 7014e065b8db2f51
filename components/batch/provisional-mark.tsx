import styles from './provisional-mark.module.css'

/** Says calmly that a batch may still change. */
export function ProvisionalMark() {
  return (
    <span
      className={styles.mark}
      title="Spans of it may still arrive. Figures and alerts count it once it has been quiet for a while."
    >
      <svg viewBox="0 0 10 10" aria-hidden="true">
        <circle cx="5" cy="5" r="3.75" />
      </svg>
      provisional
    </span>
  )
}
