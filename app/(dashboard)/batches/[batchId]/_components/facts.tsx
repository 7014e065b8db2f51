import type { ReactNode } from 'react'
import { Kbd } from '#components/ui/kbd.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import styles from './facts.module.css'

/*
 * The parts of which every facts pane is made.
 */

interface FactsHeadProps {
  readonly name: string
  /** Lets the selection go; absent where nothing is selected. */
  readonly onClose?: () => void
  readonly chips: ReactNode
  readonly children: ReactNode
}

const NAME_CHARS = 30

/** What is selected, what it is, and the sentence about it. */
export function FactsHead({ name, onClose, chips, children }: FactsHeadProps) {
  return (
    <div className={styles.head}>
      <div className={styles.title}>
        <h2 className={styles.name}>
          <MiddleTruncate text={name} maxChars={NAME_CHARS} />
        </h2>
        {onClose === undefined ? null : (
          <button type="button" className={styles.close} onClick={onClose} aria-label="Let the selection go">
            <Kbd>Esc</Kbd>
          </button>
        )}
      </div>
      <div className={styles.chips}>{chips}</div>
      <p className={styles.sentence}>{children}</p>
    </div>
  )
}

export function FactChip({
  slowest,
  children,
}: {
  readonly slowest?: boolean
  readonly children: ReactNode
}) {
  return (
    <span className={styles.chip} data-slowest={slowest || undefined}>
      {children}
    </span>
  )
}

interface FactGroupProps {
  readonly title: string
  /** A clause beside the title. */
  readonly note?: string
  readonly children: ReactNode
}

export function FactGroup({ title, note, children }: FactGroupProps) {
  return (
    <section className={styles.group}>
      <h3 className={styles.groupTitle}>
        {title}
        {note === undefined ? null : <span className={styles.note}>{note}</span>}
      </h3>
      {children}
    </section>
  )
}

export function FactList({ children }: { readonly children: ReactNode }) {
  return <dl className={styles.list}>{children}</dl>
}

/** One fact. A value that is not known is a word, in the quiet ink of one. */
export function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

export function Unknown({ children = 'unknown' }: { readonly children?: string }) {
  return <span className={styles.unknown}>{children}</span>
}

/** An offset on the batch's clock, `+2,137.0 ms`, with its unit set quietly. */
export function Offset({ text }: { readonly text: string }) {
  const [value = '', unit = ''] = text.split(' ')
  return (
    <span className={styles.offset}>
      {value}
      <span className={styles.unit}>{unit}</span>
    </span>
  )
}
