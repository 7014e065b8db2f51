import type { CallRow } from './model.ts'

export interface Wait {
  /** Of its row. */
  readonly key: string
  readonly tool: string
  readonly queuedUs: number
  readonly dispatchDelayUs: number
  readonly totalUs: number
}

export interface Waits {
  /** Longest first; those too short to matter are left out. */
  readonly waits: readonly Wait[]
  /** Sums over all calls, the short ones included. */
  readonly queuedUs: number
  readonly dispatchDelayUs: number
  /** False when no call that ran has a known hand-over. */
  readonly known: boolean
}

/** Every runtime takes a moment to start a call: shorter waits than this are told in the sums only. */
const LEAST_US = 5000

/** Who waited before it first ran, and for what. */
export function prepareWaits(rows: readonly CallRow[]): Waits {
  const waits: Wait[] = []
  let queuedUs = 0
  let dispatchDelayUs = 0
  let known = false
  for (const { key, tool, waiting } of rows) {
    if (waiting === null) continue
    known = true
    queuedUs += waiting.queuedUs
    dispatchDelayUs += waiting.dispatchDelayUs
    const totalUs = waiting.queuedUs + waiting.dispatchDelayUs
    if (totalUs >= LEAST_US) waits.push({ key, tool, ...waiting, totalUs })
  }
  return { waits: waits.sort((a, b) => b.totalUs - a.totalUs), queuedUs, dispatchDelayUs, known }
}
