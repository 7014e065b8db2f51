import { type Conflict, findConflicts } from '#lib/coupling/conflicts.ts'
import type { Call, StoredBatch } from '#lib/model/batch.ts'

/** A call that ran, on the batch's own clock. */
export interface TimedRun {
  readonly call: Call
  readonly startUs: number
  readonly endUs: number
}

export function timedCalls({ calls }: Pick<StoredBatch, 'calls'>): TimedRun[] {
  const runs: TimedRun[] = []
  for (const call of calls) {
    const { startUs, durationUs } = call
    if (startUs !== null && durationUs !== null) runs.push({ call, startUs, endUs: startUs + durationUs })
  }
  return runs
}

/** The recorded calls of some tools, attempts included. */
export function callsOf({ calls }: Pick<StoredBatch, 'calls'>, tools: readonly string[]): Call[] {
  return calls.filter(({ tool }) => tools.includes(tool))
}

/** Distinct calls of a tool. */
export function countOf({ calls }: Pick<StoredBatch, 'calls'>, tool: string): number {
  return new Set(calls.filter((call) => call.tool === tool).map(({ callId }) => callId)).size
}

/** The tools of the calls that ran, each once, sorted, joined by `+`: as the key of an alert has it. */
export function distinctTools(batch: Pick<StoredBatch, 'calls'>): string {
  return [...new Set(timedCalls(batch).map(({ call }) => call.tool))].sort().join('+')
}

/** The batch holds all of the tools, or a single one twice. */
export function holdsPair(batch: Pick<StoredBatch, 'calls'>, tools: readonly string[]): boolean {
  const [only] = tools
  if (tools.length === 1 && only !== undefined) return countOf(batch, only) > 1
  return tools.every((tool) => countOf(batch, tool) > 0)
}

/** Two calls of the tools met on a resource that one of them writes, or one wrote what the other had written. */
export function isConflicted(batch: Pick<StoredBatch, 'calls'>, tools: readonly string[]): boolean {
  const calls = callsOf(batch, tools)
  const isPair = (a: string, b: string) => tools.length === 1 || a !== b
  const isCertain = ({ certainty, tools: met }: Conflict) => certainty === 'certain' && isPair(...met)
  if (findConflicts(calls).found.some(isCertain)) return true
  const writes = new Map<string, string>()
  for (const { callId, attempt, tool, effect, argsFp, resources } of calls) {
    if ((effect !== 'write' && effect !== 'read-modify-write') || argsFp.length === 0 || attempt > 1) continue
    const content = JSON.stringify([tool, [...argsFp].sort(), [...resources].sort()])
    const first = writes.get(content)
    if (first !== undefined && first !== callId) return true
    writes.set(content, first ?? callId)
  }
  return false
}
