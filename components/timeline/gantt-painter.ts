import type { RowLayout } from '#lib/timeline/layout-rows.ts'
import type { Minimap } from '#lib/timeline/minimap.ts'
import type { Timeline } from '#lib/timeline/model.ts'
import { createScale } from '#lib/timeline/scale.ts'
import { type Axis, NO_AXIS, prepareAxis } from '#lib/timeline/ticks.ts'
import type { GanttEngine, GanttState } from './gantt-engine.ts'
import { beginFrame, type Context2d, createPaintKit, type PaintKit } from './paint-kit.ts'
import { paintMinimap } from './paint-minimap.ts'
import { paintRows } from './paint-rows.ts'
import { paintRuler, RULER_PX } from './paint-ruler.ts'
import { paintStrip } from './paint-strip.ts'
import { onThemeChange, readTokens } from './tokens.ts'

/** The elements that are painted on. */
export interface GanttSurface {
  /** Scrolls the rows; the rows' canvas lies inside what scrolls. */
  readonly scroller: HTMLElement
  readonly rows: HTMLCanvasElement
  readonly ruler: HTMLCanvasElement
  readonly strip: HTMLCanvasElement
  readonly minimap: HTMLCanvasElement
}

export interface GanttScene {
  readonly timeline: Timeline
  readonly layout: RowLayout
  readonly minimap: Minimap
  readonly selectedKey: string | null
  readonly toolOf: ReadonlyMap<string, string>
  readonly touch: boolean
}

/**
 * Rows above and below the visible ones are painted too: bars then scroll with their names in the
 * compositor, and a repaint is needed only now and then.
 */
const OVERSCAN_PX = 240
/** While time moves only what is in sight is painted; what is above and below follows after this rest. */
const REST_MS = 120
const MINIMAP_PX = 28
const MINIMAP_INSET_PX = 2

type Contexts = Record<'rows' | 'ruler' | 'strip' | 'minimap', Context2d>

interface Painted {
  readonly scene: GanttScene
  readonly state: GanttState
  readonly fromY: number
  /** Rows outside of what was in sight are missing on the canvas. */
  readonly partial: boolean
}

/** Paints what has changed, once a frame at most. */
export class GanttPainter {
  readonly #surface: GanttSurface
  readonly #engine: GanttEngine
  readonly #contexts: Contexts
  readonly #stops: readonly (() => void)[]
  #scene: GanttScene | null = null
  #kit: PaintKit | null = null
  #painted: Painted | null = null
  #frame: number | null = null
  #restTimer: ReturnType<typeof setTimeout> | undefined

  /** Null where the browser gives no canvas. */
  static create(surface: GanttSurface, engine: GanttEngine): GanttPainter | null {
    const rows = surface.rows.getContext('2d')
    const ruler = surface.ruler.getContext('2d')
    const strip = surface.strip.getContext('2d')
    const minimap = surface.minimap.getContext('2d')
    if (!rows || !ruler || !strip || !minimap) return null
    return new GanttPainter(surface, engine, { rows, ruler, strip, minimap })
  }

  private constructor(surface: GanttSurface, engine: GanttEngine, contexts: Contexts) {
    this.#surface = surface
    this.#engine = engine
    this.#contexts = contexts
    const soon = () => this.#paintSoon()
    surface.scroller.addEventListener('scroll', soon, { passive: true })
    this.#stops = [
      engine.subscribe(soon),
      onThemeChange(() => this.#repaint()),
      () => surface.scroller.removeEventListener('scroll', soon),
    ]
    // Text measured and drawn before its font has come would stay in the wrong one.
    void document.fonts.ready.then(() => this.#repaint())
  }

  /** A new scene is painted at once, so that it appears together with the page around it. */
  show(scene: GanttScene): void {
    this.#scene = scene
    this.#cancel()
    this.#paint()
  }

  dispose(): void {
    this.#cancel()
    clearTimeout(this.#restTimer)
    this.#scene = null
    for (const stop of this.#stops) stop()
  }

  #repaint(): void {
    this.#kit = null
    this.#painted = null
    this.#paintSoon()
  }

  #paintSoon(): void {
    this.#frame ??= requestAnimationFrame(() => this.#paint())
  }

  #cancel(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame)
    this.#frame = null
  }

