import { openAssembledTable } from '#db/assembled.ts'
import { openComponentTable } from '#db/components.ts'
import { openSpanTable } from '#db/spans.ts'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import type { SpanBuffer } from './buffer.ts'

/** Spans deleted in one slice. */
const SLICE_SPANS = 500
/** When the buffer is this full, room is made before the time of the spans is over. */
const NEARLY_FULL = 0.9

export interface SpanPurgeOptions {
  readonly db: SqliteDatabase
  readonly buffer: SpanBuffer
  readonly keepMs: number
  /** The number of a component that is gone may be given to another. */
  readonly onRemove: (component: number) => void
}

/** Takes spans out of the buffer by whole components, so that no batch is ever judged by a part of its spans. */
export interface SpanPurge {
  hasWork(nowMs: number): boolean
  /** Deletes some spans; true when there are more to delete. */
  runSlice(nowMs: number): boolean
}

export function createSpanPurge({ db, buffer, keepMs, onRemove }: SpanPurgeOptions): SpanPurge {
  const spans = openSpanTable(db)
  const components = openComponentTable(db)
  const assembled = openAssembledTable(db)

  function next(nowMs: number): number | undefined {
    const [idle] = components.listIdle(nowMs - keepMs, 1)
    if (idle !== undefined || buffer.fullness() < NEARLY_FULL) return idle
    return components.listExpendable(1)[0]
  }

  return {
    hasWork: (nowMs) => next(nowMs) !== undefined,
    runSlice(nowMs) {
      const component = next(nowMs)
      if (component === undefined) return false
      // Without its keys nothing new can join it while it goes.
      components.forgetKeys(component)
      if (spans.removeSome(component, SLICE_SPANS) === SLICE_SPANS) return true
      buffer.free(components.tallyOf(component).bytes)
      assembled.removeOfComponent(component)
      components.remove(component)
      onRemove(component)
      return next(nowMs) !== undefined
    },
  }
}
