import { describe, expect, it } from 'vitest'
import type { ModeAuditEntry } from '#lib/contract/mode.ts'
import type { ComparisonMetric } from '#lib/contract/mode-comparison.ts'
import { NOW_MS, ruleOf } from '#lib/flags/rules.test-util.ts'
import { prepareForest } from './forest-model.ts'
import { listRollouts } from './list-rollouts.ts'

const metric = (change: Partial<ComparisonMetric>): ComparisonMetric => ({
  name: 'wall',
  unit: 'percent',
  parallel: 412,
  serial: 690,
  runs_parallel: 100,
  runs_serial: 100,
  difference: -0.4,
  low: -0.5,
  high: -0.3,
  ...change,
})

describe('the forest', () => {
  it('puts no difference in the middle, and rows of one unit on one axis', () => {
    const [wall, turn] = prepareForest([
      metric({}),
      metric({ name: 'turn', difference: 0, low: -0.25, high: 0.25 }),
    ])
    expect(wall).toMatchObject({
      values: '412 ms against 690 ms',
      difference: '\u221240 %',
      interval: '\u221250 to \u221230',
      isShown: true,
    })
    expect(wall?.mark?.low).toBeCloseTo(0)
    expect(turn?.mark).toEqual({ at: 0.5, low: 0.25, high: 0.75 })
    expect(turn?.isShown).toBe(false)
  })

  it('draws nothing where there are too few runs', () => {
    const [row] = prepareForest([metric({ difference: null, low: null, high: null })])
    expect(row).toMatchObject({ mark: null, difference: 'too few runs', interval: '', isShown: false })
  })

  it('keeps an interval that runs out of the axis within it', () => {
    const [row] = prepareForest([metric({ difference: 3, low: -1, high: 9 })])
    expect(row?.mark).toEqual({ at: 1, low: 0, high: 1 })
  })
})

describe('the rollouts of a page', () => {
  const share = ruleOf('share', { percentage: 10 })
  const entry = (atMs: number, before = [share]): ModeAuditEntry => ({
    revision: 1,
    at: atMs,
    by: 'a',
    action: 'set',
    reason: null,
    summary: '',
    before,
    after: [],
    previous_hash: '',
    hash: '',
  })

  it('are the rules with a share, and those that had one a few days ago', () => {
    const whole = { ...share, percentage: null }
    expect(listRollouts([share, ruleOf('all')], [], NOW_MS).map(({ id }) => id)).toEqual(['share'])
    expect(listRollouts([whole], [entry(NOW_MS - 86_400_000)], NOW_MS)).toEqual([whole])
    expect(listRollouts([whole], [entry(NOW_MS - 8 * 86_400_000)], NOW_MS)).toEqual([])
    expect(listRollouts([{ ...share, tool: 'refund' }], [], NOW_MS)).toEqual([])
  })
})
