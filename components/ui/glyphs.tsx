import type { ReactNode } from 'react'
import type { Effect, Mode, Outcome } from '#lib/model/vocabulary.ts'
import styles from './glyphs.module.css'

/*
 * The glyph vocabulary: one 12 px shape for each meaning, all different in silhouette, so that colour is
 * never the only channel. A glyph that stands beside its own word is decoration and takes no name.
 */

interface GlyphProps {
  /** Edge in px; the drawing is made for 12. */
  readonly size?: number
  /** What a screen reader says; null when a word beside the glyph says it already. */
  readonly label?: string | null | undefined
  /** Moves the glyph inside a larger SVG. */
  readonly x?: number
  readonly y?: number
}

interface FrameProps extends GlyphProps {
  readonly fallback: string
  readonly children: ReactNode
}

function Frame({ size = 12, label, fallback, x, y, children }: FrameProps) {
  const name = label === undefined ? fallback : label
  const place = { ...(x === undefined ? {} : { x }), ...(y === undefined ? {} : { y }) }
  if (name === null) {
    return (
      <svg
        className={styles.glyph}
        width={size}
        height={size}
        viewBox="0 0 12 12"
        aria-hidden="true"
        {...place}
      >
        {children}
      </svg>
    )
  }
  return (
    <svg
      className={styles.glyph}
      width={size}
      height={size}
      viewBox="0 0 12 12"
      role="img"
      aria-label={name}
      {...place}
    >
      <title>{name}</title>
      {children}
    </svg>
  )
}

const RING = { cx: 6, cy: 6, r: 5, fill: 'none', strokeWidth: 1.2 } as const

function OkGlyph(props: GlyphProps) {
  return (
    <Frame {...props} fallback="ok">
      <circle cx="6" cy="6" r="2" fill="var(--ink-3)" />
    </Frame>
  )
}

export function ErrorGlyph(props: GlyphProps) {
  return (
    <Frame {...props} fallback="error">
      <circle cx="6" cy="6" r="5.6" fill="var(--err)" />
      <path d="M4 4l4 4M8 4l-4 4" stroke="var(--bg-0)" strokeWidth="1.5" strokeLinecap="round" />
    </Frame>
  )
}

function TimeoutGlyph(props: GlyphProps) {
  return (
    <Frame {...props} fallback="timeout">
      <circle {...RING} stroke="var(--time)" strokeWidth={1.4} />
      <path
        d="M6 3v3.2l2.1 1.3"
        fill="none"
        stroke="var(--time)"
        strokeWidth="1.3"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </Frame>
  )
}

function CancelledGlyph(props: GlyphProps) {
  return (
    <Frame {...props} fallback="cancelled">
      <circle {...RING} stroke="var(--cancel)" />
      <path d="M2.6 9.4l6.8-6.8" stroke="var(--cancel)" strokeWidth="1.2" />
    </Frame>
  )
}

function NeverRanGlyph(props: GlyphProps) {
  return (
    <Frame {...props} fallback="never ran">
      <circle
        {...RING}
        stroke="var(--never)"
        strokeWidth={1.3}
        strokeDasharray="2 1.93"
        strokeDashoffset="1"
      />
    </Frame>
  )
}

function UnknownGlyph(props: GlyphProps) {
  return (
    <Frame {...props} fallback="unknown">
      <circle {...RING} stroke="var(--never)" />
      <path
        d="M4.6 4.9c0-.8.6-1.4 1.4-1.4s1.4.5 1.4 1.3c0 .9-1.4 1.1-1.4 2.1"
        fill="none"
        stroke="var(--never)"
        strokeWidth="1.1"
        strokeLinecap="round"
      />
      <circle cx="6" cy="8.6" r="0.7" fill="var(--never)" />
    </Frame>
  )
}

/** The slowest sibling: a triangle against a bar, because it holds the barrier. */
export function SlowestGlyph(props: GlyphProps) {
  return (
    <Frame {...props} fallback="slowest sibling">
      <path d="M1 1.2v9.6L7.8 6z" fill="var(--slow)" />
      <rect x="9" y="1" width="2" height="10" fill="var(--slow)" />
    </Frame>
  )
}

export const OUTCOME_WORDS: Record<Outcome, string> = {
  ok: 'ok',
  error: 'error',
  timeout: 'timeout',
  cancelled: 'cancelled',
  'never-ran': 'never ran',
  unknown: 'unknown',
}

const OUTCOME_GLYPHS: Record<Outcome, (props: GlyphProps) => ReactNode> = {
  ok: OkGlyph,
  error: ErrorGlyph,
  timeout: TimeoutGlyph,
  cancelled: CancelledGlyph,
  'never-ran': NeverRanGlyph,
  unknown: UnknownGlyph,
}

export function OutcomeGlyph({ outcome, ...props }: GlyphProps & { readonly outcome: Outcome }) {
  const Glyph = OUTCOME_GLYPHS[outcome]
  return <Glyph {...props} />
}

/** Parallel: bars that start level. Reads-only: two level, then one. Serial: a stair. */
export function ModeGlyph({ mode, ...props }: GlyphProps & { readonly mode: Mode }) {
  if (mode === 'parallel') {
    return (
      <Frame {...props} fallback="parallel">
        <path d="M1 1h10v2H1zM1 5h7v2H1zM1 9h9v2H1z" fill="var(--par)" />
      </Frame>
    )
  }
  if (mode === 'serial') {
    return (
      <Frame {...props} fallback="serial">
        <path d="M1 1.2h4v2H1zM4 5h4v2H4zM7 8.8h4v2H7z" fill="var(--ser)" />
      </Frame>
    )
  }
  return (
    <Frame {...props} fallback="reads only">
      <path d="M1 1h6v2H1zM1 5h5v2H1z" fill="var(--par)" />
      <path d="M7 9h5v2H7z" fill="var(--ser)" />
    </Frame>
  )
}

/** Outlined triangle: something a person should look at. */
export function AlertGlyph(props: GlyphProps) {
  return (
    <Frame {...props} fallback="warning">
      <path
        d="M6 1.2 11.3 10.7H.7z"
        fill="none"
        stroke="var(--ink-1)"
        strokeWidth="1.2"
        strokeLinejoin="round"
      />
      <path d="M6 4.6v2.9" stroke="var(--ink-1)" strokeWidth="1.2" strokeLinecap="round" />
      <circle cx="6" cy="9" r="0.7" fill="var(--ink-1)" />
    </Frame>
  )
}

const EFFECT_LETTERS: Record<Effect, string> = {
  read: 'R',
  write: 'W',
  'read-modify-write': 'RW',
  unknown: '?',
}

/** One or two letters; whatever may write is boxed, so that it is seen without colour. */
export function EffectLetter({ effect }: { readonly effect: Effect }) {
  return (
    <abbr
      className={styles.effect}
      data-boxed={effect === 'write' || effect === 'read-modify-write' || undefined}
      title={effect === 'unknown' ? 'effect unknown: counts as a write' : effect}
    >
      {EFFECT_LETTERS[effect]}
    </abbr>
  )
}
