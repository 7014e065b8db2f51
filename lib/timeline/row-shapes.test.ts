import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeCall } from '#lib/model/batch.test-util.ts'
import { ROW_DENSITIES, rowGeometry, UNTIMED_PX } from './geometry.ts'
import type { AloneStretch, CallRow } from './model.ts'
import { prepareRowShapes, type Shape } from './row-shapes.ts'
import { createScale } from './scale.ts'
import { anyRows, anyWindow, makeRows } from './testing/calls.ts'

const BARS = ['replaced', 'ok', 'error', 'timeout', 'cancelled', 'slow-dim', 'slow-alone']
const anyGeometry = fc
  .tuple(fc.constantFrom(...ROW_DENSITIES), fc.boolean())
  .map(([detail, touch]) => rowGeometry(detail, touch))
const anyScale = fc
  .tuple(anyWindow, fc.integer({ min: 2, max: 4000 }))
  .map(([window, width]) => createScale(window, width))

function shapesOf(row: CallRow, scale: ReturnType<typeof createScale>, alone: AloneStretch | null = null) {
  return prepareRowShapes(row, scale, rowGeometry('full', false), alone)
}

function slowestAlone(rows: readonly CallRow[]): AloneStretch | null {
  const slowest = rows.find((row) => row.slowest && row.startUs !== null)
  if (!slowest || slowest.endUs === null || slowest.startUs === null) return null
  return { key: slowest.key, fromUs: (slowest.startUs + slowest.endUs) / 2, toUs: slowest.endUs }
}

test('nothing lies outside the box of the row, whatever the window, and every number is finite', () => {
  fc.assert(
    fc.property(anyRows, anyScale, anyGeometry, (rows, scale, geometry) => {
      for (const row of rows) {
        for (const shape of prepareRowShapes(row, scale, geometry, slowestAlone(rows))) {
          expect([shape.x, shape.y, shape.width, shape.height].every(Number.isFinite)).toBe(true)
          expect(shape.x).toBeGreaterThanOrEqual(0)
          expect(shape.width).toBeGreaterThanOrEqual(0)
          expect(shape.x + shape.width).toBeLessThanOrEqual(scale.widthPx + 1e-6)
          expect(shape.y).toBeGreaterThanOrEqual(0)
          expect(shape.y + shape.height).toBeLessThanOrEqual(geometry.rowHeight)
        }
      }
    }),
  )
})

test('an attempt of which any part lies in the window is drawn, at least 2 px wide; one outside is not', () => {
  fc.assert(
    fc.property(anyRows, anyScale, anyGeometry, (rows, scale, geometry) => {
      const { fromUs, toUs } = scale.window
      for (const row of rows) {
        const bars = prepareRowShapes({ ...row, slowest: false }, scale, geometry, null).filter((shape) =>
          BARS.includes(shape.kind),
        )
        const inside = row.segments.filter(({ startUs, endUs }) =>
          startUs === endUs ? startUs >= fromUs && startUs <= toUs : endUs > fromUs && startUs < toUs,
        )
        expect(bars.length).toBe(inside.length)
        for (const bar of bars) expect(bar.width).toBeGreaterThanOrEqual(2)
      }
    }),
  )
})

describe('a call without times', () => {
  test.each(['never-ran', 'unknown'] as const)(
    'that is %s gets one box of fixed width and no bar',
    (outcome) => {
      const [row] = makeRows([makeCall({ startUs: null, durationUs: null, outcome })])
      for (const window of [
        { fromUs: 0, toUs: 10 },
        { fromUs: 5e6, toUs: 9e9 },
      ]) {
        const shapes = row ? shapesOf(row, createScale(window, 600)) : []
        expect(shapes.map(({ kind, x, width }) => [kind, x, width])).toEqual([[outcome, 0, UNTIMED_PX]])
      }
    },
  )
})

/*
 *   others  ─────┤
 *   slowest ░░░░░██████      0 .. 60 dim, 60 .. 100 solid
 */
test('the slowest sibling is dim up to where it ran alone and solid from there', () => {
  const [row] = makeRows([makeCall({ startUs: 0, durationUs: 100 })], 'a')
  const alone = { key: 'call:a', fromUs: 60, toUs: 100 }
  const bars = row ? shapesOf(row, createScale({ fromUs: 0, toUs: 100 }, 100), alone) : []
  expect(bars.filter((bar) => bar.kind.startsWith('slow')).map(stretchOf)).toEqual([
    ['slow-dim', 0, 100],
    ['slow-alone', 60, 100],
  ])
})

test.each([
  ['error', 'end-error'],
  ['timeout', 'end-timeout'],
  ['cancelled', 'strike'],
] as const)('a slowest sibling that ended in %s keeps its outcome at its end', (outcome, end) => {
  const [row] = makeRows([makeCall({ outcome })], 'a')
  const kinds = row
    ? shapesOf(row, createScale({ fromUs: 0, toUs: 1000 }, 100)).map((shape) => shape.kind)
    : []
  expect(kinds).toContain('slow-dim')
  expect(kinds.at(-1)).toBe(end)
})

test('waiting stands apart from running: queued from the hand-over, then dispatch up to the start', () => {
  const [row] = makeRows([makeCall({ startUs: 50, durationUs: 50 })])
  const waiting = { queuedUs: 20, dispatchDelayUs: 30 }
  const shapes = row ? shapesOf({ ...row, waiting }, createScale({ fromUs: 0, toUs: 100 }, 100)) : []
  expect(shapes.filter((shape) => ['queued', 'dispatch', 'ok'].includes(shape.kind)).map(stretchOf)).toEqual([
    ['queued', 0, 20],
    ['dispatch', 20, 50],
    ['ok', 50, 100],
  ])
})

test('a gap stands between two attempts and nowhere else', () => {
  const [row] = makeRows([
    makeCall({ attempt: 1, startUs: 0, durationUs: 20, outcome: 'error' }),
    makeCall({ attempt: 2, startUs: 60, durationUs: 40 }),
  ])
  const shapes = row ? shapesOf(row, createScale({ fromUs: 0, toUs: 100 }, 100)) : []
  expect(shapes.filter((shape) => ['gap', 'replaced', 'ok'].includes(shape.kind)).map(stretchOf)).toEqual([
    ['replaced', 0, 20],
    ['gap', 20, 60],
    ['ok', 60, 100],
  ])
})

test('an edge that the window cuts is marked, so that no end is drawn there', () => {
  const [row] = makeRows([makeCall({ startUs: 0, durationUs: 100, outcome: 'error' })])
  const bar =
    row && shapesOf(row, createScale({ fromUs: 20, toUs: 80 }, 60)).find((shape) => shape.kind === 'error')
  expect(bar).toMatchObject({ x: 0, width: 60, cutLeft: true, cutRight: true })
})

function stretchOf({ kind, x, width }: Shape): [string, number, number] {
  return [kind, x, x + width]
}
