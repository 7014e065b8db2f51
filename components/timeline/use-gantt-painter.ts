'use client'

import { type RefObject, useLayoutEffect, useRef, useState } from 'react'
import type { GanttEngine } from './gantt-engine.ts'
import { GanttPainter, type GanttScene, type GanttSurface } from './gantt-painter.ts'

/** The width of an element's inside and whether it is known yet; zero until it is laid out. */
export function usePlotWidth(plot: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = plot.current
    if (!element) return
    const measure = () => setWidth(Math.floor(element.clientWidth))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [plot])
  return width
}

export type SurfaceRefs = { readonly [Part in keyof GanttSurface]: RefObject<GanttSurface[Part] | null> }

/** Paints the scene whenever React has rendered a new one, and by itself while the engine moves. */
export function useGanttPainter(
  engine: GanttEngine,
  surface: SurfaceRefs,
  scene: GanttScene,
  plotWidth: number,
): void {
  const painter = useRef<GanttPainter | null>(null)
  const refs = useRef(surface)
  useLayoutEffect(() => {
    const found = findSurface(refs.current)
    painter.current = found && GanttPainter.create(found, engine)
    return () => {
      painter.current?.dispose()
      painter.current = null
    }
  }, [engine])
  const { timeline, layout, minimap, selectedKey, toolOf, touch } = scene
  useLayoutEffect(() => {
    if (plotWidth > 0) painter.current?.show({ timeline, layout, minimap, selectedKey, toolOf, touch })
  }, [timeline, layout, minimap, selectedKey, toolOf, touch, plotWidth])
}

function findSurface(refs: SurfaceRefs): GanttSurface | null {
  const scroller = refs.scroller.current
  const rows = refs.rows.current
  const ruler = refs.ruler.current
  const strip = refs.strip.current
  const minimap = refs.minimap.current
  return scroller && rows && ruler && strip && minimap ? { scroller, rows, ruler, strip, minimap } : null
}
