'use client'

import { type KeyboardEvent, type PointerEvent, useEffect, useRef } from 'react'
import { formatOffset } from '#lib/format/duration.ts'
import type { GanttEngine } from './gantt-engine.ts'
import styles from './minimap-window.module.css'

type Grip = 'from' | 'to' | 'both' | 'new'

const HANDLE_REACH_PX = 8
const KEY_STEP_PX = 8

/**
 * The visible window over the minimap: its handles resize it, its inside moves it, a drag elsewhere draws a
 * new one. The handles are sliders for the keyboard and for screen readers.
 */
export function MinimapWindow({ engine }: { readonly engine: GanttEngine }) {
  const root = useRef<HTMLFieldSetElement>(null)
  const drag = useRef<{ grip: Grip; startX: number; lastX: number } | null>(null)

  useEffect(() => {
    const element = root.current
    if (!element) return
    const update = () => placeWindow(element, engine)
    update()
    return engine.subscribe(update)
  }, [engine])

  function timeOf(event: PointerEvent): number {
    const { bounds, plotWidth } = engine.getState()
    const x = event.clientX - (root.current?.getBoundingClientRect().left ?? 0)
    return bounds.fromUs + (x / Math.max(1, plotWidth)) * (bounds.toUs - bounds.fromUs)
  }

  function onPointerDown(event: PointerEvent<HTMLFieldSetElement>) {
    if (event.button !== 0) return
    const { window, bounds, plotWidth } = engine.getState()
    const perPx = (bounds.toUs - bounds.fromUs) / Math.max(1, plotWidth)
    const us = timeOf(event)
    drag.current = { grip: gripAt(us, window, HANDLE_REACH_PX * perPx), startX: us, lastX: us }
    event.currentTarget.setPointerCapture(event.pointerId)
  }

  function onPointerMove(event: PointerEvent<HTMLFieldSetElement>) {
    const held = drag.current
    if (!held) return
    const us = timeOf(event)
    const { window } = engine.getState()
    if (held.grip === 'from')
      engine.moveTo({ fromUs: Math.min(us, window.toUs - 1), toUs: window.toUs }, 'now')
    if (held.grip === 'to')
      engine.moveTo({ fromUs: window.fromUs, toUs: Math.max(us, window.fromUs + 1) }, 'now')
    if (held.grip === 'both') {
      const byUs = us - held.lastX
      const span = window.toUs - window.fromUs
      const { bounds } = engine.getState()
      const fromUs = Math.max(bounds.fromUs, Math.min(bounds.toUs - span, window.fromUs + byUs))
      engine.moveTo({ fromUs, toUs: fromUs + span }, 'now')
    }
    if (held.grip === 'new' && us !== held.startX) engine.moveTo({ fromUs: held.startX, toUs: us }, 'now')
    held.lastX = us
  }

  function onKeyDown(event: KeyboardEvent, end: 'fromUs' | 'toUs') {
    const direction = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0
    if (direction === 0) return
    event.preventDefault()
    event.stopPropagation()
    const { window, bounds, plotWidth } = engine.getState()
    const byUs = ((bounds.toUs - bounds.fromUs) / Math.max(1, plotWidth)) * KEY_STEP_PX * direction
    engine.moveTo({ ...window, [end]: window[end] + byUs }, 'now')
  }

  return (
    <fieldset
      ref={root}
      className={styles.window}
      aria-label="Visible window"
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        drag.current = null
      }}
      onPointerCancel={() => {
        drag.current = null
      }}
      onDoubleClick={() => engine.moveTo(null, 'smooth')}
    >
      <div className={styles.shade} data-part="before" />
      <div className={styles.shade} data-part="after" />
      <div
        className={styles.handle}
        data-part="from"
        role="slider"
        tabIndex={0}
        aria-label="start of the visible window"
        aria-valuenow={0}
        onKeyDown={(event) => onKeyDown(event, 'fromUs')}
      />
      <div
        className={styles.handle}
        data-part="to"
        role="slider"
        tabIndex={0}
        aria-label="end of the visible window"
        aria-valuenow={0}
        onKeyDown={(event) => onKeyDown(event, 'toUs')}
      />
    </fieldset>
  )
}

function gripAt(us: number, window: { fromUs: number; toUs: number }, reachUs: number): Grip {
  const fromFar = Math.abs(us - window.fromUs)
  const toFar = Math.abs(us - window.toUs)
  if (Math.min(fromFar, toFar) <= reachUs) return fromFar < toFar ? 'from' : 'to'
  return us > window.fromUs && us < window.toUs ? 'both' : 'new'
}

function placeWindow(root: HTMLElement, engine: GanttEngine): void {
  const { window, bounds, plotWidth } = engine.getState()
  const perPx = (bounds.toUs - bounds.fromUs) / Math.max(1, plotWidth)
  const from = Math.max(0, (window.fromUs - bounds.fromUs) / perPx)
  const to = Math.min(plotWidth, (window.toUs - bounds.fromUs) / perPx)
  const part = (name: string) => root.querySelector<HTMLElement>(`[data-part="${name}"]`)
  setBox(part('before'), 0, from)
  setBox(part('after'), to, plotWidth - to)
  setHandle(part('from'), from - 1.5, window.fromUs, bounds)
  setHandle(part('to'), to - 1.5, window.toUs, bounds)
  root.dataset.whole = String(from <= 0.5 && to >= plotWidth - 0.5)
}

function setBox(element: HTMLElement | null, x: number, width: number): void {
  if (!element) return
  element.style.transform = `translateX(${x}px)`
  element.style.width = `${Math.max(0, width)}px`
}

function setHandle(
  element: HTMLElement | null,
  x: number,
  us: number,
  bounds: { fromUs: number; toUs: number },
): void {
  if (!element) return
  element.style.transform = `translateX(${Math.round(x)}px)`
  const values: Record<string, string> = {
    'aria-valuemin': (bounds.fromUs / 1000).toFixed(3),
    'aria-valuemax': (bounds.toUs / 1000).toFixed(3),
    'aria-valuenow': (us / 1000).toFixed(3),
    'aria-valuetext': formatOffset(us / 1000),
  }
  for (const [name, value] of Object.entries(values)) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value)
  }
}
