import fc from 'fast-check'
import { makeCall } from '#lib/model/batch.test-util.ts'
import type { Call } from '#lib/model/batch.ts'
import { EFFECTS, OUTCOMES, UNTIMED_OUTCOMES } from '#lib/model/vocabulary.ts'
import type { CallRow } from '../model.ts'
import { prepareRows } from '../prepare-rows.ts'

/** Rows of these calls, with nothing known beyond them. */
export function makeRows(calls: readonly Call[], slowestCallId: string | null = null): readonly CallRow[] {
  return prepareRows({
    calls,
    idealStartsUs: calls.map((call) => call.startUs),
    waiting: calls.map((call) =>
      call.startUs === null ? null : { queuedUs: 0, dispatchDelayUs: Math.max(0, call.startUs) },
    ),
    bands: new Map([['tool', { p50Us: 400, p95Us: 2000 }]]),
    slowestCallId,
  })
}

const SECOND_US = 1_000_000

const anyCall = fc
  .record({
    callId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    attempt: fc.integer({ min: 1, max: 3 }),
    seq: fc.nat(12),
    tool: fc.constantFrom('tool', 'other', '<b>', '__proto__'),
    startUs: fc.integer({ min: -SECOND_US, max: 3 * SECOND_US }),
    durationUs: fc.oneof(fc.constant(0), fc.constant(1), fc.nat(2 * SECOND_US)),
    outcome: fc.constantFrom(...OUTCOMES),
    effect: fc.constantFrom(...EFFECTS),
    resources: fc.uniqueArray(fc.constantFrom('a', 'a/b', 'a/b/c', 'ab', '/a/', ''), { maxLength: 2 }),
  })
  .map((given) => {
    const untimed = UNTIMED_OUTCOMES.some((outcome) => outcome === given.outcome)
    return makeCall(untimed ? { ...given, startUs: null, durationUs: null } : given)
  })

/** Calls as strangers send them: retries, no times, negative starts, no duration. (id, attempt) is unique. */
export const anyCalls: fc.Arbitrary<Call[]> = fc.uniqueArray(anyCall, {
  minLength: 1,
  maxLength: 16,
  selector: (call) => `${call.callId}#${call.attempt}`,
})

export const anyRows: fc.Arbitrary<readonly CallRow[]> = anyCalls.chain((calls) =>
  fc.constantFrom(null, ...calls.map((call) => call.callId)).map((slowest) => makeRows(calls, slowest)),
)

/** Windows from one microsecond to hours, also far away from every call. */
export const anyWindow = fc
  .record({
    fromUs: fc.double({ min: -1e10, max: 1e10, noNaN: true }),
    spanUs: fc.double({ min: 1, max: 1e10, noNaN: true }),
  })
  .map(({ fromUs, spanUs }) => ({ fromUs, toUs: fromUs + spanUs }))
