import fc from 'fast-check'
import { expect, test } from 'vitest'
import { spreadLabels } from './spread-labels.ts'
import { labelParts, prepareTurnTime } from './turn-time.ts'

const HOUR = 3_600_000
const LATER = 1e15
const bin = (hour: number, turns: number, each = 100) => ({
  from: hour * HOUR,
  to: (hour + 1) * HOUR,
  turns,
  model_ms: turns * each,
  waiting_ms: turns * 10,
  exposed_ms: turns * 50,
  idle_ms: turns * 5,
})

test('a bar is the mean turn and its parts add up', () => {
  const { bars, latest, axis } = prepareTurnTime([bin(0, 4)], 10, LATER)
  expect(bars[0]?.means).toEqual({ model: 100, waiting: 10, exposed: 50, idle: 5 })
  expect(latest?.totalMs).toBe(165)
  expect(axis.max).toBe(200)
})

test('a stretch without turns is a gap, never a zero', () => {
  const { bars, latest } = prepareTurnTime([bin(0, 4), bin(1, 0)], 10, LATER)
  expect(bars[1]).toMatchObject({ turns: 0, means: null, totalMs: null })
  expect(latest).toBe(bars[0])
})

test('merged bars weigh every turn alike and end with the last bin', () => {
  const { bars, stepMs } = prepareTurnTime([bin(0, 1), bin(1, 1, 100), bin(2, 3, 200)], 2, LATER)
  expect(bars.map((bar) => [bar.fromMs / HOUR, bar.toMs / HOUR, bar.turns])).toEqual([
    [0, 1, 1],
    [1, 3, 4],
  ])
  expect(bars[1]?.means?.model).toBe(175)
  expect(stepMs).toBe(2 * HOUR)
})

test('less than half a bin at either end of the window belongs to its neighbour', () => {
  const first = { ...bin(0, 1), from: 0.7 * HOUR }
  const last = { ...bin(3, 2), to: 3.5 * HOUR }
  const { bars, stepMs } = prepareTurnTime([first, bin(1, 4), bin(2, 4), last], 10, LATER)
  expect(bars.map((bar) => [bar.fromMs / HOUR, bar.toMs / HOUR, bar.turns])).toEqual([
    [0.7, 2, 5],
    [2, 3, 4],
    [3, 3.5, 2],
  ])
  expect(stepMs).toBe(HOUR)
})

test('a bin that is under way is as long as it has been', () => {
  const { bars } = prepareTurnTime([bin(0, 1), bin(1, 1)], 10, 1.75 * HOUR)
  expect(bars.map((bar) => bar.toMs / HOUR)).toEqual([1, 1.75])
  expect(prepareTurnTime([bin(0, 1), bin(1, 1)], 10, 1.25 * HOUR).bars).toHaveLength(1)
})

test('every turn is in exactly one bar, in at most as many bars as asked', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 400 }),
      fc.integer({ min: 1, max: 40 }),
      (turns, maxBars) => {
        const { bars } = prepareTurnTime(
          turns.map((count, hour) => bin(hour, count)),
          maxBars,
          LATER,
        )
        expect(bars.length).toBeLessThanOrEqual(maxBars + 1)
        expect(bars.reduce((sum, bar) => sum + bar.turns, 0)).toBe(
          turns.reduce((sum, count) => sum + count, 0),
        )
      },
    ),
  )
})

test('labels stand at the middle of their part', () => {
  expect(
    labelParts({ model: 100, waiting: 10, exposed: 50, idle: 0 }).map((label) => label.middleMs),
  ).toEqual([50, 105, 135, 160])
})

test('spread labels keep their order, their distance and their bounds', () => {
  expect(spreadLabels([10, 12, 50], 16, 0, 100)).toEqual([10, 26, 50])
  expect(spreadLabels([99, 98], 16, 0, 100)).toEqual([100, 84])
  fc.assert(
    fc.property(fc.array(fc.double({ min: -10, max: 110, noNaN: true }), { maxLength: 12 }), (places) => {
      const spread = spreadLabels(places, 16, 0, 100)
      const gap = Math.min(16, places.length > 1 ? 100 / (places.length - 1) : 0)
      const sorted = spread.toSorted((a, b) => a - b)
      for (const [index, place] of sorted.entries()) {
        expect(place).toBeGreaterThanOrEqual(-1e-9)
        expect(place).toBeLessThanOrEqual(100 + 1e-9)
        if (index > 0) expect(place - (sorted[index - 1] ?? 0)).toBeGreaterThanOrEqual(gap - 1e-9)
      }
    }),
  )
})
