import type { Minimap, MinimapTone } from '#lib/timeline/minimap.ts'
import type { Context2d, PaintKit } from './paint-kit.ts'
import type { Tokens } from './tokens.ts'

/** All calls at once. Painted when they, their order, the size or the theme change; never while zooming. */
export function paintMinimap(context: Context2d, kit: PaintKit, minimap: Minimap, insetY: number): void {
  const bar = Math.max(1, Math.min(2, minimap.lanePx - 0.5))
  for (const run of minimap.runs) {
    context.fillStyle = colourOf(kit.tokens, run.tone)
    context.fillRect(
      run.x,
      kit.crisp(insetY + run.lane * minimap.lanePx + (minimap.lanePx - bar) / 2),
      run.width,
      bar,
    )
  }
}

function colourOf(tokens: Tokens, tone: MinimapTone): string {
  switch (tone) {
    case 'replaced':
    case 'cancelled':
      return tokens.runDim
    case 'run':
      return tokens.run
    case 'timeout':
      return tokens.time
    case 'error':
      return tokens.err
    case 'slow':
      return tokens.slow
  }
}
