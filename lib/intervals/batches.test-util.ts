import fc from 'fast-check'
import type { TimedCall } from '#lib/model/batch.ts'
import { EFFECTS, MODES } from '#lib/model/vocabulary.ts'
import type { ScheduledBatch } from './list-scheduler.ts'

const MS = 1000

/** What a generated batch may contain. */
export interface BatchShape {
  readonly maxCalls?: number
  /** Least duration, ms. */
  readonly minDurationMs?: number
  readonly earlyStarts?: boolean
  readonly neverRan?: boolean
  readonly retries?: boolean
}

/** A call of a batch under test: independent, plain, and overridden as the test needs. */
export function makeCall(
  callId: string,
  startMs: number | null,
  durationMs: number | null,
  rest: Partial<TimedCall> = {},
): TimedCall {
  return {
    callId,
    attempt: 1,
    seq: 0,
    tool: 't',
    startUs: startMs === null ? null : startMs * MS,
    durationUs: durationMs === null ? null : durationMs * MS,
    effect: 'read',
    dependsOn: [],
    mode: null,
    heldUs: null,
    ...rest,
  }
}

/** Batches small enough for a slow check and dense enough to collide: few ids, tools and instants. Frozen. */
export function batches(shape: BatchShape = {}): fc.Arbitrary<ScheduledBatch> {
  const { maxCalls = 7, minDurationMs = 0, earlyStarts = true, neverRan = true, retries = true } = shape
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const
  const startMs = fc.integer({ min: earlyStarts ? -6 : 0, max: 20 })
  const durationMs = fc.integer({ min: minDurationMs, max: 12 })
  const ranOrNot = neverRan
    ? fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, fc.constant(false))
    : fc.constant(true)
  const call = fc.record({
    callId: fc.constantFrom(...ids),
    attempt: retries ? fc.constantFrom(1, 1, 1, 2, 3) : fc.constant(1),
    seq: fc.integer({ min: 0, max: 5 }),
    tool: fc.constantFrom('t', 'u', 'v'),
    effect: fc.constantFrom(...EFFECTS, 'read' as const, 'read' as const),
    mode: fc.option(fc.constantFrom(...MODES), { freq: 2 }),
    dependsOn: fc.oneof(fc.constant([]), fc.array(fc.constantFrom(...ids, 'unknown'), { maxLength: 3 })),
    startUs: startMs.map((ms) => ms * MS),
    durationUs: durationMs.map((ms) => ms * MS),
    heldUs: fc.option(
      fc.integer({ min: 0, max: 8 }).map((ms) => ms * MS),
      { freq: 2 },
    ),
    ran: ranOrNot,
  })
  const calls = fc
    .uniqueArray(call, {
      minLength: 1,
      maxLength: maxCalls,
      selector: ({ callId, attempt }) => `${callId}#${attempt}`,
    })
    .map((list) =>
      list.map(({ ran, ...rest }): TimedCall => (ran ? rest : { ...rest, startUs: null, durationUs: null })),
    )
  return fc
    .record({
      mode: fc.option(fc.constantFrom(...MODES)),
      concurrency: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 2 }),
      toolCaps: fc.option(
        fc.constantFrom(
          new Map([['t', 1]]),
          new Map([
            ['t', 2],
            ['u', 1],
          ]),
          new Map<string, number>(),
        ),
      ),
      calls,
    })
    .map(freezeDeep)
}

/** Any write to what a test hands over then throws. */
function freezeDeep(batch: ScheduledBatch): ScheduledBatch {
  for (const call of batch.calls) Object.freeze(Object.freeze(call).dependsOn)
  Object.freeze(batch.calls)
  return Object.freeze(batch)
}

/** The batch with its calls in another order. */
export function withPermutation(shape: BatchShape = {}): fc.Arbitrary<[ScheduledBatch, ScheduledBatch]> {
  return batches(shape).chain((batch) =>
    fc
      .shuffledSubarray([...batch.calls], { minLength: batch.calls.length })
      .map((calls): [ScheduledBatch, ScheduledBatch] => [batch, { ...batch, calls }]),
  )
}

export function keyOf(call: Pick<TimedCall, 'callId' | 'attempt'>): string {
  return `${call.callId}#${call.attempt}`
}

/** The same batch as it would look had it run at these starts. */
export function runAt(batch: ScheduledBatch, startsUs: readonly (number | null)[]): ScheduledBatch {
  return {
    ...batch,
    calls: batch.calls.map((call, index) => ({ ...call, startUs: startsUs[index] ?? null })),
  }
}
