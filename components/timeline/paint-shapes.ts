import { STRIKE_OVERHANG_PX } from '#lib/timeline/row-marks.ts'
import type { Shape, ShapeKind } from '#lib/timeline/row-shapes.ts'
import type { Context2d, PaintKit } from './paint-kit.ts'

const RADIUS = 2
/** A hatch lower than this has no room for edges. */
const LEAST_EDGED_PX = 6
const LOW_HATCH_ALPHA = 0.55
const END_CAP_PX = 4
/** Teeth of the torn end of a timeout: two px deep, four along a bar of twelve. */
const TOOTH_PX = 2
const LEAST_TORN_PX = 8

type Paint = (context: Context2d, kit: PaintKit, shape: Shape, x: number, y: number, width: number) => void

/** Paints one shape of a row whose top is at `top`. Edges that the window cuts stay open. */
export function paintShape(context: Context2d, kit: PaintKit, shape: Shape, top: number): void {
  const x = kit.crisp(shape.x)
  const width = Math.max(1 / kit.dpr, kit.crisp(shape.x + shape.width) - x)
  PAINT[shape.kind](context, kit, shape, x, top + shape.y, width)
}

const PAINT: Record<ShapeKind, Paint> = {
  band(context, { tokens }, shape, x, y, width) {
    context.fillStyle = tokens.band
    context.fillRect(x, y, width, shape.height)
    context.strokeStyle = tokens.bandEdge
    context.lineWidth = 1
    if (!shape.cutLeft) upright(context, x + 0.5, y, shape.height, [])
    if (!shape.cutRight) upright(context, x + width - 0.5, y, shape.height, [2, 2])
  },
  queued(context, kit, shape, x, y, width) {
    // In low rows the lines of many calls would add up to a texture louder than the bars.
    if (shape.height < LEAST_EDGED_PX) context.globalAlpha = LOW_HATCH_ALPHA
    hatched(context, kit.queued, kit.tokens.line3, x, y, width, shape.height)
    context.globalAlpha = 1
  },
  dispatch(context, kit, shape, x, y, width) {
    hatched(context, kit.dispatch, kit.tokens.ink2, x, y, width, shape.height)
  },
  ghost(context, { tokens }, shape, x, y, width) {
    outline(context, shape, x, y, width, tokens.line3, 0)
  },
  gap(context, { tokens }, shape, x, y, width) {
    context.strokeStyle = tokens.ink3
    context.lineWidth = shape.height
    context.lineCap = 'round'
    context.setLineDash([0, 3.5])
    horizontal(context, x + 3, x + width - 2, y + shape.height / 2)
    context.setLineDash([])
    context.lineCap = 'butt'
  },
  replaced(context, { tokens }, shape, x, y, width) {
    outline(context, shape, x, y, width, tokens.line3, RADIUS)
  },
  ok(context, { tokens }, shape, x, y, width) {
    solid(context, shape, x, y, width, tokens.run)
  },
  error(context, { tokens }, shape, x, y, width) {
    failed(context, shape, x, y, width, tokens.err, tokens.errSoft)
    if (!shape.cutRight) endCap(context, shape, x, y, width, tokens.err)
  },
  timeout(context, { tokens }, shape, x, y, width) {
    if (shape.cutRight || width < LEAST_TORN_PX || shape.height < 6) {
      failed(context, shape, x, y, width, tokens.time, tokens.timeSoft)
      if (!shape.cutRight) endCap(context, shape, x, y, width, tokens.time)
      return
    }
    // The soft fill ends before the teeth, so that the ground shows between them.
    const open = { ...shape, cutRight: true }
    solid(context, open, x, y, width - TOOTH_PX, tokens.timeSoft)
    context.save()
    context.beginPath()
    context.rect(x, y, width - TOOTH_PX, shape.height)
    context.clip()
    outline(context, open, x, y, width - TOOTH_PX, tokens.time, RADIUS)
    context.restore()
    tornEnd(context, shape, x, y, width, tokens.time)
  },
  cancelled(context, { tokens }, shape, x, y, width) {
    solid(context, shape, x, y, width, tokens.band)
    outline(context, shape, x, y, width, tokens.cancel, RADIUS)
    strike(context, shape, x, y, width, tokens.cancel)
  },
  'slow-dim'(context, { tokens }, shape, x, y, width) {
    solid(context, shape, x, y, width, tokens.slowDim)
    outline(context, shape, x, y, width, tokens.slow, RADIUS)
  },
  'slow-alone'(context, { tokens }, shape, x, y, width) {
    solid(context, shape, x, y, width, tokens.slow)
  },
  'end-error'(context, { tokens }, shape, x, y, width) {
    if (!shape.cutRight) endCap(context, shape, x, y, width, tokens.err)
  },
  'end-timeout'(context, { tokens }, shape, x, y, width) {
    if (!shape.cutRight) tornEnd(context, shape, x, y, width, tokens.time)
  },
  strike(context, { tokens }, shape, x, y, width) {
    strike(context, shape, x, y, width, tokens.ink1)
  },
  'never-ran'(context, { tokens }, shape, x, y, width) {
    boxWithoutTime(context, shape, x, y, width, tokens.never, [3, 3])
  },
  unknown(context, { tokens }, shape, x, y, width) {
    boxWithoutTime(context, shape, x, y, width, tokens.never, [1, 2])
  },
}

