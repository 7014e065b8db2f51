import type { Outcome } from '#lib/model/vocabulary.ts'
import type { RowGeometry } from './geometry.ts'
import type { CallRow } from './model.ts'
import { type Scale, toX } from './scale.ts'

/*
 * Glyphs and the note of a row: what stands on and behind its bars.
 *
 * - A mark lies wholly inside the plot, or it is left out: half a word helps nobody.
 * - The note stands behind the end; when there is no room, before the start; else it is left out.
 * - A call whose attempts all lie outside the window has one mark that says on which side.
 */

export type MarkGlyph = Outcome | 'slowest' | 'earlier' | 'later'

export interface Mark {
  readonly glyph: MarkGlyph | null
  /** Left edge of the glyph, or of the text when there is none. */
  readonly x: number
  /** Its middle. */
  readonly y: number
  readonly size: number
  readonly text: string | null
  readonly textX: number
}

const GLYPH_PX = 12
const SMALL_GLYPH_PX = 10
const END_GAP_PX = 5
/** The stroke of a cancelled bar reaches beyond both of its ends. */
export const STRIKE_OVERHANG_PX = 4
const EDGE_PX = 4

export function prepareRowMarks(
  row: CallRow,
  scale: Scale,
  geometry: RowGeometry,
  note: string | null,
  textWidthPx: (text: string) => number,
): readonly Mark[] {
  const y = geometry.bar.y + geometry.bar.height / 2
  if (!geometry.glyphs) return []
  if (row.startUs === null || row.endUs === null) {
    const textX = geometry.untimedWidth + 8
    const fits = note !== null && textX + textWidthPx(note) <= scale.widthPx
    return fits ? [{ glyph: null, x: textX, y, size: 0, text: note, textX }] : []
  }
  const { window } = scale
  if (row.endUs < window.fromUs) return edgeMark('earlier', EDGE_PX, y, scale)
  if (row.startUs > window.toUs) return edgeMark('later', scale.widthPx - EDGE_PX - GLYPH_PX, y, scale)
  const end = endMark(row, row.startUs, row.endUs, scale, y, note, textWidthPx)
  return end ? [...crosses(row, scale, y), end] : crosses(row, scale, y)
}

function edgeMark(glyph: 'earlier' | 'later', x: number, y: number, { widthPx }: Scale): readonly Mark[] {
  const fits = x >= 0 && x + GLYPH_PX <= widthPx
  return fits ? [{ glyph, x, y, size: GLYPH_PX, text: null, textX: x }] : []
}

/** Attempts that were replaced carry how they ended at their end. */
function crosses(row: CallRow, scale: Scale, y: number): Mark[] {
  const marks: Mark[] = []
  for (const segment of row.segments) {
    if (!segment.replaced || segment.outcome === 'ok') continue
    const x = toX(scale, segment.endUs) - SMALL_GLYPH_PX / 2
    if (x < 0 || x + SMALL_GLYPH_PX > scale.widthPx) continue
    marks.push({ glyph: segment.outcome, x, y, size: SMALL_GLYPH_PX, text: null, textX: x })
  }
  return marks
}

function endMark(
  row: CallRow,
  startUs: number,
  endUs: number,
  scale: Scale,
  y: number,
  note: string | null,
  textWidthPx: (text: string) => number,
): Mark | null {
  const glyph: MarkGlyph | null = row.slowest ? 'slowest' : row.outcome === 'ok' ? null : row.outcome
  if (glyph === null && note === null) return null
  const overhang = row.outcome === 'cancelled' ? STRIKE_OVERHANG_PX : 0
  const glyphPx = glyph === null ? 0 : GLYPH_PX + END_GAP_PX
  const textPx = note === null ? 0 : textWidthPx(note)
  const endX = toX(scale, endUs)
  const x = endX + overhang + END_GAP_PX
  if (endX >= 0 && x + glyphPx + textPx <= scale.widthPx) {
    return { glyph, x, y, size: GLYPH_PX, text: note, textX: x + glyphPx }
  }
  const leftX = toX(scale, startUs) - overhang - END_GAP_PX - glyphPx - textPx
  if (leftX >= 0 && note !== null && endX > scale.widthPx - glyphPx) {
    return { glyph, x: leftX, y, size: GLYPH_PX, text: note, textX: leftX + glyphPx }
  }
  const fits = glyph !== null && endX >= 0 && x + GLYPH_PX <= scale.widthPx
  return fits ? { glyph, x, y, size: GLYPH_PX, text: null, textX: x + glyphPx } : null
}
