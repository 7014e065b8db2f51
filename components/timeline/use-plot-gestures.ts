'use client'

import { type RefObject, useEffect, useRef } from 'react'
import type { GanttEngine } from './gantt-engine.ts'
import { hoverPlot, openPlot, type PlotModel, tapPlot } from './plot-actions.ts'
import { attachPlotGestures, type PlotPoint } from './plot-gestures.ts'

interface GestureRefs {
  readonly scroller: RefObject<HTMLElement | null>
  readonly rows: RefObject<HTMLElement | null>
  readonly strip: RefObject<HTMLElement | null>
}

/** Pointer and wheel over rows and strip, attached once; they act on the model of the last render. */
export function usePlotGestures(engine: GanttEngine, refs: GestureRefs, model: PlotModel): void {
  const latest = useRef(model)
  const elements = useRef(refs)
  useEffect(() => {
    latest.current = model
  })
  useEffect(() => {
    const scroller = elements.current.scroller.current
    const rows = elements.current.rows.current
    const strip = elements.current.strip.current
    if (!scroller || !rows || !strip) return
    const actions = {
      onHover: (point: PlotPoint | null) => hoverPlot(engine, latest.current, point),
      onTap: (point: PlotPoint) => tapPlot(engine, latest.current, point),
      onOpen: (point: PlotPoint) => openPlot(engine, latest.current, point),
    }
    const xOf = (event: MouseEvent) => event.clientX - rows.getBoundingClientRect().left
    const yOf = (event: MouseEvent) =>
      event.clientY - scroller.getBoundingClientRect().top + scroller.scrollTop
    const stopRows = attachPlotGestures(rows, engine, {
      ...actions,
      scrollBy: (px) => scroller.scrollBy(0, px),
      pointOf: (event) => ({ x: xOf(event), y: yOf(event) }),
    })
    const stopStrip = attachPlotGestures(strip, engine, {
      ...actions,
      scrollBy: null,
      pointOf: (event) => ({ x: xOf(event), y: null }),
    })
    return () => {
      stopRows()
      stopStrip()
    }
  }, [engine])
}
