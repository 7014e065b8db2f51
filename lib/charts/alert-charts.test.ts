import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alertOf, evidenceOf, ONSET_MS } from '#lib/alerts/alert.test-util.ts'
import type { Marker } from '#lib/contract/markers.ts'
import { prepareDistribution } from './distribution.ts'
import { evidenceAt, prepareEvidence } from './evidence.ts'
import { placeOnSpan, prepareFlags } from './markers.ts'
import { prepareSamples } from './samples.ts'

const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 200 })
const units = fc.constantFrom('ms' as const, 'ratio' as const, 'calls' as const)

describe('two distributions', () => {
  it('hold every value once, in shares of their own sample, whatever the values', () => {
    fc.assert(
      fc.property(values, values, units, (before, after, unit) => {
        const { bins, peak, max } = prepareDistribution(before, after, unit)
        const sum = (of: (bin: (typeof bins)[number]) => number) =>
          bins.reduce((total, bin) => total + of(bin), 0)
        expect(sum((bin) => bin.before)).toBeCloseTo(before.length === 0 ? 0 : 1, 6)
        expect(sum((bin) => bin.after)).toBeCloseTo(after.length === 0 ? 0 : 1, 6)
        expect(bins[0]?.from).toBe(0)
        expect(bins.at(-1)?.to).toBeCloseTo(max, 6)
        for (const bin of bins) expect(Math.max(bin.before, bin.after)).toBeLessThanOrEqual(peak + 1e-12)
      }),
    )
  })

  it('give medians by lower nearest rank, none for no values', () => {
    expect(prepareDistribution([1, 2, 3, 4], [], 'ms')).toMatchObject({ medianBefore: 2, medianAfter: null })
  })

  it('keep shares on an axis from none to all, and one long value off the others', () => {
    expect(prepareDistribution([0, 0.1], [0.9], 'ratio').max).toBe(1)
    expect(prepareDistribution([...Array(200).fill(10), 10_000], [], 'ms').max).toBeLessThan(100)
  })
})

describe('the evidence', () => {
  const trail = [
    { at: ONSET_MS, value: 0 },
    { at: ONSET_MS + 1000, value: 4 },
    { at: ONSET_MS + 3000, value: 12 },
  ]
  const evidence = evidenceOf({ statistic: { threshold: 9, value: 9.5, trail } })

  it('reaches from before the onset to after the detection, with the threshold in sight', () => {
    const model = prepareEvidence(alertOf({ evidence }))
    expect(model?.span.fromMs).toBeLessThan(ONSET_MS)
    expect(model?.span.toMs).toBeGreaterThan(ONSET_MS + 60_000)
    expect(model?.axis.max).toBeGreaterThanOrEqual(12)
    expect(prepareEvidence(alertOf())).toBeNull()
  })

  it('is what its line shows between two points, and unknown outside', () => {
    const model = prepareEvidence(alertOf({ evidence }))
    if (model === null) throw new Error('there is a trail')
    expect(evidenceAt(model, ONSET_MS + 1000)).toBe(4)
    expect(evidenceAt(model, ONSET_MS + 2000)).toBe(8)
    const steep = { ...model, points: [0, 5, 11].map((nats) => ({ atMs: ONSET_MS, nats })) }
    expect(evidenceAt(steep, ONSET_MS)).toBe(11)
    expect(evidenceAt(model, ONSET_MS - 1)).toBeNull()
    expect(evidenceAt(model, ONSET_MS + 3001)).toBeNull()
  })
})

function marker(at: number, label: string): Marker {
  return {
    at,
    kind: 'version',
    agent: null,
    environment: null,
    label,
    value: label,
    mode_revision: null,
    alert_id: null,
    alert_kind: null,
  }
}

const ROOM = { widthPx: 400, gapPx: 14, charPx: 6, glyphPx: 16, maxChars: 20 }

describe('flags on a time axis', () => {
  const place = placeOnSpan({ fromMs: 0, toMs: 4000 }, 400)

  it('stand in order and apart, each marker inside the span under exactly one of them', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -500, max: 4500 }), { maxLength: 30 }), (times) => {
        const flags = prepareFlags(
          times.map((at, index) => marker(at, `v${index}`)),
          place,
          ROOM,
        )
        for (const [index, flag] of flags.entries()) {
          const next = flags[index + 1]
          if (next) expect(next.x - flag.x).toBeGreaterThanOrEqual(ROOM.gapPx)
        }
        const placed = flags.flatMap((flag) => flag.markers)
        expect(placed.length).toBe(times.filter((at) => at >= 0 && at <= 4000).length)
      }),
    )
  })

  it('are labelled only where the words fit, to the left at the end of the plot', () => {
    const [early, late] = prepareFlags([marker(100, '4.11.3'), marker(3990, '4.12.0')], place, ROOM)
    expect(early).toMatchObject({ label: '4.11.3', isLeft: false })
    expect(late).toMatchObject({ label: '4.12.0', isLeft: true })
    const crowded = prepareFlags([marker(100, '4.11.3'), marker(300, '4.12.0')], place, ROOM)
    expect(crowded[0]?.label).toBeNull()
    const shared = prepareFlags([marker(100, 'a'), marker(110, 'b')], place, ROOM)
    expect(shared).toHaveLength(1)
    expect(shared[0]?.label).toBe('a +1')
  })
})

describe('samples over time', () => {
  it('stand in order of time, and on the axis even where they lie beyond it', () => {
    const point = (at: number, value: number) => ({ batch_id: `b${at}`, started_at: at, value })
    const model = prepareSamples([point(2, 10), point(1, 5)], [point(3, 1e9)], 'ms')
    expect(model?.points.map((sample) => sample.batchId)).toEqual(['b1', 'b2', 'b3'])
    for (const sample of model?.points ?? []) expect(sample.shown).toBeLessThanOrEqual(model?.max ?? 0)
    const hours = Array.from({ length: 100 }, (_, index) => point(index * 3_600_000, 1))
    const long = prepareSamples(hours, [point(360_000_000, 2), point(360_600_000, 2)], 'ms')
    expect(long).toMatchObject({ leftOut: 84, points: { length: 18 } })
    expect(prepareSamples([], [], 'ms')).toBeNull()
  })
})
