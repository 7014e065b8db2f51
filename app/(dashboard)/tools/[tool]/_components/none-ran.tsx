import styles from './tool-page.module.css'

/** In place of a chart of durations when there are none. */
export function NoneRan() {
  return <p className={styles.none}>No call of it ran in this window, so there is no duration to draw.</p>
}
