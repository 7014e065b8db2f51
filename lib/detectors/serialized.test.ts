import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StoredBatch } from '#lib/model/batch.ts'
import type { AlertChange } from './alert-change.ts'
import { callsOf, ScriptedLog } from './scripted-log.test-util.ts'
import { serialized } from './serialized.ts'

const TASKS = [
  ['read', 'search'],
  ['read', 'fetch', 'quote'],
  ['search', 'quote', 'lookup'],
]

interface Run extends Partial<StoredBatch> {
  readonly task?: number
  readonly serial?: boolean
}

function run(log: ScriptedLog, { task = 0, serial = false, ...over }: Run): AlertChange[] {
  return log.add(callsOf(TASKS[task % TASKS.length] ?? [], serial), over)
}

function runs(log: ScriptedLog, count: number, of: (i: number) => Run): AlertChange[] {
  return Array.from({ length: count }, (_, i) => run(log, { task: i, ...of(i) })).flat()
}

/** An agent whose past is parallel, but for a run in fifty. */
function knownAgent(count = 150): ScriptedLog {
  const log = new ScriptedLog(serialized)
  expect(runs(log, count, (i) => ({ serial: i % 50 === 31 }))).toEqual([])
  return log
}

const opened = (changes: readonly AlertChange[]) =>
  changes.flatMap((change) => (change.type === 'opened' ? [change.finding] : []))

describe('a version that runs everything one after another', () => {
  it('is named within four runs, before it has run for long', () => {
    const log = knownAgent()
    const [finding] = opened(runs(log, 4, () => ({ version: '1.1', serial: true })))
    expect(finding).toMatchObject({ kind: 'serialized', key: {}, firstBadVersion: '1.1' })
    expect(finding?.suspects[0]).toMatchObject({ kind: 'version', value: '1.1', before: '1.0' })
    expect(finding?.logEvidence).toBeGreaterThanOrEqual(finding?.threshold ?? 0)
  })

  it('is named as a canary from four of its own runs among many of the old version', () => {
    const log = knownAgent()
    const isCanary = (i: number) => i % 12 === 5
    const changes = runs(log, 48, (i) => ({ version: isCanary(i) ? '1.1' : '1.0', serial: isCanary(i) }))
    expect(opened(changes)).toMatchObject([{ key: {}, firstBadVersion: '1.1' }])
    expect(changes.some(({ type }) => type === 'recovered')).toBe(false)
  })

  it('is one alert, however many tasks and pairs it hits', () => {
    const log = knownAgent()
    expect(opened(runs(log, 60, () => ({ version: '1.1', serial: true })))).toHaveLength(1)
  })

  it('recovers within seven runs of the fix, and is noticed anew when the fault comes back', () => {
    const log = knownAgent()
    runs(log, 6, () => ({ version: '1.1', serial: true }))
    const fixed = runs(log, 7, () => ({ version: '1.2' }))
    expect(fixed.map(({ type }) => type)).toEqual(['recovered'])
    runs(log, 30, () => ({ version: '1.2' }))
    const again = opened(runs(log, 5, () => ({ version: '1.3', serial: true })))
    expect(again).toMatchObject([{ firstBadVersion: '1.3' }])
  })

  it('recovers after a rollback to the version before', () => {
    const log = knownAgent()
    runs(log, 6, () => ({ version: '1.1', serial: true }))
    expect(runs(log, 12, () => ({})).map(({ type }) => type)).toEqual(['recovered'])
  })

  it('is not opened again by batches that arrive after it has recovered', () => {
    const log = knownAgent()
    runs(log, 8, () => ({ version: '1.1', serial: true }))
    const whileBadUs = (log.nowMs - 60_000) * 1000
    runs(log, 12, () => ({ version: '1.2' }))
    const late = runs(log, 8, () => ({ version: '1.1', serial: true, startedAtUs: whileBadUs }))
    expect(late).toEqual([])
  })

  it('is said once when staging has it too', () => {
    const log = knownAgent()
    runs(log, 60, () => ({ environment: 'staging' }))
    runs(log, 5, () => ({ version: '1.1', serial: true }))
    expect(opened(runs(log, 8, () => ({ environment: 'staging', version: '1.1', serial: true })))).toEqual([])
  })

  it('is told from a change that came within a version, which nobody is blamed for', () => {
    const log = knownAgent()
    const [finding] = opened(runs(log, 8, () => ({ serial: true })))
    expect(finding).toMatchObject({ firstBadVersion: null, suspects: [{ kind: 'time' }] })
  })
})

describe('a part of an agent', () => {
  it('is named as the pair that no longer overlaps, while its siblings do', () => {
    const log = knownAgent()
    const afterAll = [
      { tool: 'fetch', startMs: 0, ms: 210 },
      { tool: 'quote', startMs: 1, ms: 220 },
      { tool: 'read', startMs: 212, ms: 200 },
    ]
    const changes = Array.from({ length: 12 }, (_, i) =>
      i % 2 === 0 ? log.add(afterAll, { version: '1.1' }) : run(log, { task: 2, version: '1.1' }),
    ).flat()
    expect(opened(changes)).toMatchObject([{ key: { tools: ['fetch', 'read'] }, firstBadVersion: '1.1' }])
  })

  it('is named as the task that runs in turn while the others overlap', () => {
    const log = knownAgent()
    const changes = runs(log, 24, (i) => ({ version: '1.1', serial: i % 3 === 1 }))
    expect(opened(changes)).toMatchObject([
      { key: { signature: 'fetch+quote+read' }, firstBadVersion: '1.1' },
    ])
  })
})

