import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type PlannedCall, planCall } from '../agents/policy.ts'
import { TOOL_NAMES, TOOL_SPECS } from '../catalogue.ts'
import { createRandom } from '../random.ts'
import { type Chance, type SimulatedAttempt, simulateTurn, type TurnIntent } from './schedule.ts'

const INTENT: TurnIntent = {
  mode: 'parallel',
  concurrency: null,
  isSerialising: false,
  deadlineMs: null,
  maxAttempts: 1,
  cancelAfterMs: null,
}

function chanceOf(seed: number, failureShare = 0): Chance {
  const random = createRandom(seed)
  return {
    drawDispatchMs: () => 0.01,
    drawBackoffMs: () => 5,
    drawAttempt: () => ({
      durationMs: random.lognormal(100, 0.6),
      errorCode: random.chance(failureShare) ? 'unavailable' : null,
      isRetriable: true,
    }),
  }
}

/** Turns of up to 14 calls of any tools; about every third depends on an earlier call. */
const turns = fc
  .array(fc.record({ tool: fc.constantFrom(...TOOL_NAMES), needs: fc.option(fc.nat(40), { freq: 2 }) }), {
    minLength: 1,
    maxLength: 14,
  })
  .map((drafts) => {
    const calls: PlannedCall[] = []
    for (const { tool, needs } of drafts) {
      const needed = needs === null ? undefined : calls[needs % Math.max(1, calls.length)]
      calls.push(planCall(tool, {}, needed ? [needed] : []))
    }
    return calls
  })

const startOf = (attempt: SimulatedAttempt): number => attempt.startMs ?? Number.NaN
const endOf = (attempt: SimulatedAttempt): number => startOf(attempt) + (attempt.durationMs ?? Number.NaN)
const isWrite = ({ call }: SimulatedAttempt): boolean => TOOL_SPECS[call.tool].effect !== 'read'
const ranOnly = (attempts: readonly SimulatedAttempt[]) =>
  attempts.filter((attempt) => attempt.startMs !== null)

function overlapping(attempts: readonly SimulatedAttempt[]): [SimulatedAttempt, SimulatedAttempt][] {
  return attempts.flatMap((one, index) =>
    attempts
      .slice(index + 1)
      .filter((other) => startOf(one) < endOf(other) && startOf(other) < endOf(one))
      .map((other): [SimulatedAttempt, SimulatedAttempt] => [one, other]),
  )
}

test('no more calls run at once than the cap allows', () => {
  fc.assert(
    fc.property(turns, fc.integer({ min: 1, max: 5 }), fc.nat(), (calls, concurrency, seed) => {
      const attempts = simulateTurn(calls, { ...INTENT, concurrency }, chanceOf(seed))
      for (const attempt of attempts) {
        const atStart = attempts.filter(
          (other) => startOf(other) <= startOf(attempt) && startOf(attempt) < endOf(other),
        )
        expect(atStart.length).toBeLessThanOrEqual(concurrency)
      }
    }),
  )
})

test('in serial mode, and in a serialising executor, calls run one after another as emitted', () => {
  fc.assert(
    fc.property(turns, fc.boolean(), fc.nat(), (calls, isSerialising, seed) => {
      const intent: TurnIntent = isSerialising ? { ...INTENT, isSerialising } : { ...INTENT, mode: 'serial' }
      const attempts = simulateTurn(calls, intent, chanceOf(seed))
      expect(attempts.map((attempt) => attempt.call)).toEqual(calls)
      expect(
        attempts.every((one, index) => index === 0 || startOf(one) >= endOf(attempts[index - 1] ?? one)),
      ).toBe(true)
    }),
  )
})

test('in reads-only mode nothing overlaps a write', () => {
  fc.assert(
    fc.property(turns, fc.nat(), (calls, seed) => {
      const attempts = simulateTurn(calls, { ...INTENT, mode: 'reads-only' }, chanceOf(seed))
      expect(overlapping(attempts).filter(([one, other]) => isWrite(one) || isWrite(other))).toEqual([])
    }),
  )
})

test('a call starts after what it depends on, and never when that failed', () => {
  fc.assert(
    fc.property(turns, fc.nat(), (calls, seed) => {
      const attempts = simulateTurn(calls, INTENT, chanceOf(seed, 0.3))
      const byCall = new Map(attempts.map((attempt) => [attempt.call, attempt]))
      expect(byCall.size).toBe(calls.length)
      for (const attempt of attempts) {
        const needed = attempt.call.dependsOn.map((call) => byCall.get(call))
        if (attempt.outcome === 'never-ran') {
          expect(needed.some((other) => other?.outcome !== 'ok')).toBe(true)
        } else {
          expect(needed.every((other) => other?.outcome === 'ok' && endOf(other) <= startOf(attempt))).toBe(
            true,
          )
        }
      }
    }),
  )
})

test('a cancelled turn ends at that instant: running calls are cut, waiting ones never run', () => {
  fc.assert(
    fc.property(turns, fc.integer({ min: 1, max: 300 }), fc.nat(), (calls, cancelAfterMs, seed) => {
      const attempts = simulateTurn(calls, { ...INTENT, concurrency: 2, cancelAfterMs }, chanceOf(seed))
      expect(new Set(attempts.map((attempt) => attempt.call)).size).toBe(calls.length)
      for (const attempt of ranOnly(attempts)) {
        expect(endOf(attempt)).toBeLessThanOrEqual(cancelAfterMs + 1e-9)
        expect(attempt.outcome).toBe(Math.abs(endOf(attempt) - cancelAfterMs) < 1e-9 ? 'cancelled' : 'ok')
      }
    }),
  )
})

test('what fails in passing is tried again, as often as allowed and after a pause', () => {
  const [call] = [planCall('get_order', { orderId: 'ord_1' })]
  const attempts = simulateTurn([call], { ...INTENT, maxAttempts: 3 }, chanceOf(1, 1))
  expect(attempts.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
    [1, 'error'],
    [2, 'error'],
    [3, 'error'],
  ])
  const [first, second] = attempts
  expect(startOf(second ?? attempts[0] ?? fail())).toBeCloseTo(endOf(first ?? fail()) + 5, 6)
})

test('a call past its deadline is a timeout that lasts as long as the deadline', () => {
  const attempts = simulateTurn([planCall('fetch_page', {})], { ...INTENT, deadlineMs: 10 }, chanceOf(1))
  expect(attempts).toMatchObject([{ outcome: 'timeout', errorCode: 'deadline' }])
  expect(attempts[0]?.durationMs).toBeCloseTo(10, 1)
})

function fail(): never {
  throw new Error('an attempt is missing')
}
