import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toWireBatch } from '#db/queries/wire-batch.ts'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import { hashContent } from '../tests/testing/content-hash.ts'
import { wireBatch } from '../tests/testing/wire-arbitraries.ts'
import { normaliseBatch } from './normalise.ts'

const NOW_MS = 1_790_000_000_000
const DAY_MS = 86_400_000

function normalise(batch: IngestBatch, { sentAtMs = null }: { sentAtMs?: number | null } = {}) {
  return normaliseBatch(batch, { receivedAtMs: NOW_MS, sentAtMs, source: 'sdk', sdk: null })
}

const plain: IngestBatch = {
  batch_id: 'b',
  agent: 'support',
  started_at: NOW_MS,
  calls: [{ call_id: 'a', tool: 't', outcome: 'ok', start_ms: 0, duration_ms: 1 }],
}

describe('a normalised batch', () => {
  it('comes back on the wire with everything that was sent', () => {
    fc.assert(
      fc.property(wireBatch, (batch) => {
        expect(hashContent(toWireBatch(normalise(batch)))).toBe(hashContent(batch))
      }),
      { numRuns: 1_000 },
    )
  })

  it('keeps where an export had it from; what is sent says nothing and is as it was sent', () => {
    const known = { source: 'otlp', evidence: 'arguments' } as const
    expect(normalise({ ...plain, ...known })).toMatchObject(known)
    expect(normalise(plain)).toMatchObject({ source: 'sdk', evidence: 'declared' })
  })

  it('keeps any time to within half a microsecond, in whole microseconds', () => {
    const ms = fc.double({ min: -1e10, max: 1e10, noNaN: true })
    fc.assert(
      fc.property(ms, (startMs) => {
        const [call] = normalise({
          ...plain,
          calls: [
            { call_id: 'a', tool: 't', outcome: 'ok', start_ms: startMs, duration_ms: Math.abs(startMs) },
          ],
        }).calls
        expect(Number.isSafeInteger(call?.startUs)).toBe(true)
        expect(Math.abs((call?.startUs ?? 0) - startMs * 1000)).toBeLessThanOrEqual(0.501)
        expect(Object.is(call?.startUs, -0)).toBe(false)
      }),
    )
  })

  it('says when a clock is off, and leaves the times as they came', () => {
    const off = normalise({ ...plain, started_at: NOW_MS + 30 * DAY_MS })
    expect(off.flags).toEqual(['clock-skew'])
    expect(off.startedAtUs).toBe((NOW_MS + 30 * DAY_MS) * 1000)
    expect(normalise(plain, { sentAtMs: NOW_MS - 30 * DAY_MS }).flags).toEqual(['clock-skew'])
    expect(normalise(plain, { sentAtMs: NOW_MS - 2_000 }).flags).toEqual([])
  })

  it('takes a batch of last month for history, not for a wrong clock', () => {
    expect(normalise({ ...plain, started_at: NOW_MS - 30 * DAY_MS }).flags).toEqual([])
  })

  it('says when a call began before its batch', () => {
    const early = { call_id: 'a', tool: 't', outcome: 'ok', start_ms: -0.001, duration_ms: 1 } as const
    expect(normalise({ ...plain, calls: [early] }).flags).toEqual(['negative-start'])
  })
})
