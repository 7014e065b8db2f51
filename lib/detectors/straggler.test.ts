import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StoredBatch } from '#lib/model/batch.ts'
import { createRandom } from '../../tests/testing/random.ts'
import type { AlertChange } from './alert-change.ts'
import { createLatencyShape, logShareOf } from './latency/latency-shape.ts'
import { LatencyView } from './latency/latency-view.ts'
import { addToHistogram, BINS, createLogHistogram } from './latency/log-histogram.ts'
import { latency } from './latency.ts'
import { type ScriptedCall, ScriptedLog } from './scripted-log.test-util.ts'
import { ALTERNATIVES, logRatioOf } from './straggler/alternatives.ts'
import { straggler } from './straggler.ts'

const USUAL_MS: Readonly<Record<string, number>> = { grep: 800, read: 300, fetch: 500, quote: 200, tick: 4 }
const TASKS = [['grep', 'read', 'tick'], ['grep'], ['read', 'fetch'], ['fetch', 'quote', 'grep'], ['quote']]

type Bend = (call: ScriptedCall, calls: readonly ScriptedCall[]) => ScriptedCall
const asUsual: Bend = (call) => call
const slower = (tool: string, factor: number): Bend => {
  return (call) => (call.tool === tool ? { ...call, ms: call.ms * factor } : call)
}

/** Two agents that take turns; durations vary by half, as those of services do. */
class Office {
  readonly log = new ScriptedLog(straggler, latency)
  readonly #random = createRandom(7)
  #turns = 0

  work(turns: number, bend: Bend = asUsual, over: (i: number) => Partial<StoredBatch> = () => ({})) {
    const changes: AlertChange[] = []
    for (let i = 0; i < turns; i++) {
      const turn = this.#turns++
      const drawn = (TASKS[this.#random.int(0, TASKS.length - 1)] ?? []).map((tool, k) => this.#draw(tool, k))
      const agent = turn % 2 === 0 ? 'desk' : 'night'
      changes.push(
        ...this.log.add(
          drawn.map((call) => bend(call, drawn)),
          { agent, ...over(i) },
        ),
      )
    }
    return changes
  }

  #draw(tool: string, k: number): ScriptedCall {
    const normal =
      Math.sqrt(-2 * Math.log(1 - this.#random.next())) * Math.cos(2 * Math.PI * this.#random.next())
    return { tool, startMs: k, ms: (USUAL_MS[tool] ?? 100) * Math.exp(0.4 * normal) }
  }
}

function knownOffice(): Office {
  const office = new Office()
  expect(office.work(900)).toEqual([])
  return office
}

const opened = (changes: readonly AlertChange[]) =>
  changes.flatMap((change) => (change.type === 'opened' ? [change.finding] : []))

describe('a tool that has become slow', () => {
  it('is told once, across agents, within twenty of its calls', () => {
    const office = knownOffice()
    const [finding, ...more] = opened(office.work(34, slower('grep', 3)))
    expect(finding).toMatchObject({ kind: 'straggler', agent: '*', key: { tool: 'grep' } })
    expect(finding?.logEvidence).toBeGreaterThanOrEqual(finding?.threshold ?? 0)
    expect(finding?.hypothesis).toMatch(/takes about \d/)
    expect(more).toEqual([])
    expect(opened(office.work(300, slower('grep', 3)))).toEqual([])
  })

  it('is dated to when it began', () => {
    const office = knownOffice()
    const beganMs = office.log.nowMs
    const [finding] = opened(office.work(60, slower('grep', 3)))
    expect(Math.abs((finding?.onsetMs ?? 0) - beganMs)).toBeLessThan(20 * 60_000)
  })

  it('is told of the agent whose version brought it, when the other agent is spared', () => {
    const office = knownOffice()
    const onDesk: Bend = slower('grep', 3)
    const changes: AlertChange[] = []
    for (let i = 0; i < 60; i++) {
      changes.push(...office.work(1, onDesk, () => ({ version: '1.1' })))
      changes.push(...office.work(1))
    }
    expect(opened(changes)).toMatchObject([{ agent: 'desk', key: { tool: 'grep' }, firstBadVersion: '1.1' }])
  })

  it('is told of a canary that runs beside the old version', () => {
    const office = knownOffice()
    const changes: AlertChange[] = []
    for (let i = 0; i < 120; i++) {
      const isCanary = i % 6 === 0
      const version = isCanary ? '1.1' : '1.0'
      changes.push(...office.work(1, isCanary ? slower('grep', 4) : asUsual, () => ({ version })))
      changes.push(...office.work(1))
    }
    expect(opened(changes)).toMatchObject([{ agent: 'desk', firstBadVersion: '1.1' }])
    expect(changes.some(({ type }) => type === 'recovered')).toBe(false)
  })

  it('is told when only a fifth of its calls is slow', () => {
    const office = knownOffice()
    const random = createRandom(3)
    const tail: Bend = (call) =>
      call.tool === 'grep' && random.chance(0.2) ? { ...call, ms: call.ms * 6 } : call
    expect(opened(office.work(200, tail))).toMatchObject([{ key: { tool: 'grep' } }])
  })

  it('recovers when it is fast again, and is told anew when it is slow anew', () => {
    const office = knownOffice()
    office.work(60, slower('grep', 3))
    const changes = office.work(60)
    expect(changes.map(({ type }) => type)).toContain('recovered')
    expect(opened(office.work(300))).toEqual([])
    expect(opened(office.work(60, slower('grep', 3)))).toHaveLength(1)
  })

  it('gives the same changes however often the process restarts', () => {
    const play = (restarts: ReadonlySet<number>) => {
      const office = new Office()
      const changes: AlertChange[] = []
      for (let i = 0; i < 800; i++) {
        if (restarts.has(i)) office.log.restart()
        changes.push(...office.work(1, i >= 500 && i < 620 ? slower('grep', 2) : asUsual))
      }
      return changes
    }
    const undisturbed = play(new Set())
    expect(undisturbed.map(({ type }) => type)).toContain('recovered')
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 799 }), { maxLength: 12 }), (restarts) => {
        expect(play(new Set(restarts))).toEqual(undisturbed)
      }),
      { seed: 5, numRuns: 6 },
    )
  })

  it('fits its states into a few kilobytes, also while it is slow', () => {
    const office = knownOffice()
    office.work(25, slower('grep', 2), (i) => ({ version: `1.${i % 9}` }))
    for (const [key, size] of office.log.sizes()) {
      if (key.startsWith('straggler')) expect(size, key).toBeLessThan(8192)
    }
  })
})

