import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OUTCOMES, type Outcome, RAN_OUTCOMES, UNTIMED_OUTCOMES } from '#lib/model/vocabulary.ts'
import { ToolStats } from './tool-stats.ts'

/** What one batch says of one tool. */
interface Observation {
  calls: [Outcome, number | null][]
  /** Undefined: not in the ledger; null: in it, but not slowest. */
  blockedUs: number | null | undefined
}

const durationUs = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 1e13 }),
  fc.integer({ min: 0, max: 1e6 }),
)
const call: fc.Arbitrary<[Outcome, number | null]> = fc.oneof(
  fc.tuple(fc.constantFrom(...RAN_OUTCOMES), durationUs),
  fc.tuple(fc.constantFrom(...UNTIMED_OUTCOMES), fc.constant(null)),
)
const observations: fc.Arbitrary<Observation[]> = fc.array(
  fc.record({
    calls: fc.array(call, { maxLength: 8 }),
    blockedUs: fc.option(fc.option(durationUs), { nil: undefined }),
  }),
  { maxLength: 30 },
)

function observe(stats: ToolStats, seen: readonly Observation[], times = 1): ToolStats {
  for (const { calls, blockedUs } of seen) {
    for (const [outcome, duration] of calls) stats.addCall(outcome, duration, times)
    if (blockedUs !== undefined) stats.addToLedger(blockedUs, times)
  }
  return stats
}
const statsOf = (seen: readonly Observation[]) => observe(new ToolStats(), seen)

describe('ToolStats', () => {
  it('counts calls by outcome, durations of those that ran, and the ledger', () => {
    const stats = new ToolStats()
    stats.addCall('ok', 1000)
    stats.addCall('timeout', 0)
    stats.addCall('never-ran', null)
    stats.addToLedger(null)
    stats.addToLedger(400)
    stats.addToLedger(0)
    expect(Object.fromEntries(OUTCOMES.map((outcome, code) => [outcome, stats.outcomes[code]]))).toEqual({
      ok: 1,
      error: 0,
      timeout: 1,
      cancelled: 0,
      'never-ran': 1,
      unknown: 0,
    })
    expect([stats.calls, stats.durations.n, stats.durations.zeros]).toEqual([3, 2, 1])
    expect([stats.batches, stats.slowest, stats.blockedUs, stats.blocked.n]).toEqual([3, 2, 400, 2])
  })

  it('merged from parts, decoded or encoded, equals the whole', () => {
    fc.assert(
      fc.property(observations, observations, (left, right) => {
        const merged = statsOf(left)
        merged.merge(statsOf(right))
        const mergedEncoded = statsOf(left)
        mergedEncoded.mergeEncoded(statsOf(right).encode())
        const whole = statsOf([...right, ...left]).encode()
        expect(merged.encode()).toEqual(whole)
        expect(mergedEncoded.encode()).toEqual(whole)
      }),
    )
  })

  it('with a part taken away equals one that never held it', () => {
    fc.assert(
      fc.property(observations, observations, (kept, taken) => {
        const expected = statsOf(kept).encode()
        expect(observe(statsOf([...kept, ...taken]), taken, -1).encode()).toEqual(expected)
        const merged = statsOf([...taken, ...kept])
        merged.mergeEncoded(statsOf(taken).encode(), -1)
        expect(merged.encode()).toEqual(expected)
        expect(observe(statsOf(kept), kept, -1).isEmpty()).toBe(true)
      }),
    )
  })

  it('decodes to the same content', () => {
    fc.assert(
      fc.property(observations, (seen) => {
        const bytes = statsOf(seen).encode()
        expect(ToolStats.decode(bytes).encode()).toEqual(bytes)
      }),
    )
  })

  it('keeps the format in which it is stored', () => {
    const seen: Observation[] = [
      {
        calls: [
          ['ok', 5],
          ['timeout', 2000],
          ['unknown', null],
        ],
        blockedUs: 300,
      },
      { calls: [['ok', 0]], blockedUs: null },
    ]
    expect(Buffer.from(statsOf(seen).encode()).toString('hex')).toBe(
      'e50201010102e04be0a6020201ac020001e09a02',
    )
  })

  it('refuses bytes that are cut off or go on', () => {
    const bytes = statsOf([
      {
        calls: [
          ['ok', 5],
          ['error', 9],
        ],
        blockedUs: 3,
      },
    ]).encode()
    for (let length = 0; length < bytes.length; length++) {
      expect(() => ToolStats.decode(bytes.slice(0, length))).toThrow(RangeError)
    }
    expect(() => ToolStats.decode(Uint8Array.of(...bytes, 0))).toThrow(RangeError)
  })

  it('takes one byte when empty', () => {
    expect(new ToolStats().encode()).toEqual(Uint8Array.of(0))
  })
})
