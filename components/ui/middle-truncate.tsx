import { splitMiddle } from '#lib/format/text.ts'
import styles from './text.module.css'

/**
 * A text from a stranger, cut in its middle when longer than `maxChars`, with the whole in its tooltip.
 * Long texts are cut further by the width they get, at the end of the first half.
 */
export function MiddleTruncate({ text, maxChars }: { readonly text: string; readonly maxChars: number }) {
  const { head, tail } = splitMiddle(text, maxChars)
  if (tail === null) {
    return (
      <span className={styles.truncate} title={text}>
        {text}
      </span>
    )
  }
  return (
    <span className={styles.truncate} title={text}>
      {/* The whole stays readable for copying and for screen readers; what is seen is the cut form. */}
      <span className={styles.visuallyHidden}>{text}</span>
      <span aria-hidden="true">
        {head}
        {'\u2026'}
        {tail}
      </span>
    </span>
  )
}
