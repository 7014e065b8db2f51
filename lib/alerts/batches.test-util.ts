import type { Finding } from '#lib/detectors/detector.ts'
import { measureBatch } from '#lib/intervals/measure-batch.ts'
import { makeCall, makeStoredBatch } from '#lib/model/batch.test-util.ts'
import type { Call, StoredBatch } from '#lib/model/batch.ts'
import type { MeasuredBatch } from './measures.ts'

/** When the batches of a test begin; they are a minute apart. */
const FROM_MS = 1_790_000_000_000
const MINUTE_MS = 60_000

export type CallShape = Partial<Call> & { readonly tool: string; readonly at?: number; readonly ms: number }

/** The n-th batch, with calls in ms from its start. */
export function measured(
  n: number,
  calls: readonly CallShape[],
  change: Partial<StoredBatch> = {},
): MeasuredBatch {
  const batch = makeStoredBatch({
    batchId: `b${String(n).padStart(4, '0')}`,
    agent: 'support',
    version: '1.6',
    mode: 'parallel',
    startedAtUs: (FROM_MS + n * MINUTE_MS) * 1000,
    receivedAtUs: FROM_MS * 1000,
    calls: calls.map(toCall),
    ...change,
  })
  return { batch, measures: measureBatch(batch) }
}

function toCall({ at = 0, ms, ...call }: CallShape, i: number): Call {
  return makeCall({ callId: `c${i}`, seq: i, startUs: at * 1000, durationUs: ms * 1000, ...call })
}

/** What a detector found from the n-th batch on. */
export function findingAt(n: number, change: Partial<Finding>): Finding {
  return {
    kind: 'serialized',
    agent: 'support',
    environment: 'production',
    key: {},
    onsetMs: FROM_MS + n * MINUTE_MS,
    firstBadVersion: null,
    firstBadModel: null,
    suspects: [],
    logEvidence: 12,
    threshold: 9,
    trail: [{ atMs: FROM_MS, value: 0 }],
    hypothesis: null,
    ...change,
  }
}