describe('what was intended is silent', () => {
  const silent: readonly (readonly [string, (i: number) => Run])[] = [
    ['serial mode', () => ({ serial: true, mode: 'serial' })],
    ['a cap of one', () => ({ serial: true, concurrency: 1 })],
  ]
  it.each(silent)('%s', (_, of) => {
    expect(runs(knownAgent(), 40, (i) => ({ version: '1.1', ...of(i) }))).toEqual([])
  })

  it('declared dependencies', () => {
    const log = knownAgent()
    for (let i = 0; i < 40; i++) {
      const calls = callsOf(TASKS[1] ?? [], true).map((call, k) => ({
        ...call,
        dependsOn: k === 0 ? [] : [`call-${k - 1}`],
      }))
      expect(log.add(calls, { version: '1.1' })).toEqual([])
    }
  })

  it('reads-only mode with writes', () => {
    const log = knownAgent()
    for (let i = 0; i < 40; i++) {
      const calls = callsOf(TASKS[1] ?? [], true).map((call) => ({ ...call, effect: 'write' as const }))
      expect(log.add(calls, { version: '1.1', mode: 'reads-only' })).toEqual([])
    }
  })

  it('a tool of its own cap, while its siblings overlap', () => {
    const log = knownAgent()
    for (let i = 0; i < 40; i++) {
      const calls = [
        { tool: 'read', startMs: 0, ms: 200 },
        { tool: 'read', startMs: 201, ms: 200 },
        { tool: 'fetch', startMs: 1, ms: 210 },
      ]
      expect(log.add(calls, { version: '1.1', toolCaps: new Map([['read', 1]]) })).toEqual([])
    }
  })

  it('a further attempt after a pause', () => {
    const log = knownAgent()
    for (let i = 0; i < 40; i++) {
      const calls = [
        { tool: 'read', startMs: 0, ms: 150, callId: 'a', outcome: 'error' as const },
        { tool: 'search', startMs: 1, ms: 400 },
        { tool: 'read', startMs: 3000, ms: 150, callId: 'a', attempt: 2 },
      ]
      expect(log.add(calls, { version: '1.1' })).toEqual([])
    }
  })
})

describe('an unknown past is silent', () => {
  it('for an agent that was serial from its first run', () => {
    expect(runs(new ScriptedLog(serialized), 300, () => ({ serial: true, mode: null }))).toEqual([])
  })

  it('for a task that always was serial, when it becomes common', () => {
    const log = new ScriptedLog(serialized)
    runs(log, 200, (i) => ({ task: i % 10 === 0 ? 2 : i % 2, serial: i % 10 === 0 }))
    expect(runs(log, 100, () => ({ task: 2, serial: true, version: '1.1' }))).toEqual([])
  })

  it('for runs that nobody numbers and that come from one serial host', () => {
    const log = new ScriptedLog(serialized)
    runs(log, 200, () => ({ runId: null }))
    log.nowMs += 3_600_000
    const burst = Array.from({ length: 9 }, () => {
      log.nowMs -= 55_000
      return run(log, { runId: null, serial: true })
    }).flat()
    expect(burst).toEqual([])
  })
})

describe('the state', () => {
  it('may be written and read again at any moment without changing what comes out', () => {
    const play = (restartAt: ReadonlySet<number>) => {
      const log = new ScriptedLog(serialized)
      const changes: AlertChange[] = []
      for (let i = 0; i < 200; i++) {
        if (restartAt.has(i)) log.restart()
        const version = i < 100 ? '1.0' : i < 140 ? '1.1' : '1.2'
        const isBad = version === '1.1' ? i % 4 !== 0 : i % 40 === 7
        changes.push(...run(log, { task: i * 7, version, serial: isBad }))
      }
      return changes
    }
    const straight = play(new Set())
    expect(straight.map(({ type }) => type)).toContain('recovered')
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 199 }), { maxLength: 12 }), (moments) => {
        expect(play(new Set(moments))).toEqual(straight)
      }),
      { seed: 7, numRuns: 12 },
    )
  })

  it('stays small under any number of versions, tools and runs', () => {
    const log = new ScriptedLog(serialized)
    for (let i = 0; i < 3000; i++) {
      const tools = Array.from({ length: 2 + (i % 5) }, (_, k) => `tool-number-${(i * (k + 3)) % 70}`)
      log.add(callsOf(tools, i % 9 === 0), { version: `build-${i >> 3}`, model: `model-${i % 7}` })
    }
    for (const [key, size] of log.sizes())
      if (key.startsWith('serialized/')) expect(size, key).toBeLessThan(9000)
  })
})

describe('chance alone', () => {
  it.each([0.005, 0.02, 0.1])(
    'raises nothing in 12 500 runs of which %d are serial, from the first on',
    (rate) => {
      let alarms = 0
      for (let seed = 1; seed <= 5; seed++) {
        const log = new ScriptedLog(serialized)
        const random = lehmer(seed * 7919)
        for (let i = 0; i < 2500; i++) {
          const changes = run(log, { task: i, version: `1.${Math.floor(i / 60)}`, serial: random() < rate })
          alarms += opened(changes).length
        }
      }
      expect(alarms).toBe(0)
    },
  )
})

/** Numbers in (0, 1) that are the same in every run (Park and Miller, 1988). */
function lehmer(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
