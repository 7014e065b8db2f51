import { ErrorGlyph } from './glyphs.tsx'
import styles from './states.module.css'

interface ErrorStripProps {
  /** What could not be done: `Batches could not be read`. */
  readonly what: string
  /** Why, in the words of whoever failed. */
  readonly cause: string
  /** What is shown meanwhile: `the rows below are from 03:12:31`. */
  readonly meanwhile?: string | undefined
  readonly onRetry?: (() => void) | undefined
}

/** One line above the last data: what failed, why, and a way to try again. */
export function ErrorStrip({ what, cause, meanwhile, onRetry }: ErrorStripProps) {
  return (
    <div className={styles.error} role="alert">
      <ErrorGlyph label={null} />
      <span className={styles.errorText}>
        <strong>{what}:</strong> {meanwhile === undefined ? cause : cause.replace(/\.$/, '')}
        {meanwhile === undefined ? null : <span className={styles.meanwhile}>; {meanwhile}</span>}
      </span>
      {onRetry === undefined ? null : (
        <button type="button" className={styles.retry} onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  )
}
