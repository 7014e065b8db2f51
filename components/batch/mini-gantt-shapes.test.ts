import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { WireCall } from '#lib/contract/reads.ts'
import { OUTCOMES } from '#lib/model/vocabulary.ts'
import { makeWireCall } from '#lib/timeline/testing/detail.ts'
import { layOutMiniGantt } from './mini-gantt-shapes.ts'

const call = (given: Partial<WireCall>) => makeWireCall({ duration_ms: 10, ...given })

const box = { width: 176, height: 24 }
const layOut = (calls: WireCall[], slowest: string | null = null) =>
  layOutMiniGantt({ calls, slowest_call_id: slowest }, box.width, box.height)

describe('layOutMiniGantt', () => {
  test('spans the box from the first start to the last end, in emission order', () => {
    //   a  ####........
    //   b  ....########
    const shapes = layOut(
      [
        call({ call_id: 'b', seq: 1, start_ms: 40, duration_ms: 80 }),
        call({ call_id: 'a', duration_ms: 40 }),
      ],
      'b',
    )
    expect(
      shapes.map(({ x, width, tone }) => ({ x: Math.round(x), width: Math.round(width), tone })),
    ).toEqual([
      { x: 0, width: 59, tone: 'run' },
      { x: 59, width: 117, tone: 'slow' },
    ])
  })

  test('keeps the attempts of a call in its row, the replaced ones dim', () => {
    const shapes = layOut([
      call({ attempt: 2, start_ms: 20 }),
      call({ attempt: 1, outcome: 'error' }),
      call({ call_id: 'b', seq: 1, duration_ms: 30 }),
    ])
    expect(shapes.map((shape) => shape.tone)).toEqual(['dim', 'run', 'run'])
    expect(shapes[0]?.y).toBe(shapes[1]?.y)
  })

  test('a failed slowest sibling keeps a piece of its outcome at its end', () => {
    const shapes = layOut([call({ duration_ms: 5 }), call({ call_id: 'b', seq: 1, outcome: 'timeout' })], 'b')
    expect(shapes.map(({ x, width, tone }) => ({ x, width, tone })).slice(1)).toEqual([
      { x: 172, width: 4, tone: 'timeout' },
      { x: 0, width: 172, tone: 'slow' },
    ])
  })

  test('the slowest sibling stays visible and on top among hundreds of calls', () => {
    const calls = Array.from({ length: 400 }, (_, seq) =>
      call({ call_id: `c${seq}`, seq, duration_ms: seq === 7 ? 99 : 10 }),
    )
    const shapes = layOut(calls, 'c7')
    expect(shapes.at(-1)).toMatchObject({ tone: 'slow', height: 1.5 })
  })

  test('a call that never ran is a stub and moves nothing', () => {
    const untimed = { start_ms: null, duration_ms: null }
    expect(layOut([call({ ...untimed, outcome: 'never-ran' })])).toMatchObject([
      { x: 0, width: 16, tone: 'untimed' },
    ])
    expect(layOut([call({}), call({ call_id: 'b', seq: 1, ...untimed, outcome: 'unknown' })])).toMatchObject([
      { x: 0, width: 176, tone: 'run' },
      { tone: 'untimed' },
    ])
  })

  test('never draws outside its box, whatever the batch', () => {
    const anyCall = fc
      .record({
        call_id: fc.string({ minLength: 1, maxLength: 2 }),
        attempt: fc.integer({ min: 1, max: 3 }),
        seq: fc.nat(99),
        outcome: fc.constantFrom(...OUTCOMES),
        start_ms: fc.double({ min: -1e6, max: 1e9, noNaN: true }),
        duration_ms: fc.double({ min: 0, max: 1e9, noNaN: true }),
      })
      .map((made) =>
        call(
          made.outcome === 'never-ran' || made.outcome === 'unknown'
            ? { ...made, start_ms: null, duration_ms: null }
            : made,
        ),
      )
    fc.assert(
      fc.property(fc.array(anyCall, { minLength: 1, maxLength: 70 }), (calls) => {
        for (const shape of layOut(calls, calls[0]?.call_id ?? null)) {
          expect(shape.x).toBeGreaterThanOrEqual(0)
          expect(shape.x + shape.width).toBeLessThanOrEqual(box.width + 1e-6)
          expect(shape.y).toBeGreaterThanOrEqual(-1e-6)
          expect(shape.y + shape.height).toBeLessThanOrEqual(box.height + 1e-6)
          expect(shape.width).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })
})
