'use client'

import { useEffect, useRef, useState } from 'react'
import type { TimeWindow } from '#lib/timeline/model.ts'
import { formatWindowParam } from '#lib/timeline/window-param.ts'
import { GanttEngine } from './gantt-engine.ts'

/** An engine for as long as the component lives, kept in step with the window of the address. */
export function useGanttEngine(
  window: TimeWindow | null,
  onWindow: (window: TimeWindow | null) => void,
): GanttEngine {
  const settle = useRef(onWindow)
  const said = useRef<string | null>(null)
  useEffect(() => {
    settle.current = onWindow
  })
  const [engine] = useState(
    () =>
      new GanttEngine({
        requestFrame: (callback) => requestAnimationFrame(callback),
        cancelFrame: (handle) => cancelAnimationFrame(handle),
        prefersStill: () => matchMedia('(prefers-reduced-motion: reduce)').matches,
        onSettle: (settled) => {
          said.current = settled && formatWindowParam(settled)
          settle.current(settled)
        },
      }),
  )
  const wanted = window && formatWindowParam(window)
  useEffect(() => {
    // The address repeats what the engine has just said; anything else is news for it.
    if (wanted === said.current) return
    said.current = wanted
    engine.moveTo(window, 'smooth')
  }, [engine, wanted, window])
  useEffect(() => () => engine.dispose(), [engine])
  return engine
}
