import type { DetectorContext } from '../detector.ts'
import type { Observation } from '../observation.ts'
import type { Lenses } from './lens.ts'
import type { Queue, QueueBatch } from './queue.ts'
import type { ConvoyState } from './state.ts'

/** A batch while it is judged. */
export interface Judged {
  readonly observation: Observation
  readonly state: ConvoyState
  readonly context: DetectorContext
  readonly batch: QueueBatch
  readonly lenses: Lenses
  /** The declared cap: waiting for one of so many slots is intent. */
  readonly cap: number
}

export function sharesTools(a: Queue, b: Queue): boolean {
  return (a.mask & b.mask) !== 0
}
