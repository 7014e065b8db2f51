import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeCall } from '#lib/model/batch.test-util.ts'
import { MINIMAP_TONES, prepareMinimap } from './minimap.ts'
import { anyRows, anyWindow, makeRows } from './testing/calls.ts'

const anySize = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 3, max: 60 }))

test('runs lie inside the strip, and two runs of one lane never overlap', () => {
  fc.assert(
    fc.property(anyRows, anyWindow, anySize, (rows, whole, [width, height]) => {
      const { runs, lanes, lanePx } = prepareMinimap(rows, whole, width, height)
      expect(lanes * lanePx).toBeLessThanOrEqual(height + 1e-9)
      const ends = new Map<number, number>()
      for (const run of runs) {
        expect(run.lane >= 0 && run.lane < lanes).toBe(true)
        expect(run.x).toBeGreaterThanOrEqual(ends.get(run.lane) ?? 0)
        expect(run.x + run.width).toBeLessThanOrEqual(width)
        ends.set(run.lane, run.x + run.width)
      }
    }),
  )
})

test('with a lane for each call, every attempt is covered by runs of its own tone or of one that says more', () => {
  fc.assert(
    fc.property(anyRows, (rows) => {
      const ran = rows.filter((row) => row.segments.length > 0)
      const whole = { fromUs: -1_000_000, toUs: 5_000_000 }
      const { runs, lanes } = prepareMinimap(rows, whole, 200, 100)
      expect(lanes).toBe(Math.max(1, ran.length))
      ran.forEach((row, lane) => {
        for (const segment of row.segments) {
          if (segment.replaced || row.slowest || segment.outcome !== 'error') continue
          const x = Math.min(199, Math.floor(((segment.startUs - whole.fromUs) / 6_000_000) * 200))
          const run = runs.find((one) => one.lane === lane && one.x <= x && x < one.x + one.width)
          expect(MINIMAP_TONES.indexOf(run?.tone ?? 'run')).toBeGreaterThanOrEqual(
            MINIMAP_TONES.indexOf('error'),
          )
        }
      })
    }),
  )
})

test('where calls share a lane, a failure has its tone only where it ended', () => {
  const calls = [0, 1, 2, 3].map((seq) =>
    makeCall({ callId: `c${seq}`, seq, durationUs: 100, outcome: seq === 1 ? 'error' : 'ok' }),
  )
  const { runs } = prepareMinimap(makeRows(calls), { fromUs: 0, toUs: 100 }, 100, 3)
  expect(runs).toEqual([
    { tone: 'run', lane: 0, x: 0, width: 99 },
    { tone: 'error', lane: 0, x: 99, width: 1 },
  ])
})

test('no calls leave no runs', () => {
  expect(prepareMinimap([], { fromUs: 0, toUs: 1 }, 100, 24).runs).toEqual([])
})
