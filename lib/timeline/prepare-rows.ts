import type { Waiting } from '#lib/intervals/waiting.ts'
import type { Call } from '#lib/model/batch.ts'
import type { Band, CallRow, Segment } from './model.ts'

/*
 * Calls become rows.
 *
 * - One row for each distinct call id, in the order in which the model emitted them.
 * - Every attempt that ran is a segment of its call's row, in order of start; all but the last attempt on
 *   record count as replaced.
 * - A row's stretch is the first start to the last end of its segments; without segments it has none.
 * - The input is neither changed nor kept in order: any permutation gives the same rows.
 */

/** What is known about the calls beyond themselves, by index into them. */
export interface RowContext {
  readonly calls: readonly Call[]
  /** When the intent lets each start; null where that is not known. */
  readonly idealStartsUs: readonly (number | null)[]
  /** Null for a call without times or when no hand-over time is known. */
  readonly waiting: readonly (Waiting | null)[]
  readonly bands: ReadonlyMap<string, Band>
  /** Null when there is no slowest sibling. */
  readonly slowestCallId: string | null
}

export function prepareRows(context: RowContext): readonly CallRow[] {
  const attempts = new Map<string, number[]>()
  context.calls.forEach((call, index) => {
    const indices = attempts.get(call.callId)
    if (indices) indices.push(index)
    else attempts.set(call.callId, [index])
  })
  const rows = Array.from(attempts.values(), (indices) => prepareRow(context, indices))
  return rows.sort((a, b) => a.seq - b.seq || (a.callId < b.callId ? -1 : a.callId > b.callId ? 1 : 0))
}

function prepareRow(context: RowContext, indices: number[]): CallRow {
  const { calls } = context
  if (indices.length > 1) indices.sort((a, b) => (calls[a]?.attempt ?? 0) - (calls[b]?.attempt ?? 0))
  const last = calls[indices.at(-1) ?? -1]
  if (!last) throw new RangeError('a row has at least one attempt')
  const segments = prepareSegments(context, indices, last)
  const firstIndex = indices.find((index) => calls[index]?.startUs != null)
  const stretch = stretchOf(segments)
  return {
    kind: 'call',
    key: callKey(last.callId),
    callId: last.callId,
    seq: indices.reduce((least, index) => Math.min(least, calls[index]?.seq ?? least), last.seq),
    tool: last.tool,
    effect: last.effect,
    outcome: last.outcome,
    errorCode: last.errorCode,
    segments,
    attempts: indices.length,
    dependsOn: last.dependsOn,
    group: last.group,
    ...stretch,
    waiting: firstIndex === undefined ? null : (context.waiting[firstIndex] ?? null),
    band: context.bands.get(last.tool) ?? null,
    slowest: context.slowestCallId === last.callId,
    nested: false,
  }
}

function prepareSegments(
  { calls, idealStartsUs }: RowContext,
  indices: readonly number[],
  last: Call,
): Segment[] {
  const segments: Segment[] = []
  for (const index of indices) {
    const call = calls[index]
    if (!call || call.startUs === null || call.durationUs === null) continue
    segments.push({
      attempt: call.attempt,
      startUs: call.startUs,
      endUs: call.startUs + call.durationUs,
      outcome: call.outcome,
      errorCode: call.errorCode,
      replaced: call !== last,
      idealStartUs: idealStartsUs[index] ?? null,
    })
  }
  return segments.length > 1
    ? segments.sort((a, b) => a.startUs - b.startUs || a.attempt - b.attempt)
    : segments
}

function stretchOf(segments: readonly Segment[]): { startUs: number | null; endUs: number | null } {
  const [first] = segments
  if (!first) return { startUs: null, endUs: null }
  return {
    startUs: first.startUs,
    endUs: segments.reduce((end, segment) => Math.max(end, segment.endUs), first.endUs),
  }
}

/** Prefixed, so that no call id can be taken for the key of a fold. */
export function callKey(callId: string): string {
  return `call:${callId}`
}
