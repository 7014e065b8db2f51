import { expect } from 'vitest'
import { ingestBatchSchema } from '../../../lib/contract/ingest.ts'
import type { FarEnd } from '../far-end.test-util.ts'
import type { Parascope } from '../index.ts'
import type { PolicyCall, PolicyContext } from '../policies.ts'

export const turnOfLoop = () => new Promise((resolve) => setImmediate(resolve))

export const call = (callId: string, tool: string, rest: Partial<PolicyCall> = {}): PolicyCall => ({
  callId,
  tool,
  ...rest,
})

/** A tool that watches itself: who started, who was inside with whom, and the most at once. */
export function watched(turns = 3) {
  const open = new Set<string>()
  const seen = { order: [] as string[], overlaps: [] as string[], most: 0 }
  const run = async ({ callId = '' }: PolicyCall) => {
    seen.order.push(callId)
    for (const other of open) seen.overlaps.push(`${other}+${callId}`)
    open.add(callId)
    seen.most = Math.max(seen.most, open.size)
    for (let i = 0; i < turns; i++) await turnOfLoop()
    open.delete(callId)
    return callId
  }
  return { seen, run }
}

/** Fails as often as told, then gives its id. */
export function failing(times: Record<string, number>, error: () => unknown = () => ({ status: 503 })) {
  const contexts: PolicyContext[] = []
  const run = async ({ callId = '' }: PolicyCall, context: PolicyContext) => {
    contexts.push(context)
    const left = times[callId] ?? 0
    times[callId] = left - 1
    if (left > 0) throw error()
    return callId
  }
  return { contexts, run }
}

/** The last batch as the server got it, with its calls by `id` or `id#attempt`. */
export async function readRecord(scope: Parascope, farEnd: FarEnd) {
  expect(await scope.flush()).toBe(true)
  const batch = ingestBatchSchema.parse(farEnd.batches.at(-1))
  const named = batch.calls.map(
    (it) => [it.attempt ? `${it.call_id}#${it.attempt}` : it.call_id, it] as const,
  )
  return { batch, calls: Object.fromEntries(named) }
}
