import type { Tokens } from './tokens.ts'

/** What painters share for as long as theme and resolution stay. */
export interface PaintKit {
  readonly tokens: Tokens
  /** Device px for one CSS px. */
  readonly dpr: number
  readonly queued: CanvasPattern | string
  readonly dispatch: CanvasPattern | string
  /** Rounds to whole device px, so that edges are crisp and equal times meet. */
  readonly crisp: (px: number) => number
  /** Width of a note in the font of notes, measured once: the same words come back in every frame. */
  readonly textWidth: (context: Context2d, text: string) => number
}

const MAX_WIDTHS = 2000

export type Context2d = CanvasRenderingContext2D

export function createPaintKit(tokens: Tokens, dpr: number, context: Context2d): PaintKit {
  const widths = new Map<string, number>()
  return {
    tokens,
    dpr,
    queued: hatch(context, tokens.wait, 6, 1, dpr),
    dispatch: hatch(context, tokens.ink1, 3, 1.2, dpr),
    crisp: (px) => Math.round(px * dpr) / dpr,
    textWidth(target, text) {
      const known = widths.get(text)
      if (known !== undefined) return known
      const { width } = target.measureText(text)
      if (widths.size >= MAX_WIDTHS) widths.clear()
      widths.set(text, width)
      return width
    },
  }
}

/** Lines at 45 degrees: the tile holds one upright line, the pattern is turned. */
function hatch(
  context: Context2d,
  colour: string,
  pitchPx: number,
  linePx: number,
  dpr: number,
): CanvasPattern | string {
  const tile = document.createElement('canvas')
  // Patterns resample badly below one device px, so the tile is drawn large and scaled down.
  const scale = Math.max(1, Math.ceil(dpr)) * 4
  tile.width = pitchPx * scale
  tile.height = pitchPx * scale
  const tileContext = tile.getContext('2d')
  if (!tileContext) return colour
  tileContext.fillStyle = colour
  tileContext.fillRect(0, 0, linePx * scale, tile.height)
  const pattern = context.createPattern(tile, 'repeat')
  if (!pattern) return colour
  pattern.setTransform(new DOMMatrix().rotate(45).scale(1 / scale))
  return pattern
}

/**
 * Sizes a canvas for its resolution and clears it. Coordinates are CSS px afterwards. Resizing reallocates
 * the buffer, so it happens only when the size has changed.
 */
export function beginFrame(context: Context2d, width: number, height: number, dpr: number): void {
  const { canvas } = context
  const pixelWidth = Math.max(1, Math.round(width * dpr))
  const pixelHeight = Math.max(1, Math.round(height * dpr))
  if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) {
    canvas.width = pixelWidth
    canvas.height = pixelHeight
    canvas.style.width = `${width}px`
    canvas.style.height = `${height}px`
  }
  context.setTransform(dpr, 0, 0, dpr, 0, 0)
  context.clearRect(0, 0, width, height)
}

/** A font for `context.font`: canvas knows no tokens. */
export function fontOf(family: string, px: number, weight = 420): string {
  return `${weight} ${px}px ${family}`
}
