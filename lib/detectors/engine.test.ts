import { describe, expect, it } from 'vitest'
import { measureBatch } from '#lib/intervals/measure-batch.ts'
import { makeStoredBatch } from '#lib/model/batch.test-util.ts'
import type { StoredBatch } from '#lib/model/batch.ts'
import type { Detector, DetectorContext, Finding } from './detector.ts'
import { DetectionEngine } from './engine.ts'
import type { Observation } from './observation.ts'
import { StateCache } from './state-cache.ts'

const START_US = 1_790_000_000_000_000
const HOUR_US = 3_600_000_000

function batch(hour: number, over: Partial<StoredBatch> = {}): StoredBatch {
  return makeStoredBatch({
    batchId: `batch-${hour}`,
    agent: 'support',
    startedAtUs: START_US + hour * HOUR_US,
    receivedAtUs: START_US + hour * HOUR_US,
    ...over,
  })
}

const scope = { kind: 'conflict', agent: 'support', environment: 'production', key: {} } as const
const finding = (trail: Finding['trail']): Finding => ({
  ...scope,
  onsetMs: 0,
  firstBadVersion: null,
  firstBadModel: null,
  suspects: [],
  logEvidence: 1,
  threshold: 1,
  trail,
  hypothesis: null,
})

function run(
  observe: (observation: Observation, context: DetectorContext) => void,
  onFault?: (detector: string, error: unknown, batchId: string) => void,
) {
  const states = new StateCache([], 100)
  const detectors: Detector[] = [{ name: 'first', observe }]
  const engine = new DetectionEngine({ detectors, states, sensitivity: { extraNats: 0 }, onFault })
  return { states, observe: (item: StoredBatch) => engine.observe(item, measureBatch(item)) }
}

describe('the engine', () => {
  it('opens what is raised, confirms it while it is open, and ends it once', () => {
    let next: 'raise' | 'recover' = 'raise'
    const { observe } = run((_, context) => {
      if (next === 'raise') context.raise(finding([]))
      else context.recover(scope)
    })
    expect(observe(batch(0))).toMatchObject([{ type: 'opened', batchId: 'batch-0', parent: null }])
    expect(observe(batch(1))).toMatchObject([{ type: 'confirmed', atMs: (START_US + HOUR_US) / 1000 }])
    next = 'recover'
    expect(observe(batch(2))).toMatchObject([{ type: 'recovered' }])
    expect(observe(batch(3))).toEqual([])
  })

  it('opens one alert of what is raised twice under one key', () => {
    const { observe } = run((_, context) => {
      context.raise(finding([]))
      context.raise(finding([]))
    })
    expect(observe(batch(0))).toMatchObject([{ type: 'opened' }])
    expect(observe(batch(1))).toMatchObject([{ type: 'confirmed' }, { type: 'confirmed' }])
  })

  it('keeps a finding as it was raised, whatever its detector does to the parts of it later', () => {
    const trail = [{ atMs: 1, value: 1 }]
    const { observe, states } = run(({ batchId }, context) => {
      if (batchId === 'batch-0') context.raise(finding(trail))
      else trail.push({ atMs: 2, value: 2 })
    })
    observe(batch(0))
    observe(batch(1))
    const [state] = states.takeChanges().written
    const kept = Object.values(JSON.parse(state?.json ?? '').open) as { finding: Finding }[]
    expect(kept[0]?.finding.trail).toEqual([{ atMs: 1, value: 1 }])
  })

  it('goes on with the next detector and the next batch when one throws, and tells of it', () => {
    const faults: unknown[] = []
    const { observe } = run(
      ({ batchId }, context) => {
        if (batchId === 'batch-0') throw new Error('a bug')
        context.raise(finding([]))
      },
      (detector, error, batchId) => faults.push([detector, String(error), batchId]),
    )
    expect(observe(batch(0))).toEqual([])
    expect(observe(batch(1))).toMatchObject([{ type: 'opened' }])
    expect(faults).toEqual([['first', 'Error: a bug', 'batch-0']])
  })

  it('throws on what a detector throws when nobody is told', () => {
    const { observe } = run(() => {
      throw new Error('a bug')
    })
    expect(() => observe(batch(0))).toThrow('a bug')
  })

  it('has a time that batches move on, late ones not back, and those of a wrong clock not past their arrival', () => {
    const seen: number[] = []
    const { observe } = run(({ nowMs }) => void seen.push((nowMs * 1000 - START_US) / HOUR_US))
    observe(batch(900, { receivedAtUs: START_US }))
    observe(batch(5))
    observe(batch(2, { receivedAtUs: START_US + 5 * HOUR_US }))
    observe(batch(900, { receivedAtUs: START_US + 6 * HOUR_US }))
    expect(seen).toEqual([0, 5, 5, 6])
  })
})
