import type { ReactNode } from 'react'
import type { AlertKind } from '#lib/model/alert.ts'
import styles from './kind-glyph.module.css'

interface KindGlyphProps {
  readonly kind: AlertKind
  readonly size?: number
}

const bar = (x: number, y: number, width: number) => <rect x={x} y={y} width={width} height="2" rx=".6" />

/*
 * One picture for each kind, all in ink and all different in silhouette: what calls do when it happens.
 */
const PICTURES: Record<AlertKind, ReactNode> = {
  // A stair: each starts as the one before ends.
  serialized: (
    <>
      {bar(0.5, 1.5, 4.2)}
      {bar(4.7, 6, 4.2)}
      {bar(9, 10.5, 4.2)}
    </>
  ),
  // Several become one.
  collapse: (
    <>
      {bar(0.5, 1.5, 5)}
      {bar(0.5, 6, 13)}
      {bar(0.5, 10.5, 5)}
      <path className={styles.line} d="M6.5 2.5 9 5.4M6.5 11.5 9 8.6" />
    </>
  ),
  // They start together and end one after another, at a gate.
  convoy: (
    <>
      {bar(0.5, 1.5, 4)}
      {bar(0.5, 6, 7.5)}
      {bar(0.5, 10.5, 11)}
      <path className={styles.line} d="M13 .8v12.4" />
    </>
  ),
  // One is much longer than its siblings.
  straggler: (
    <>
      {bar(0.5, 1.5, 4)}
      {bar(0.5, 6, 13)}
      {bar(0.5, 10.5, 5)}
    </>
  ),
  // Two linked rings.
  coupling: (
    <>
      <circle className={styles.line} cx="5" cy="7" r="3.9" />
      <circle className={styles.line} cx="9" cy="7" r="3.9" />
    </>
  ),
  // Two arrows that meet.
  conflict: (
    <>
      <path className={styles.line} d="M.8 7h4M13.2 7h-4M2.9 4.9 5 7 2.9 9.1M11.1 4.9 9 7l2.1 2.1" />
      <path className={styles.line} d="M7 1.5v2.4M7 10.1v2.4" />
    </>
  ),
  // Two apart, with the empty stretch between them dashed.
  missed: (
    <>
      {bar(0.5, 3, 4.5)}
      {bar(9, 9, 4.5)}
      <path className={styles.dashed} d="M9 4h4.5M9 3.9v4.6" />
    </>
  ),
}

/** The kind of an alert; its word stands beside it. */
export function KindGlyph({ kind, size = 14 }: KindGlyphProps) {
  return (
    <svg className={styles.glyph} width={size} height={size} viewBox="0 0 14 14" aria-hidden="true">
      {PICTURES[kind]}
    </svg>
  )
}
