import type { Outcome } from '#lib/model/vocabulary.ts'
import { MIN_BAR_PX, type RowGeometry } from './geometry.ts'
import type { AloneStretch, Box, CallRow, Segment } from './model.ts'
import { type Scale, toX } from './scale.ts'

/*
 * What to draw of one call, back to front, in px from the left of the plot and the top of its row.
 *
 * - Total: whatever the window, every number is finite.
 * - Nothing lies outside the box of the row: 0 <= x, x + width <= plot width, and the same in height.
 * - An attempt of which any part lies in the window is drawn, at least 2 px wide; one outside is not.
 * - A call without times gets one box of fixed width, and no bar.
 * - The bar of the slowest sibling is dim up to where it ran alone and solid from there, however it ended;
 *   a failure then keeps its outcome as an end of 4 px, a cancellation as a stroke.
 */

export type ShapeKind =
  | 'band'
  | 'queued'
  | 'dispatch'
  | 'ghost'
  | 'gap'
  | 'replaced'
  | 'ok'
  | 'error'
  | 'timeout'
  | 'cancelled'
  | 'slow-dim'
  | 'slow-alone'
  | 'end-error'
  | 'end-timeout'
  | 'strike'
  | 'never-ran'
  | 'unknown'

export interface Shape extends Box {
  readonly kind: ShapeKind
  /** It goes on beyond this side, outside the window or as the next shape: no edge may be drawn there. */
  readonly cutLeft: boolean
  readonly cutRight: boolean
}

const BAR_KIND: Record<Outcome, ShapeKind> = {
  ok: 'ok',
  error: 'error',
  timeout: 'timeout',
  cancelled: 'cancelled',
  'never-ran': 'never-ran',
  unknown: 'unknown',
}

/** The painter draws only the last 4 px of an end, the whole length of a stroke. */
const SLOW_END: Partial<Record<Outcome, ShapeKind>> = {
  error: 'end-error',
  timeout: 'end-timeout',
  cancelled: 'strike',
}
/** Height of the dots between two attempts. */
const GAP_PX = 1.5

export function prepareRowShapes(
  row: CallRow,
  scale: Scale,
  geometry: RowGeometry,
  alone: AloneStretch | null,
): readonly Shape[] {
  if (row.segments.length === 0) return untimedShape(row, scale, geometry)
  const shapes: Shape[] = []
  for (const part of [...partsBehind(row, geometry), ...partsOfBars(row, geometry, alone)]) {
    const span = clipSpan(scale, part.fromUs, part.toUs, part.leastPx)
    if (!span) continue
    const cutLeft = span.cutLeft || part.joined === true
    shapes.push({ kind: part.kind, ...span, cutLeft, y: part.lane.y, height: part.lane.height })
  }
  return shapes
}

/** A shape before it is placed. */
interface Part {
  readonly kind: ShapeKind
  readonly fromUs: number
  readonly toUs: number
  readonly lane: { readonly y: number; readonly height: number }
  readonly leastPx: number
  /** It goes on from the part before it, without a corner between them. */
  readonly joined?: boolean
}

function partsBehind(row: CallRow, { band, wait, ghost }: RowGeometry): Part[] {
  const parts: Part[] = []
  const first = row.startUs ?? 0
  if (row.band && band) {
    const { p50Us, p95Us } = row.band
    parts.push({ kind: 'band', fromUs: first + p50Us, toUs: first + p95Us, lane: band, leastPx: 1 })
  }
  if (row.waiting && wait) {
    const { queuedUs, dispatchDelayUs } = row.waiting
    const startUs = queuedUs + dispatchDelayUs
    if (queuedUs > 0) parts.push({ kind: 'queued', fromUs: 0, toUs: queuedUs, lane: wait, leastPx: 0 })
    if (dispatchDelayUs > 0) {
      parts.push({ kind: 'dispatch', fromUs: queuedUs, toUs: startUs, lane: wait, leastPx: 0 })
    }
  }
  if (!ghost) return parts
  for (const { idealStartUs, startUs, endUs } of row.segments) {
    if (idealStartUs === null) continue
    const toUs = idealStartUs + endUs - startUs
    parts.push({ kind: 'ghost', fromUs: idealStartUs, toUs, lane: ghost, leastPx: MIN_BAR_PX })
  }
  return parts
}

function partsOfBars(row: CallRow, { bar }: RowGeometry, alone: AloneStretch | null): Part[] {
  const middle = { y: bar.y + bar.height / 2 - GAP_PX / 2, height: GAP_PX }
  return row.segments.flatMap((segment, index) => {
    const before = row.segments[index - 1]
    const bars = partsOfSegment(row, segment, bar, alone)
    if (!before || segment.startUs <= before.endUs) return bars
    return [{ kind: 'gap', fromUs: before.endUs, toUs: segment.startUs, lane: middle, leastPx: 0 }, ...bars]
  })
}

/*
 *   others  ───────────┤
 *   slowest    ░░░░░░░░██████┤      dim while others ran, solid where it ran alone
 */
function partsOfSegment(
  row: CallRow,
  segment: Segment,
  lane: Part['lane'],
  alone: AloneStretch | null,
): Part[] {
  const { startUs: fromUs, endUs: toUs } = segment
  const whole = { fromUs, toUs, lane, leastPx: MIN_BAR_PX }
  if (segment.replaced) return [{ ...whole, kind: 'replaced' }]
  if (!row.slowest) return [{ ...whole, kind: BAR_KIND[segment.outcome] }]
  const aloneFromUs = alone?.key === row.key ? Math.max(fromUs, alone.fromUs) : toUs
  const parts: Part[] = []
  const hasDim = aloneFromUs > fromUs || aloneFromUs === toUs
  if (hasDim) parts.push({ ...whole, kind: 'slow-dim' })
  if (aloneFromUs < toUs) parts.push({ ...whole, kind: 'slow-alone', fromUs: aloneFromUs, joined: hasDim })
  const end = SLOW_END[segment.outcome]
  if (end) parts.push({ ...whole, kind: end })
  return parts
}

function untimedShape(row: CallRow, scale: Scale, geometry: RowGeometry): readonly Shape[] {
  const width = Math.min(geometry.untimedWidth, scale.widthPx)
  const kind = row.outcome === 'never-ran' ? 'never-ran' : 'unknown'
  return [{ kind, x: 0, width, ...geometry.bar, cutLeft: false, cutRight: false }]
}

/** The part of a stretch inside the plot; null when none is. A point in time counts as inside. */
export function clipSpan(
  scale: Scale,
  fromUs: number,
  toUs: number,
  leastPx: number,
): { x: number; width: number; cutLeft: boolean; cutRight: boolean } | null {
  const { window, widthPx } = scale
  if (!Number.isFinite(fromUs) || !Number.isFinite(toUs) || toUs < fromUs) return null
  const point = toUs === fromUs
  if (point ? toUs < window.fromUs || fromUs > window.toUs : toUs <= window.fromUs || fromUs >= window.toUs)
    return null
  const left = Math.max(0, toX(scale, fromUs))
  const right = Math.min(widthPx, toX(scale, toUs))
  const width = Math.min(widthPx, Math.max(leastPx, right - left))
  return {
    x: Math.max(0, Math.min(left, widthPx - width)),
    width,
    cutLeft: fromUs < window.fromUs,
    cutRight: toUs > window.toUs,
  }
}
