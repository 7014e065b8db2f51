import type { Timeline } from '#lib/timeline/model.ts'
import { clipSpan } from '#lib/timeline/row-shapes.ts'
import type { Scale } from '#lib/timeline/scale.ts'
import { columnLevels } from '#lib/timeline/steps.ts'
import type { Axis } from '#lib/timeline/ticks.ts'
import { type Context2d, fontOf, type PaintKit } from './paint-kit.ts'

const TOP_PX = 10
const BOTTOM_PX = 6
const AREA_ALPHA = 0.38

/** Reused from frame to frame. */
let columns = new Float64Array(0)

/** Calls in flight over time, against the cap; the stretch of the slowest sibling alone is solid. */
export function paintStrip(
  context: Context2d,
  kit: PaintKit,
  axis: Axis,
  scale: Scale,
  timeline: Timeline,
  height: number,
  touch: boolean,
): void {
  const { tokens } = kit
  const { inFlight, cap } = timeline
  if (timeline.endUs === null) return
  const base = kit.crisp(height - BOTTOM_PX)
  const highest = Math.max(1, inFlight.peak, cap !== null && cap <= inFlight.peak * 4 ? cap : 0)
  const unit = (base - TOP_PX) / highest
  context.fillStyle = tokens.line1
  for (const tick of axis.ticks) context.fillRect(kit.crisp(tick.x), 0, 1, base)
  paintArea(context, kit, scale, timeline, base, unit)
  context.fillStyle = tokens.line2
  context.fillRect(0, base, scale.widthPx, 1)
  if (cap !== null && cap <= highest) paintCap(context, kit, scale, kit.crisp(base - cap * unit))
  if (!touch) paintScale(context, kit, scale, base, highest)
}

function paintArea(
  context: Context2d,
  kit: PaintKit,
  scale: Scale,
  { inFlight, alone }: Timeline,
  base: number,
  unit: number,
): void {
  const count = Math.ceil(scale.widthPx)
  if (columns.length < count) columns = new Float64Array(count)
  const levels = columnLevels(inFlight, scale, columns.subarray(0, count))
  const { run } = kit.tokens
  let before = base
  // Rectangles on whole px: crisper than one path around them all, and cheaper to rasterise.
  for (let column = 0; column < count; ) {
    const level = levels[column] ?? 0
    let end = column + 1
    while (end < count && levels[end] === level) end++
    const y = kit.crisp(base - level * unit)
    context.fillStyle = run
    context.globalAlpha = AREA_ALPHA
    context.fillRect(column, y, end - column, base - y)
    context.globalAlpha = 1
    if (level > 0) context.fillRect(column, y, end - column, 1)
    context.fillRect(column, Math.min(y, before), 1, Math.abs(y - before))
    before = y
    column = end
  }
  const held = alone && clipSpan(scale, alone.fromUs, alone.toUs, 1)
  if (!held) return
  const x = kit.crisp(held.x)
  // The step down from it lies within the next px.
  context.clearRect(x, base - unit - 1, kit.crisp(held.x + held.width) - x + 2, unit + 1)
  context.fillStyle = kit.tokens.slow
  context.fillRect(x, base - unit, kit.crisp(held.x + held.width) - x, unit)
}

function paintCap(context: Context2d, kit: PaintKit, scale: Scale, y: number): void {
  context.strokeStyle = kit.tokens.ink3
  context.lineWidth = 1
  context.setLineDash([4, 3])
  context.beginPath()
  context.moveTo(0, y + 0.5)
  context.lineTo(scale.widthPx, y + 0.5)
  context.stroke()
  context.setLineDash([])
}

function paintScale(context: Context2d, kit: PaintKit, scale: Scale, base: number, highest: number): void {
  context.font = fontOf(kit.tokens.mono, 10)
  context.fillStyle = kit.tokens.ink3
  context.textBaseline = 'alphabetic'
  context.textAlign = 'right'
  const right = scale.widthPx - 4
  context.fillText(String(highest), right, TOP_PX + 11)
  context.fillText('0', right, base - 4)
  context.textAlign = 'left'
}
