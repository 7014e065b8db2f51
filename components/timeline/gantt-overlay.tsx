'use client'

import { useEffect, useRef } from 'react'
import { formatDuration } from '#lib/format/duration.ts'
import { formatCursorOffset } from '#lib/timeline/row-notes.ts'
import type { GanttEngine, GanttState } from './gantt-engine.ts'
import styles from './gantt-overlay.module.css'

/**
 * The cursor, the measured stretch and the window being drawn, from the ruler down to the strip. They follow
 * the pointer, so they are moved directly and never rendered.
 */
export function GanttOverlay({ engine }: { readonly engine: GanttEngine }) {
  const root = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = root.current
    if (!element) return
    const parts = findParts(element)
    const update = () => place(parts, engine.getState())
    update()
    return engine.subscribe(update)
  }, [engine])
  return (
    <div ref={root} className={styles.overlay} aria-hidden="true">
      <div className={styles.brush} data-part="brush" hidden>
        <span className={styles.measured} data-part="brushed" />
      </div>
      <div className={styles.measure} data-part="measure" hidden>
        <span className={styles.measured} data-part="measured" />
      </div>
      <div className={styles.cursor} data-part="cursor" hidden />
      <span className={styles.chip} data-part="chip" hidden />
    </div>
  )
}

type PartName = 'brush' | 'brushed' | 'measure' | 'measured' | 'cursor' | 'chip'
type Parts = Record<PartName, HTMLElement>

function findParts(root: HTMLElement): Parts {
  const parts = [...root.querySelectorAll<HTMLElement>('[data-part]')]
  return Object.fromEntries(parts.map((part) => [part.dataset.part, part])) as Parts
}

function place(parts: Parts, state: GanttState): void {
  const { window, plotWidth, cursor, measure, brush } = state
  const usPerPx = (window.toUs - window.fromUs) / Math.max(1, plotWidth)
  const xOf = (us: number) => (us - window.fromUs) / usPerPx
  placeStretch(parts.brush, brush && [xOf(brush.fromUs), xOf(brush.toUs)], plotWidth)
  if (brush) write(parts.brushed, formatDuration((brush.toUs - brush.fromUs) / 1000))
  placeStretch(parts.measure, measure && [xOf(measure.fromUs), xOf(measure.toUs)], plotWidth)
  if (measure)
    write(parts.measured, `\u0394 ${formatDuration(Math.abs(measure.toUs - measure.fromUs) / 1000)}`)
  const x = cursor === null ? -1 : xOf(cursor.us)
  const visible = cursor !== null && x >= -0.5 && x <= plotWidth + 0.5
  show(parts.cursor, visible)
  show(parts.chip, visible)
  if (!visible) return
  write(parts.chip, formatCursorOffset(cursor.us, usPerPx))
  const half = chipHalfWidth(parts.chip)
  const chipX = Math.max(half, Math.min(plotWidth - half, x))
  parts.cursor.style.transform = `translateX(${Math.round(x)}px)`
  parts.cursor.dataset.snapped = String(cursor.snapped)
  parts.chip.style.transform = `translateX(${Math.round(chipX - half)}px)`
}

/** Asking an element for its width makes the browser lay out the page, so it is asked once a length of text. */
function chipHalfWidth(chip: HTMLElement): number {
  const length = String(chip.textContent?.length ?? 0)
  if (chip.dataset.length !== length) {
    chip.dataset.length = length
    chip.dataset.half = String(chip.offsetWidth / 2)
  }
  return Number(chip.dataset.half)
}

function placeStretch(part: HTMLElement, ends: readonly [number, number] | null, plotWidth: number): void {
  show(part, ends !== null)
  if (!ends) return
  const from = Math.max(-2, Math.min(...ends))
  const to = Math.min(plotWidth + 2, Math.max(...ends))
  part.style.transform = `translateX(${from}px)`
  part.style.width = `${Math.max(0, to - from)}px`
}

function show(part: HTMLElement, visible: boolean): void {
  if (part.hidden === visible) part.hidden = !visible
}

function write(part: HTMLElement, text: string): void {
  if (part.textContent !== text) part.textContent = text
}
