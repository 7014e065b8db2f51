import type { GanttEngine } from './gantt-engine.ts'

export interface PlotPoint {
  /** Px from the left of the plot. */
  readonly x: number
  /** Px from the top of the first row; null outside of the rows. */
  readonly y: number | null
}

export interface PlotActions {
  readonly onHover: (point: PlotPoint | null) => void
  readonly onTap: (point: PlotPoint) => void
  readonly onOpen: (point: PlotPoint) => void
  /** Scrolls the rows while they are dragged; null where there are none. */
  readonly scrollBy: ((px: number) => void) | null
  readonly pointOf: (event: MouseEvent) => PlotPoint
}

/** Less movement than this is a press and not a drag. */
const DRAG_FROM_PX = 3
const WHEEL_ZOOM = 0.0016
/** A pinch on a trackpad arrives as small steps of a wheel with ctrl held. */
const PINCH_ZOOM = 0.01
const LINE_PX = 16
/** Two fingers are never nearer than a finger is wide. */
const FINGER_PX = 24

/**
 * Wheel zooms at the pointer, with shift or sideways it pans; dragging pans; two fingers pinch. A wheel that
 * would zoom out of the whole picture is left to the page, so that the plot is no trap for scrolling; one
 * with alt held is left to the rows.
 */
export function attachPlotGestures(
  element: HTMLElement,
  engine: GanttEngine,
  actions: PlotActions,
): () => void {
  const stop = new AbortController()
  const gestures = new PlotGestures(element, engine, actions)
  const { signal } = stop
  element.addEventListener('wheel', (event) => gestures.wheel(event), { signal, passive: false })
  element.addEventListener('pointerdown', (event) => gestures.press(event), { signal })
  element.addEventListener('pointermove', (event) => gestures.move(event), { signal })
  element.addEventListener('pointerup', (event) => gestures.lift(event), { signal })
  element.addEventListener('pointercancel', (event) => gestures.release(event), { signal })
  element.addEventListener('pointerleave', () => gestures.leave(), { signal })
  element.addEventListener('dblclick', (event) => actions.onOpen(actions.pointOf(event)), { signal })
  return () => stop.abort()
}

export function timeAt(engine: GanttEngine, x: number): number {
  return engine.getState().window.fromUs + x * engine.usPerPx()
}

interface Drag {
  readonly startX: number
  readonly startY: number
  lastX: number
  lastY: number
  moved: boolean
}

class PlotGestures {
  readonly #element: HTMLElement
  readonly #engine: GanttEngine
  readonly #actions: PlotActions
  readonly #pointers = new Map<number, { x: number; y: number }>()
  #drag: Drag | null = null
  #pinchPx = 0

  constructor(element: HTMLElement, engine: GanttEngine, actions: PlotActions) {
    this.#element = element
    this.#engine = engine
    this.#actions = actions
  }

  wheel(event: WheelEvent): void {
    if (event.altKey) return
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault()
      this.#engine.pan((event.deltaX === 0 ? event.deltaY : event.deltaX) * unit, 'now')
      return
    }
    if (this.#isWhole() && event.deltaY > 0 && !event.ctrlKey) return
    event.preventDefault()
    const point = this.#actions.pointOf(event)
    const factor = Math.exp(-event.deltaY * unit * (event.ctrlKey ? PINCH_ZOOM : WHEEL_ZOOM))
    this.#engine.zoom(factor, timeAt(this.#engine, point.x), 'now')
    this.#actions.onHover(point)
  }

  press(event: PointerEvent): void {
    if (event.button !== 0) return
    const { clientX: x, clientY: y, pointerId } = event
    this.#pointers.set(pointerId, { x, y })
    this.#element.setPointerCapture(pointerId)
    const alone = this.#pointers.size === 1
    this.#drag = alone ? { startX: x, startY: y, lastX: x, lastY: y, moved: false } : null
    this.#pinchPx = this.#spread()
  }

  move(event: PointerEvent): void {
    if (!this.#pointers.has(event.pointerId)) {
      if (event.pointerType !== 'touch') this.#actions.onHover(this.#actions.pointOf(event))
      return
    }
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY })
    if (this.#pointers.size === 2) this.#pinch()
    else if (this.#drag) this.#pull(event, this.#drag)
  }

  lift(event: PointerEvent): void {
    const wasTap = this.#drag !== null && !this.#drag.moved
    this.release(event)
    if (wasTap) this.#actions.onTap(this.#actions.pointOf(event))
  }

  release(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId)
    this.#drag = null
    this.#pinchPx = this.#spread()
    delete this.#element.dataset.dragging
  }

  leave(): void {
    if (this.#pointers.size === 0) this.#actions.onHover(null)
  }

  #pull(event: PointerEvent, drag: Drag): void {
    const { clientX, clientY } = event
    if (!drag.moved && Math.hypot(clientX - drag.startX, clientY - drag.startY) < DRAG_FROM_PX) return
    drag.moved = true
    this.#element.dataset.dragging = ''
    this.#engine.pan(drag.lastX - clientX, 'now')
    // A finger that moves up and down scrolls natively; only a mouse needs it done.
    if (event.pointerType === 'mouse') this.#actions.scrollBy?.(drag.lastY - clientY)
    drag.lastX = clientX
    drag.lastY = clientY
    this.#actions.onHover(this.#actions.pointOf(event))
  }

  #pinch(): void {
    const nowPx = this.#spread()
    const points = [...this.#pointers.values()]
    const middle = points.reduce((sum, point) => sum + point.x, 0) / points.length
    const x = middle - this.#element.getBoundingClientRect().left
    if (this.#pinchPx > 0 && nowPx > 0) {
      this.#engine.zoom(nowPx / this.#pinchPx, timeAt(this.#engine, x), 'now')
    }
    this.#pinchPx = nowPx
  }

  /** Distance between two fingers along the time axis; 0 for any other number of them. */
  #spread(): number {
    const [a, b] = [...this.#pointers.values()]
    return this.#pointers.size === 2 && a && b ? Math.max(FINGER_PX, Math.abs(a.x - b.x)) : 0
  }

  #isWhole(): boolean {
    const { window, bounds } = this.#engine.getState()
    return window.fromUs <= bounds.fromUs && window.toUs >= bounds.toUs
  }
}