function corners(shape: Shape, radius: number): number[] {
  const fitting = Math.min(radius, shape.width / 2, shape.height / 2)
  const left = shape.cutLeft ? 0 : fitting
  const right = shape.cutRight ? 0 : fitting
  return [left, right, right, left]
}

function solid(context: Context2d, shape: Shape, x: number, y: number, width: number, colour: string): void {
  context.fillStyle = colour
  if (shape.height < 4 || width <= 2) {
    context.fillRect(x, y, width, shape.height)
    return
  }
  context.beginPath()
  context.roundRect(x, y, width, shape.height, corners(shape, RADIUS))
  context.fill()
}

/** One px inside the box; an edge that the window cuts lies outside the plot and is clipped away. */
function outline(
  context: Context2d,
  shape: Shape,
  x: number,
  y: number,
  width: number,
  colour: string,
  radius: number,
): void {
  if (shape.height < 4 || width <= 2) {
    context.fillStyle = colour
    context.fillRect(x, y, width, shape.height)
    return
  }
  const left = shape.cutLeft ? x - 2 : x + 0.5
  const right = shape.cutRight ? x + width + 2 : x + width - 0.5
  context.strokeStyle = colour
  context.lineWidth = 1
  context.beginPath()
  context.roundRect(left, y + 0.5, right - left, shape.height - 1, corners(shape, radius))
  context.stroke()
}

function failed(
  context: Context2d,
  shape: Shape,
  x: number,
  y: number,
  width: number,
  colour: string,
  soft: string,
): void {
  solid(context, shape, x, y, width, soft)
  outline(context, shape, x, y, width, colour, RADIUS)
}

function endCap(context: Context2d, shape: Shape, x: number, y: number, width: number, colour: string): void {
  const cap = Math.min(END_CAP_PX, width)
  context.fillStyle = colour
  context.fillRect(x + width - cap, y, cap, shape.height)
}

/** A cap whose right edge is torn: the deadline cut it, the call itself did not end here. */
function tornEnd(
  context: Context2d,
  shape: Shape,
  x: number,
  y: number,
  width: number,
  colour: string,
): void {
  const right = x + width
  const left = Math.max(x, right - END_CAP_PX - 1)
  const teeth = Math.max(2, Math.round(shape.height / 3))
  const toothHeight = shape.height / teeth
  context.fillStyle = colour
  context.beginPath()
  context.moveTo(left, y)
  for (let tooth = 0; tooth < teeth; tooth++) {
    context.lineTo(right, y + toothHeight * tooth)
    context.lineTo(right - TOOTH_PX, y + toothHeight * (tooth + 0.5))
  }
  context.lineTo(right, y + shape.height)
  context.lineTo(left, y + shape.height)
  context.fill()
}

function strike(context: Context2d, shape: Shape, x: number, y: number, width: number, colour: string): void {
  const thickness = shape.height < 6 ? 1 : 1.5
  context.strokeStyle = colour
  context.lineWidth = thickness
  horizontal(
    context,
    shape.cutLeft ? x : x - STRIKE_OVERHANG_PX,
    shape.cutRight ? x + width : x + width + STRIKE_OVERHANG_PX,
    y + shape.height / 2,
  )
}

function boxWithoutTime(
  context: Context2d,
  shape: Shape,
  x: number,
  y: number,
  width: number,
  colour: string,
  dash: number[],
): void {
  context.setLineDash(dash)
  if (shape.height < 4) {
    context.strokeStyle = colour
    context.lineWidth = 1
    horizontal(context, x, x + width, y + shape.height / 2)
  } else {
    outline(context, shape, x, y, width, colour, RADIUS)
  }
  context.setLineDash([])
}

function hatched(
  context: Context2d,
  fill: CanvasPattern | string,
  edge: string,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  context.save()
  context.translate(x, y)
  context.fillStyle = fill
  context.fillRect(0, 0, width, height)
  context.restore()
  if (height < LEAST_EDGED_PX) return
  context.fillStyle = edge
  context.fillRect(x, y, width, 1)
  context.fillRect(x, y + height - 1, width, 1)
}

function upright(context: Context2d, x: number, y: number, height: number, dash: number[]): void {
  context.setLineDash(dash)
  context.beginPath()
  context.moveTo(x, y)
  context.lineTo(x, y + height)
  context.stroke()
  context.setLineDash([])
}

function horizontal(context: Context2d, fromX: number, toX: number, y: number): void {
  context.beginPath()
  context.moveTo(fromX, y)
  context.lineTo(Math.max(fromX, toX), y)
  context.stroke()
}
