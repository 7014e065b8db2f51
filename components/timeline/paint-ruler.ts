import type { Timeline } from '#lib/timeline/model.ts'
import { formatCursorOffset } from '#lib/timeline/row-notes.ts'
import { type Scale, toX } from '#lib/timeline/scale.ts'
import type { Axis } from '#lib/timeline/ticks.ts'
import { type Context2d, fontOf, type PaintKit } from './paint-kit.ts'

export const RULER_PX = 28
const LABEL_GAP_PX = 5
const LABEL_TICK_PX = 10
const MINOR_TICK_PX = 5

/** Ticks with their offsets, and the exact end of the batch. A label that has no room is left out. */
export function paintRuler(
  context: Context2d,
  kit: PaintKit,
  axis: Axis,
  scale: Scale,
  timeline: Timeline,
): void {
  const { tokens } = kit
  context.font = fontOf(tokens.mono, 11)
  context.textBaseline = 'alphabetic'
  const baseline = RULER_PX - 8
  if (timeline.endUs === null) {
    context.fillStyle = tokens.ink3
    context.font = fontOf(tokens.sans, 11)
    const why = timeline.rows.every(({ outcome }) => outcome === 'never-ran')
      ? 'no call ran: there is no time to show'
      : 'no times were told: nothing can be placed'
    context.fillText(why, LABEL_GAP_PX, baseline)
    return
  }
  const end = paintEnd(context, kit, scale, timeline, timeline.endUs, baseline)
  for (const tick of axis.ticks) {
    const x = kit.crisp(tick.x)
    const height = tick.label === null ? MINOR_TICK_PX : LABEL_TICK_PX
    context.fillStyle = tokens.line2
    context.fillRect(x, RULER_PX - 4 - height, 1, height)
    if (tick.label === null) continue
    const left = x + LABEL_GAP_PX
    const right = left + context.measureText(tick.label).width
    if (right > scale.widthPx || (end && left < end.right + 8 && right > end.left - 8)) continue
    context.fillStyle = tokens.ink3
    context.fillText(tick.label, left, baseline)
  }
}

function paintEnd(
  context: Context2d,
  kit: PaintKit,
  scale: Scale,
  timeline: Timeline,
  endUs: number,
  baseline: number,
): { left: number; right: number } | null {
  const x = toX(scale, endUs)
  if (x < 0 || x > scale.widthPx) return null
  const label = formatCursorOffset(endUs, scale.usPerPx).slice(0, -' ms'.length)
  const width = context.measureText(label).width
  const left = x + LABEL_GAP_PX + width <= scale.widthPx ? x + LABEL_GAP_PX : x - LABEL_GAP_PX - width
  const held = timeline.rows.some((row) => row.slowest)
  context.fillStyle = held ? kit.tokens.slow : kit.tokens.line3
  context.fillRect(kit.crisp(x), RULER_PX - 6, 1, 6)
  context.fillStyle = held ? kit.tokens.slowText : kit.tokens.ink2
  context.fillText(label, left, baseline)
  return { left, right: left + width }
}
