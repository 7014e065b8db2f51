'use client'

import { useEffect, useRef } from 'react'
import { type KeyBinding, useKeys } from '#components/ui/use-keys.ts'
import { nextEdge } from '#lib/timeline/edges.ts'
import type { Row } from '#lib/timeline/model.ts'
import type { GanttEngine } from './gantt-engine.ts'
import { nextDetail } from './gantt-toolbar.tsx'
import type { ChangeView, GanttView } from './gantt-view.ts'
import { followMeasure } from './plot-actions.ts'
import type { SceneModel } from './use-gantt-scene.ts'

const ZOOM_STEP = 1.6
const PAN_SHARE = 0.15

export interface GanttKeyTarget {
  readonly engine: GanttEngine
  readonly scene: SceneModel
  readonly view: GanttView
  readonly onView: ChangeView
  readonly onSelect: (row: Row | null) => void
  readonly onLeave: (() => void) | undefined
}

/** The keys of the timeline, listed with those of the page. */
export function useGanttKeys(target: GanttKeyTarget): void {
  const { engine, scene, view, onView } = target
  const step = (by: 1 | -1) => moveSelection(target, by)
  const zoom = (factor: number) => zoomAtFocus(engine, factor)
  const sideways = (by: 1 | -1) => moveSideways(target, by)
  const always: KeyBinding[] = [
    { keys: 'j', label: 'Next call, also \u2193', run: () => step(1) },
    { keys: 'k', label: 'Previous call, also \u2191', run: () => step(-1) },
    { keys: '+', label: 'Zoom in', run: () => zoom(ZOOM_STEP) },
    { keys: '-', label: 'Zoom out', run: () => zoom(1 / ZOOM_STEP) },
    { keys: 'h', label: 'Look earlier, also \u2190', run: () => sideways(-1) },
    { keys: 'l', label: 'Look later, also \u2192', run: () => sideways(1) },
    { keys: '0', label: 'Fit everything', run: () => engine.moveTo(null, 'smooth') },
    { keys: 'm', label: 'Measure between two points', run: () => toggleMeasure(engine) },
    { keys: 't', label: 'Table of the same data', run: () => onView({ table: !view.table }) },
    { keys: 'd', label: 'Height of the rows', run: () => onView({ detail: nextDetail(scene.detail) }) },
    { keys: 'f', label: 'Fold alike calls', run: () => onView({ folding: !view.folding }) },
    { keys: 'Escape', label: 'Let go: measure, then selection, then the page', run: () => letGo(target) },
  ]
  useKeys('Timeline', always)
  useArrows((axis, by) => (axis === 'row' ? step(by) : sideways(by)))
}

/** Whoever has arrows of their own keeps them. */
const OWN_ARROWS =
  'input, textarea, select, [contenteditable="true"], [role="slider"], [role="dialog"], [role="menu"]'

type Arrow = readonly ['row' | 'time', 1 | -1]

const ARROWS: Readonly<Record<string, Arrow>> = {
  ArrowDown: ['row', 1],
  ArrowUp: ['row', -1],
  ArrowLeft: ['time', -1],
  ArrowRight: ['time', 1],
}

/** Arrows act as the letters do, wherever the focus is; they stand with the letters in the list of keys. */
function useArrows(onArrow: (...arrow: Arrow) => void): void {
  const latest = useRef(onArrow)
  useEffect(() => {
    latest.current = onArrow
  })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const arrow = ARROWS[event.key]
      const { target } = event
      if (!arrow || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      if (target instanceof Element && target.closest(OWN_ARROWS)) return
      event.preventDefault()
      latest.current(...arrow)
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
}

function moveSelection({ scene, view, onSelect }: GanttKeyTarget, by: number): void {
  const { rows } = scene.layout
  const at = view.selectedKey === null ? -1 : (scene.indexOf.get(view.selectedKey) ?? -1)
  const next = at === -1 ? (by > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, at + by))
  const row = rows[next]
  if (row) onSelect(row)
}

/** With the measuring tool in the hand the cursor walks from edge to edge; else the window moves. */
function moveSideways({ engine, scene }: GanttKeyTarget, by: 1 | -1): void {
  const { measuring, cursor, window, plotWidth } = engine.getState()
  if (!measuring) {
    engine.pan(by * plotWidth * PAN_SHARE, 'smooth')
    return
  }
  const fromUs = cursor?.us ?? window.fromUs
  const us = nextEdge(scene.edges, fromUs, by)
  if (us === null) return
  engine.set({ cursor: { us, snapped: true } })
  followMeasure(engine, us)
}

export function toggleMeasure(engine: GanttEngine): void {
  const { measuring } = engine.getState()
  engine.set(measuring ? { measuring: false, measure: null } : { measuring: true, measure: null })
}

function letGo({ engine, view, onSelect, onLeave }: GanttKeyTarget): void {
  const { measuring, measure } = engine.getState()
  if (measuring || measure) engine.set({ measuring: false, measure: null })
  else if (view.selectedKey !== null) onSelect(null)
  else onLeave?.()
}

function zoomAtFocus(engine: GanttEngine, factor: number): void {
  const { cursor, window } = engine.getState()
  engine.zoom(factor, cursor?.us ?? (window.fromUs + window.toUs) / 2, 'smooth')
}
