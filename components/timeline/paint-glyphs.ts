import type { MarkGlyph } from '#lib/timeline/row-marks.ts'
import type { Context2d, PaintKit } from './paint-kit.ts'

/*
 * The glyph vocabulary of components/ui/glyphs.tsx on a canvas: the same shapes in the same box of 12.
 */

const BOX = 12
const CLOCK_HANDS = 'M6 3v3.2l2.1 1.3'
const CROSS = 'M4 4l4 4M8 4l-4 4'
const SLASH = 'M2.6 9.4l6.8-6.8'
const QUESTION = 'M4.6 4.9c0-.8.6-1.4 1.4-1.4s1.4.5 1.4 1.3c0 .9-1.4 1.1-1.4 2.1'
const TRIANGLE = 'M1 1.2v9.6L7.8 6z'
const EARLIER = 'M7.5 2.5 4 6l3.5 3.5'
const LATER = 'M4.5 2.5 8 6l-3.5 3.5'

/** `x` is the left edge, `y` the middle. */
export function paintGlyph(
  context: Context2d,
  kit: PaintKit,
  glyph: MarkGlyph,
  x: number,
  y: number,
  size: number,
): void {
  context.save()
  context.translate(x, y - size / 2)
  context.scale(size / BOX, size / BOX)
  context.lineCap = 'round'
  context.lineJoin = 'round'
  PAINT[glyph](context, kit)
  context.restore()
}

const PAINT: Record<MarkGlyph, (context: Context2d, kit: PaintKit) => void> = {
  ok(context, { tokens }) {
    disc(context, 2, tokens.ink3)
  },
  error(context, { tokens }) {
    disc(context, 5.6, tokens.err)
    line(context, CROSS, tokens.bg0, 1.5)
  },
  timeout(context, { tokens }) {
    ring(context, tokens.time, 1.4)
    line(context, CLOCK_HANDS, tokens.time, 1.3)
  },
  cancelled(context, { tokens }) {
    ring(context, tokens.cancel, 1.2)
    line(context, SLASH, tokens.cancel, 1.2)
  },
  'never-ran'(context, { tokens }) {
    context.setLineDash([2, 1.93])
    context.lineCap = 'butt'
    ring(context, tokens.never, 1.3)
    context.setLineDash([])
  },
  unknown(context, { tokens }) {
    ring(context, tokens.never, 1.2)
    line(context, QUESTION, tokens.never, 1.1)
    context.fillStyle = tokens.never
    context.beginPath()
    context.arc(6, 8.6, 0.7, 0, Math.PI * 2)
    context.fill()
  },
  slowest(context, { tokens }) {
    context.fillStyle = tokens.slow
    context.fill(new Path2D(TRIANGLE))
    context.fillRect(9, 1, 2, 10)
  },
  earlier(context, { tokens }) {
    line(context, EARLIER, tokens.ink3, 1.4)
  },
  later(context, { tokens }) {
    line(context, LATER, tokens.ink3, 1.4)
  },
}

function disc(context: Context2d, radius: number, colour: string): void {
  context.fillStyle = colour
  context.beginPath()
  context.arc(6, 6, radius, 0, Math.PI * 2)
  context.fill()
}

function ring(context: Context2d, colour: string, width: number): void {
  context.strokeStyle = colour
  context.lineWidth = width
  context.beginPath()
  context.arc(6, 6, 5, 0, Math.PI * 2)
  context.stroke()
}

function line(context: Context2d, path: string, colour: string, width: number): void {
  context.strokeStyle = colour
  context.lineWidth = width
  context.stroke(new Path2D(path))
}
