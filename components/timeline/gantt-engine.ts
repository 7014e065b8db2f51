import type { TimeWindow } from '#lib/timeline/model.ts'
import {
  clampWindow,
  fitWindow,
  isWhole,
  mixWindows,
  ordered,
  panBy,
  zoomAt,
} from '#lib/timeline/time-window.ts'

export interface Cursor {
  readonly us: number
  /** It stands on a start or an end. */
  readonly snapped: boolean
}

/** Two points in time, the second following the cursor until it is set. */
export interface Measure {
  readonly fromUs: number
  readonly toUs: number
  readonly fixed: boolean
}

/** What changes while a person points, zooms and drags: too often for React to render. */
export interface GanttState {
  readonly window: TimeWindow
  /** The widest window there is. */
  readonly bounds: TimeWindow
  readonly plotWidth: number
  readonly cursor: Cursor | null
  readonly hoverKey: string | null
  /** Index of the attempt under the pointer within its row. */
  readonly hoverSegment: number | null
  /** The measuring tool is in the hand. */
  readonly measuring: boolean
  readonly measure: Measure | null
  /** A window being drawn on the ruler. */
  readonly brush: TimeWindow | null
}

export type Motion = 'now' | 'smooth'

export interface EngineHost {
  readonly requestFrame: (callback: (nowMs: number) => void) => number
  readonly cancelFrame: (handle: number) => void
  readonly prefersStill: () => boolean
  /** The window has come to rest; null when it shows everything. */
  readonly onSettle: (window: TimeWindow | null) => void
}

const MOVE_MS = 160
const SETTLE_MS = 220
const NOWHERE: TimeWindow = { fromUs: 0, toUs: 1000 }
const AT_REST: GanttState = {
  window: NOWHERE,
  bounds: NOWHERE,
  plotWidth: 0,
  cursor: null,
  hoverKey: null,
  hoverSegment: null,
  measuring: false,
  measure: null,
  brush: null,
}

/**
 * The state of one plot and the moves that a person can make. It knows nothing of the page: the painter and
 * the overlay subscribe and draw what it says.
 */
export class GanttEngine {
  readonly #host: EngineHost
  readonly #listeners = new Set<() => void>()
  #state = AT_REST
  #frame: number | null = null
  /** Where a smooth move is going. */
  #target: TimeWindow | null = null
  #settleTimer: ReturnType<typeof setTimeout> | undefined

  constructor(host: EngineHost) {
    this.#host = host
  }

  readonly getState = (): GanttState => this.#state

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** Time under one px. */
  usPerPx(): number {
    const { window, plotWidth } = this.#state
    return (window.toUs - window.fromUs) / Math.max(1, plotWidth)
  }

  set(change: Partial<Omit<GanttState, 'window' | 'bounds' | 'plotWidth'>>): void {
    this.#assign(change)
  }

  /** A new plot: a view of everything stays one. */
  resize(extent: TimeWindow, plotWidth: number, endRoomPx: number): void {
    const { window, bounds } = this.#state
    const goal = this.#target ?? window
    const whole = this.#state.plotWidth === 0 ? this.#target === null : isWhole(goal, bounds)
    const next = fitWindow(extent, plotWidth, endRoomPx)
    this.#stop()
    this.#assign({ bounds: next, plotWidth, window: whole ? next : clampWindow(goal, next) })
  }

  /** Null shows everything. Before the plot is laid out the wish is kept. */
  moveTo(window: TimeWindow | null, motion: Motion): void {
    if (this.#state.plotWidth === 0) this.#target = window
    else
      this.#go(
        window === null ? this.#state.bounds : clampWindow(ordered(window), this.#state.bounds),
        motion,
      )
  }

  /** A factor above 1 looks closer; `atUs` stays where it is. */
  zoom(factor: number, atUs: number, motion: Motion): void {
    // Keys pressed in quick succession add up, though the picture still moves to the one before.
    const from = this.#target ?? this.#state.window
    this.#go(zoomAt(from, factor, atUs, this.#state.bounds), motion)
  }

  /** Positive looks later. */
  pan(px: number, motion: Motion): void {
    const from = this.#target ?? this.#state.window
    const perPx = (from.toUs - from.fromUs) / Math.max(1, this.#state.plotWidth)
    this.#go(panBy(from, px * perPx, this.#state.bounds), motion)
  }

  dispose(): void {
    this.#stop()
    clearTimeout(this.#settleTimer)
  }

  #assign(change: Partial<GanttState>): void {
    this.#state = { ...this.#state, ...change }
    for (const listener of this.#listeners) listener()
  }

  #stop(): void {
    if (this.#frame !== null) this.#host.cancelFrame(this.#frame)
    this.#frame = null
    this.#target = null
  }

  #go(window: TimeWindow, motion: Motion): void {
    this.#stop()
    if (motion === 'now' || this.#host.prefersStill()) {
      this.#assign({ window })
      this.#settleSoon()
      return
    }
    clearTimeout(this.#settleTimer)
    const from = this.#state.window
    let startMs: number | null = null
    this.#target = window
    const step = (nowMs: number) => {
      startMs ??= nowMs
      const share = Math.min(1, (nowMs - startMs) / MOVE_MS)
      // Ease out: most of the way at once, then a soft landing.
      const eased = 1 - (1 - share) ** 3
      this.#frame = share < 1 ? this.#host.requestFrame(step) : null
      this.#assign({ window: share < 1 ? mixWindows(from, window, eased) : window })
      if (share < 1) return
      this.#target = null
      this.#settleSoon()
    }
    this.#frame = this.#host.requestFrame(step)
  }

  #settleSoon(): void {
    clearTimeout(this.#settleTimer)
    this.#settleTimer = setTimeout(() => {
      const { window, bounds } = this.#state
      this.#host.onSettle(isWhole(window, bounds) ? null : window)
    }, SETTLE_MS)
  }
}
