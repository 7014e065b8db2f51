import type { FormattedPart } from '#lib/format/duration.ts'
import { formatDurationParts, formatExactMs } from '#lib/format/duration.ts'
import styles from './text.module.css'

/** A value with its unit set quietly behind it. */
export function Quantity({
  parts,
  title,
}: {
  readonly parts: readonly FormattedPart[]
  readonly title?: string
}) {
  return (
    <span className={styles.quantity} title={title}>
      {parts.map((part, index) => (
        // A quantity has one or two parts whose order never changes.
        // biome-ignore lint/suspicious/noArrayIndexKey: position is the identity of a part
        <span key={index}>
          {index > 0 ? ' ' : null}
          {part.value}
          <span className={styles.unit}>{part.unit}</span>
        </span>
      ))}
    </span>
  )
}

/**
 * A duration in at most three significant digits, exact to the microsecond in its tooltip. A null duration
 * is a word, never a dash or a zero.
 */
export function Duration({ ms, none = 'none' }: { readonly ms: number | null; readonly none?: string }) {
  if (ms === null) return <span className={styles.none}>{none}</span>
  return <Quantity parts={formatDurationParts(ms)} title={formatExactMs(ms)} />
}