  #paint(): void {
    this.#frame = null
    const scene = this.#scene
    const state = this.#engine.getState()
    if (!scene || state.plotWidth === 0) return
    const kit = this.#currentKit()
    const before = this.#painted
    const sameLayout = before?.scene.layout === scene.layout
    const fromY = anchorOf(this.#surface.scroller, scene.layout, sameLayout ? (before?.fromY ?? null) : null)
    const fresh = before?.scene !== scene || before.state.plotWidth !== state.plotWidth
    const timeMoved = fresh || before.state.window !== state.window
    const now = { scene, state, fromY, partial: timeMoved && !fresh }
    const stale = before?.partial === true && !now.partial
    if (timeMoved || stale || before.fromY !== fromY || before.state.hoverKey !== state.hoverKey) {
      this.#paintRows(kit, now)
    }
    if (now.partial) this.#paintAllSoon()
    if (timeMoved) this.#paintAxis(kit, now)
    if (fresh && (before?.scene.minimap !== scene.minimap || before.state.plotWidth !== state.plotWidth)) {
      beginFrame(this.#contexts.minimap, state.plotWidth, MINIMAP_PX, kit.dpr)
      paintMinimap(this.#contexts.minimap, kit, scene.minimap, MINIMAP_INSET_PX)
    }
    this.#painted = now
  }

  #paintAllSoon(): void {
    clearTimeout(this.#restTimer)
    this.#restTimer = setTimeout(() => this.#paintSoon(), REST_MS)
  }

  #paintRows(kit: PaintKit, { scene, state, fromY, partial }: Painted): void {
    const { scroller, rows } = this.#surface
    const { scrollTop, clientHeight } = scroller
    const toY = Math.min(scene.layout.totalHeight, fromY + clientHeight + 2 * OVERSCAN_PX)
    beginFrame(this.#contexts.rows, state.plotWidth, Math.max(1, toY - fromY), kit.dpr)
    rows.style.top = `${fromY}px`
    const drawn = paintRows(this.#contexts.rows, kit, {
      ...scene,
      ...timeOf(scene, state),
      originY: fromY,
      fromY: partial ? Math.max(fromY, scrollTop) : fromY,
      toY: partial ? Math.min(toY, scrollTop + clientHeight) : toY,
      hoverKey: state.hoverKey,
    })
    // Says what was painted, for whoever cannot see it: tests and the bench.
    if (!partial) rows.dataset.rows = String(drawn)
  }

  #paintAxis(kit: PaintKit, { scene, state }: Painted): void {
    const { scale, axis } = timeOf(scene, state)
    beginFrame(this.#contexts.ruler, state.plotWidth, RULER_PX, kit.dpr)
    paintRuler(this.#contexts.ruler, kit, axis, scale, scene.timeline)
    const height = this.#surface.strip.parentElement?.clientHeight ?? 0
    beginFrame(this.#contexts.strip, state.plotWidth, height, kit.dpr)
    paintStrip(this.#contexts.strip, kit, axis, scale, scene.timeline, height, scene.touch)
  }

  #currentKit(): PaintKit {
    if (this.#kit === null || this.#kit.dpr !== devicePixelRatio) {
      this.#kit = createPaintKit(readTokens(this.#surface.scroller), devicePixelRatio, this.#contexts.rows)
      this.#painted = null
    }
    return this.#kit
  }
}

/** Where nothing ran, there is no time to put on an axis. */
function timeOf(scene: GanttScene, state: GanttState): { scale: ReturnType<typeof createScale>; axis: Axis } {
  const scale = createScale(state.window, state.plotWidth)
  return { scale, axis: scene.timeline.endUs === null ? NO_AXIS : prepareAxis(state.window, state.plotWidth) }
}

/** Where the canvas begins within the rows: it stays while it still covers what is visible. */
function anchorOf(scroller: HTMLElement, layout: RowLayout, current: number | null): number {
  const { scrollTop, clientHeight } = scroller
  const top = Math.max(0, Math.min(layout.totalHeight - clientHeight, scrollTop))
  if (current !== null) {
    const end = current + clientHeight + 2 * OVERSCAN_PX
    const roomAbove = current === 0 ? Number.POSITIVE_INFINITY : top - current
    const roomBelow = end >= layout.totalHeight ? Number.POSITIVE_INFINITY : end - (top + clientHeight)
    if (Math.min(roomAbove, roomBelow) >= OVERSCAN_PX / 4) return current
  }
  return Math.max(0, Math.round(top - OVERSCAN_PX))
}
