import { middleTruncate } from '#lib/format/text.ts'
import styles from './text.module.css'

interface MiddleTruncateProps {
  readonly text: string
  /** Longer texts are cut however wide the place is. */
  readonly maxChars: number
}

/** What is never given up at the end of a name, where versions and numbers stand. */
const TAIL_CHARS = 6
/** A name this short is shown whole or cut at its end. */
const WHOLE_CHARS = 12

/**
 * A text from a stranger, cut in its middle when it is longer than `maxChars` or than the place it gets; the
 * whole is its tooltip, what is copied and what a screen reader says.
 */
export function MiddleTruncate({ text, maxChars }: MiddleTruncateProps) {
  if (text.length <= WHOLE_CHARS) {
    return (
      <span className={styles.truncate} title={text}>
        {text}
      </span>
    )
  }
  const chars = Array.from(middleTruncate(text, maxChars))
  return (
    <span className={styles.middle} title={text}>
      <span className={styles.visuallyHidden}>{text}</span>
      <span className={styles.middleHead} aria-hidden="true">
        {chars.slice(0, -TAIL_CHARS).join('')}
      </span>
      <span className={styles.middleTail} aria-hidden="true">
        {chars.slice(-TAIL_CHARS).join('')}
      </span>
    </span>
  )
}
