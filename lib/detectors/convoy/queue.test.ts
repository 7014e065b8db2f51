import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLatencyShape, type LatencyShape, logShareOf } from '../latency/latency-shape.ts'
import { LatencyView } from '../latency/latency-view.ts'
import {
  addToHistogram,
  BINS,
  createLogHistogram,
  durationAt,
  logWidthAt,
  positionOf,
} from '../latency/log-histogram.ts'
import { type Queue, type QueueBatch, queueLogRatio, UNJUDGED } from './queue.ts'

/** Rounding of what is known, and of the sums that stand for integrals. */
const ROUNDING = 0.04
const PARTS = 48
/** Many, so that hardly anything is lent by what tools in general do. */
const CALLS_PER_BIN = 200

const shapes = fc
  .array(fc.array(fc.integer({ min: 58, max: 80 }), { minLength: 1, maxLength: 60 }), {
    minLength: 3,
    maxLength: 3,
  })
  .map((tools) => tools.map(shapeOf))

function shapeOf(bins: readonly number[]): LatencyShape {
  const histogram = createLogHistogram()
  for (const bin of bins) addToHistogram(histogram, bin, CALLS_PER_BIN)
  return createLatencyShape(new LatencyView(histogram, null))
}

function serviceOf(tools: readonly LatencyShape[]) {
  return (tool: number, ms: number): number =>
    logShareOf(tools[tool] as LatencyShape, Math.floor(positionOf(ms))) - logWidthAt(ms)
}

/** Calls handed over at once, or at `starts`. */
function batchOf(
  durations: readonly number[],
  logService: (tool: number, ms: number) => number,
  starts: readonly number[] = durations.map(() => 0),
): QueueBatch {
  return {
    atMs: 0,
    run: 1,
    wallMs: 0,
    host: 0,
    tools: durations.map((_, i) => i),
    startMs: starts,
    endMs: durations.map((ms, i) => ms + (starts[i] as number)),
    logNull: durations.map((ms, i) => logService(i, ms)),
  }
}

/** Durations in the middle of equal parts of the scale, and the probability of each part. */
function* durationsOf(shape: LatencyShape, parts: number): Iterable<{ ms: number; share: number }> {
  for (let bin = 0; bin < BINS; bin++) {
    const share = Math.exp(logShareOf(shape, bin)) / parts
    for (let part = 0; part < parts; part++) yield { ms: durationAt(bin + (part + 0.5) / parts), share }
  }
}

const queues: readonly Queue[] = [
  { mask: 0b111, slots: 1, gapMs: 0, fair: true },
  { mask: 0b111, slots: 2, gapMs: 0, fair: true },
  { mask: 0b111, slots: 0, gapMs: 180, fair: true },
]

describe('evidence for a queue', () => {
  it('has an expected likelihood ratio of at most 1 for each further call while none queues', () => {
    const start = fc.double({ min: 0, max: 500, noNaN: true })
    const duration = fc.double({ min: 1, max: 1500, noNaN: true })
    fc.assert(
      fc.property(shapes, fc.array(duration, { minLength: 2, maxLength: 2 }), start, (tools, before, at) => {
        const logService = serviceOf(tools)
        const starts = [0, 0, at]
        for (const queue of queues) {
          const prefix = queueLogRatio(batchOf(before, logService, starts.slice(0, 2)), queue, logService)
          let expected = 0
          for (const { ms, share } of durationsOf(tools[2] as LatencyShape, PARTS)) {
            const log = queueLogRatio(batchOf([...before, ms], logService, starts), queue, logService)
            expected += share * Math.exp(log - prefix)
          }
          if (queue.slots < 2) expect(expected).toBeLessThan(1 + ROUNDING)
          else expect(expected * Math.exp(prefix)).toBeLessThan(1 + ROUNDING)
        }
      }),
      { seed: 11, numRuns: 25 },
    )
  })

  it('keeps that promise for a lock that lets calls in in any order', () => {
    const lock = { mask: 0b11, slots: 1, gapMs: 0, fair: false }
    fc.assert(
      fc.property(shapes, (tools) => {
        const logService = serviceOf(tools)
        let expected = 0
        for (const first of durationsOf(tools[0] as LatencyShape, 4)) {
          for (const second of durationsOf(tools[1] as LatencyShape, 4)) {
            const batch = batchOf([first.ms, second.ms], logService)
            expected += first.share * second.share * Math.exp(queueLogRatio(batch, lock, logService))
          }
        }
        expect(expected).toBeLessThan(1 + ROUNDING)
      }),
      { seed: 12, numRuns: 4 },
    )
  })

  it('is none where fewer calls meet than there are slots, or where calls begin one after another', () => {
    const logService = serviceOf([shapeOf([60]), shapeOf([60]), shapeOf([60])])
    const [lock, pair] = queues as readonly [Queue, Queue]
    expect(queueLogRatio(batchOf([400, 900], logService), pair, logService)).toBe(0)
    expect(queueLogRatio(batchOf([400, 400, 400], logService, [0, 400, 800]), lock, logService)).toBe(0)
  })

  it('lets each call in when the slot that is free first is', () => {
    const ms = 440
    const logService = serviceOf([shapeOf([60]), shapeOf([60]), shapeOf([60])])
    const batch = { ...batchOf([ms, ms, ms], logService), endMs: [ms, ms + 50, 2 * ms] }
    const waits: [number, number][] = []
    for (const queue of queues) {
      waits.length = 0
      queueLogRatio(batch, queue, logService, (call, waitMs) => void waits.push([call, waitMs]))
      if (queue.gapMs > 0)
        expect(waits).toEqual([
          [1, 180],
          [2, 360],
        ])
      else if (queue.slots === 2) expect(waits).toEqual([[2, ms]])
      else expect(waits.map(([call]) => call)).toEqual([1, 2])
    }
  })

  it('does not listen to calls that did not end by themselves', () => {
    const logService = serviceOf([shapeOf([60]), shapeOf([60]), shapeOf([60])])
    const batch = { ...batchOf([440, 880, 1320], logService), logNull: [UNJUDGED, UNJUDGED, UNJUDGED] }
    for (const queue of queues) expect(queueLogRatio(batch, queue, logService)).toBe(0)
  })
})
