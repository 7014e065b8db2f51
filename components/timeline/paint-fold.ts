import type { Outcome } from '#lib/model/vocabulary.ts'
import type { RowGeometry } from '#lib/timeline/geometry.ts'
import type { FoldRow } from '#lib/timeline/model.ts'
import { clipSpan } from '#lib/timeline/row-shapes.ts'
import { type Scale, toX } from '#lib/timeline/scale.ts'
import { columnLevels } from '#lib/timeline/steps.ts'
import type { Context2d, PaintKit } from './paint-kit.ts'
import type { Tokens } from './tokens.ts'

const NOTE_GAP_PX = 6
/** Higher than a bar: the profile inside needs room to be read. */
const ENVELOPE_GROW_PX = 3

/** Reused from frame to frame: painting is one thread and never nested. */
let columns = new Float64Array(0)

/**
 * Alike calls as one shape: the outline from the first start to the last end, within it how many of them
 * were in flight, and an ink tick where half of them had ended.
 */
export function paintFold(
  context: Context2d,
  kit: PaintKit,
  fold: FoldRow,
  scale: Scale,
  geometry: RowGeometry,
  top: number,
  note: string | null,
): void {
  const { tokens } = kit
  const y = top + geometry.bar.y - ENVELOPE_GROW_PX
  const height = geometry.bar.height + 2 * ENVELOPE_GROW_PX
  if (fold.startUs === null || fold.endUs === null) {
    context.strokeStyle = tokens.never
    context.lineWidth = 1
    context.setLineDash(fold.outcome === 'never-ran' ? [3, 3] : [1, 2])
    context.strokeRect(0.5, top + geometry.bar.y + 0.5, geometry.untimedWidth - 1, geometry.bar.height - 1)
    context.setLineDash([])
    return
  }
  const span = clipSpan(scale, fold.startUs, fold.endUs, 2)
  if (!span) return
  const x = kit.crisp(span.x)
  const right = kit.crisp(span.x + span.width)
  paintProfile(context, tokens, fold, scale, x, right, y, height)
  context.strokeStyle = outlineOf(tokens, fold.outcome)
  context.lineWidth = 1
  context.beginPath()
  context.rect(
    span.cutLeft ? x - 2 : x + 0.5,
    y + 0.5,
    right - x - 1 + (span.cutLeft ? 2.5 : 0) + (span.cutRight ? 2.5 : 0),
    height - 1,
  )
  context.stroke()
  paintMedian(context, kit, fold, scale, y, height)
  if (note === null || right + NOTE_GAP_PX + kit.textWidth(context, note) > scale.widthPx) return
  context.fillStyle = tokens.ink2
  context.fillText(note, right + NOTE_GAP_PX, y + height / 2 + 0.5)
}

function paintProfile(
  context: Context2d,
  tokens: Tokens,
  fold: FoldRow,
  scale: Scale,
  x: number,
  right: number,
  y: number,
  height: number,
): void {
  const count = Math.ceil(scale.widthPx)
  if (columns.length < count) columns = new Float64Array(count)
  const levels = columnLevels(fold.inFlight, scale, columns.subarray(0, count))
  const unit = (height - 2) / Math.max(1, fold.inFlight.peak)
  const base = y + height - 1
  const last = Math.min(count, Math.ceil(right))
  context.fillStyle = fillOf(tokens, fold.outcome)
  // Upright rectangles on whole px: many times cheaper to rasterise than one path around them all.
  for (let column = Math.floor(x); column < last; ) {
    const level = levels[column] ?? 0
    let end = column + 1
    while (end < last && levels[end] === level) end++
    const left = Math.max(x, column)
    const rise = Math.max(1, Math.round(level * unit))
    if (level > 0) context.fillRect(left, base - rise, Math.min(right, end) - left, rise)
    column = end
  }
}

function paintMedian(
  context: Context2d,
  kit: PaintKit,
  fold: FoldRow,
  scale: Scale,
  y: number,
  height: number,
): void {
  if (fold.medianEndUs === null) return
  const x = toX(scale, fold.medianEndUs)
  if (x < 0 || x > scale.widthPx) return
  context.fillStyle = kit.tokens.ink1
  context.fillRect(kit.crisp(x) - 1, y - 2, 2, height + 4)
}

function outlineOf(tokens: Tokens, outcome: Outcome): string {
  if (outcome === 'error') return tokens.err
  if (outcome === 'timeout') return tokens.time
  return outcome === 'ok' ? tokens.line3 : tokens.cancel
}

function fillOf(tokens: Tokens, outcome: Outcome): string {
  if (outcome === 'error') return tokens.errSoft
  if (outcome === 'timeout') return tokens.timeSoft
  return tokens.runDim
}
