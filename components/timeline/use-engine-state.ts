'use client'

import { useSyncExternalStore } from 'react'
import type { GanttEngine, GanttState } from './gantt-engine.ts'

/**
 * Renders when the selected part of the engine's state changes. Select what changes seldom: what follows the
 * pointer or the zoom is written to the page directly.
 */
export function useEngineState<T extends string | number | boolean | null>(
  engine: GanttEngine,
  select: (state: GanttState) => T,
): T {
  const read = () => select(engine.getState())
  return useSyncExternalStore(engine.subscribe, read, read)
}