describe('nothing is told', () => {
  it('while nothing changes', () => {
    expect(knownOffice().work(1500)).toEqual([])
  })

  it('when everything is slower', () => {
    const everything: Bend = (call) => ({ ...call, ms: call.ms * 2.5 })
    expect(opened(knownOffice().work(300, everything))).toEqual([])
  })

  it('of a tool that is slow only beside a certain sibling', () => {
    const beside: Bend = (call, calls) =>
      call.tool === 'grep' && calls.some(({ tool }) => tool === 'quote') ? { ...call, ms: call.ms * 2 } : call
    expect(opened(knownOffice().work(600, beside))).toEqual([])
  })

  it('of tools that wait for each other', () => {
    const queue: Bend = (call, calls) => {
      const before = calls.slice(
        0,
        calls.findIndex(({ tool }) => tool === call.tool),
      )
      return { ...call, ms: before.reduce((sum, { ms }) => sum + ms, call.ms) }
    }
    expect(opened(knownOffice().work(600, queue))).toEqual([])
  })

  it('of a tool that holds nobody up', () => {
    expect(opened(knownOffice().work(600, slower('tick', 4)))).toEqual([])
  })

  it('of calls that fail or are given up, however long they take', () => {
    let i = 0
    const failing: Bend = (call) => {
      if (call.tool !== 'grep' || i++ % 2 === 0) return call
      return { ...call, ms: call.ms * 10, outcome: i % 4 === 0 ? 'error' : 'cancelled' }
    }
    expect(opened(knownOffice().work(300, failing))).toEqual([])
  })

  it('of single outliers', () => {
    let i = 0
    const outliers: Bend = (call) => (i++ % 150 === 0 ? { ...call, ms: call.ms * 60 } : call)
    expect(opened(knownOffice().work(1500, outliers))).toEqual([])
  })

  it('of a tool of which little is known', () => {
    const office = knownOffice()
    const fresh: Bend = (call) => (call.tool === 'quote' ? { ...call, tool: 'new', ms: call.ms * 3 } : call)
    expect(opened(office.work(200, fresh))).toEqual([])
  })
})

describe('a likelihood ratio', () => {
  it('has an expectation of at most 1 under the reference it was learned from, whatever that is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: BINS - 1 }), { minLength: 1, maxLength: 300 }),
        (bins) => {
          const histogram = createLogHistogram()
          for (const bin of bins) addToHistogram(histogram, bin)
          const shape = createLatencyShape(new LatencyView(histogram, null))
          for (const alternative of ALTERNATIVES) {
            let expectation = 0
            for (let bin = 0; bin < BINS; bin++) {
              expectation += Math.exp(logShareOf(shape, bin) + logRatioOf(shape, bin, alternative))
            }
            // ln of each share is kept to hundredths.
            expect(expectation).toBeLessThan(1.01)
          }
        },
      ),
      { seed: 11, numRuns: 200 },
    )
  })
})
