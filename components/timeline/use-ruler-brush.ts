'use client'

import { type PointerEvent, useRef } from 'react'
import { ordered } from '#lib/timeline/time-window.ts'
import type { GanttEngine } from './gantt-engine.ts'
import { timeAt } from './plot-gestures.ts'

const LEAST_PX = 4

/** Dragging on the ruler draws the window to look through. */
export function useRulerBrush(engine: GanttEngine) {
  const startUs = useRef<number | null>(null)
  const timeOf = (event: PointerEvent) =>
    timeAt(engine, event.clientX - event.currentTarget.getBoundingClientRect().left)

  function end(event: PointerEvent, isDone: boolean) {
    const { brush } = engine.getState()
    startUs.current = null
    engine.set({ brush: null })
    if (!isDone || !brush || brush.toUs - brush.fromUs < LEAST_PX * engine.usPerPx()) return
    event.preventDefault()
    engine.moveTo(brush, 'smooth')
  }

  return {
    onPointerDown(event: PointerEvent) {
      if (event.button !== 0) return
      event.currentTarget.setPointerCapture(event.pointerId)
      startUs.current = timeOf(event)
    },
    onPointerMove(event: PointerEvent) {
      if (startUs.current === null) return
      engine.set({ brush: ordered({ fromUs: startUs.current, toUs: timeOf(event) }) })
    },
    onPointerUp: (event: PointerEvent) => end(event, true),
    onPointerCancel: (event: PointerEvent) => end(event, false),
    onDoubleClick: () => engine.moveTo(null, 'smooth'),
  }
}
