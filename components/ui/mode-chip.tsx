import type { Mode } from '#lib/model/vocabulary.ts'
import { ModeGlyph } from './glyphs.tsx'
import styles from './mode-chip.module.css'

interface ModeProps {
  /** Null when nobody said: drawn as parallel, in words unknown. */
  readonly mode: Mode | null
}

/** The mode as a chip, for heads and switches. */
export function ModeChip({ mode }: ModeProps) {
  return (
    <span className={styles.chip} data-mode={mode ?? 'unknown'}>
      {mode === null ? null : <ModeGlyph mode={mode} label={null} />}
      {mode ?? 'mode unknown'}
    </span>
  )
}

/** Glyph and word without a chip, for dense tables. Parallel is what is expected, so its word is quiet. */
export function ModeWord({ mode }: ModeProps) {
  if (mode === null) {
    return (
      <span className={styles.word} data-mode="unknown">
        unknown
      </span>
    )
  }
  return (
    <span className={styles.word} data-mode={mode}>
      <ModeGlyph mode={mode} label={null} />
      {mode}
    </span>
  )
}
