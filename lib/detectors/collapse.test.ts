import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collapse } from './collapse.ts'
import { missed } from './missed.ts'
import { openedBy, ScriptedAgent, TASKS, type Way } from './turns/scripted-agent.test-util.ts'

/** An agent that gives its tasks at once, but for one in forty. */
function knownAgent(runs = 160): ScriptedAgent {
  const agent = new ScriptedAgent(collapse, missed)
  expect(agent.runs(runs, (i) => (i % 40 === 17 ? 'split' : 'joint'))).toEqual([])
  return agent
}

const always = (way: Way) => () => way

describe('a model that gives one call a turn', () => {
  it('is named within six steps', () => {
    const agent = knownAgent()
    const [finding] = openedBy(agent.runs(6, always('split'), () => ({ model: 'm2' })))
    expect(finding).toMatchObject({ kind: 'collapse', key: {}, firstBadModel: 'm2', firstBadVersion: null })
    expect(finding?.suspects[0]).toMatchObject({ kind: 'model', value: 'm2', before: 'm' })
    expect(finding?.hypothesis).toContain('split')
    expect(finding?.logEvidence).toBeGreaterThanOrEqual(finding?.threshold ?? 0)
  })

  it('is noticed within eight steps where nothing but time changed', () => {
    const [finding] = openedBy(knownAgent().runs(8, always('split')))
    expect(finding).toMatchObject({ kind: 'collapse', firstBadModel: null, firstBadVersion: null })
    expect(finding?.suspects).toMatchObject([{ kind: 'time' }])
  })

  it('is noticed though it does so half of the time', () => {
    const changes = knownAgent().runs(40, (i) => ((i * 7) % 10 < 5 ? 'split' : 'joint'))
    expect(openedBy(changes)).toMatchObject([{ kind: 'collapse' }])
  })

  it('is one alert, however long it lasts', () => {
    expect(openedBy(knownAgent().runs(120, always('split')))).toHaveLength(1)
  })

  it('is the version that brought it, as a canary among many runs of the old one', () => {
    const isCanary = (i: number) => i % 9 === 4
    const changes = knownAgent().runs(
      72,
      (i) => (isCanary(i) ? 'split' : 'joint'),
      (i) => ({ version: isCanary(i) ? '1.1' : '1.0' }),
    )
    expect(openedBy(changes)).toMatchObject([{ firstBadVersion: '1.1', firstBadModel: null }])
    expect(changes.some(({ type }) => type === 'recovered')).toBe(false)
  })

  it('is noticed where the rest of a step never comes', () => {
    const [finding] = openedBy(knownAgent().runs(10, always('first'), () => ({ version: '1.1' })))
    expect(finding).toMatchObject({ kind: 'collapse', firstBadVersion: '1.1' })
    expect(finding?.hypothesis).toContain('never come')
  })

  it('is the runtime where the model is known to have given more', () => {
    const over = { version: '1.1', emittedCalls: 3 }
    const [finding] = openedBy(knownAgent().runs(6, always('first'), () => over))
    expect(finding).toMatchObject({ kind: 'collapse', firstBadVersion: '1.1' })
    expect(finding?.hypothesis).toContain('runtime')
  })

  it('is the caller who asked for it', () => {
    const over = { parallelRequested: false, model: 'm2' }
    const [finding] = openedBy(knownAgent().runs(8, always('split'), () => over))
    expect(finding?.suspects[0]).toMatchObject({ kind: 'request' })
  })

  it('recovers within twenty steps of the fix, and is noticed anew', () => {
    const agent = knownAgent()
    agent.runs(8, always('split'), () => ({ version: '1.1' }))
    const fixed = agent.runs(40, always('joint'), () => ({ version: '1.2' }))
    expect(fixed.map(({ type }) => type)).toEqual(['recovered'])
    const again = openedBy(agent.runs(8, always('split'), () => ({ version: '1.3' })))
    expect(again).toMatchObject([{ kind: 'collapse', firstBadVersion: '1.3' }])
  })
})

describe('no collapse', () => {
  it('is in a single task that comes apart', () => {
    const changes = knownAgent().runs(200, (i) => (i % TASKS.length === 2 ? 'split' : 'joint'))
    expect(openedBy(changes).map(({ kind }) => kind)).not.toContain('collapse')
  })

  it('is in tasks that become rarer, or in chains of calls that use one another', () => {
    const agent = knownAgent()
    const chain = TASKS.flat().map((tool) => ({ tools: [tool] }))
    const changes = Array.from({ length: 60 }, () => agent.run([{ tools: ['plan'] }, ...chain])).flat()
    expect(changes).toEqual([])
  })

  it('is in serial mode', () => {
    expect(knownAgent().runs(60, always('split'), () => ({ mode: 'serial' }))).toEqual([])
  })

  it('is said of an agent whose runs or fingerprints are not known', () => {
    const agent = knownAgent()
    expect(agent.runs(60, always('split'), () => ({ runId: null }))).toEqual([])
    expect(agent.runs(60, always('split'), () => ({ turn: null, runId: null }))).toEqual([])
    const blind = new ScriptedAgent(collapse, missed)
    for (let i = 0; i < 200; i++) {
      const tools = TASKS[i % TASKS.length] ?? []
      const turns = i < 100 ? [tools] : tools.map((tool) => [tool])
      for (const [turn, calls] of turns.entries()) {
        const added = blind.log.add(
          calls.map((tool) => ({ tool, startMs: 0, ms: 100 })),
          { runId: `r${i}`, turn, modelUs: 59_000_000 },
        )
        expect(added).toEqual([])
      }
    }
  })

  it('is said before an agent has been seen to give several calls', () => {
    const agent = new ScriptedAgent(collapse)
    expect(agent.runs(100, always('split'))).toEqual([])
  })

  it('is said again of staging while production has the alert', () => {
    const agent = knownAgent()
    agent.runs(40, always('joint'), () => ({ environment: 'staging' }))
    const changes = agent.runs(60, always('split'), (i) => ({
      environment: i % 3 === 2 ? 'staging' : 'production',
      version: '1.1',
    }))
    expect(openedBy(changes)).toMatchObject([{ environment: 'production' }])
  })
})

describe('what is kept', () => {
  it('is all there is: a restart at any moment changes nothing', () => {
    const run = fc.record({
      task: fc.nat(4),
      way: fc.constantFrom<Way>('joint', 'split', 'first'),
      restart: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(run, { minLength: 30, maxLength: 60 }), (script) => {
        const follow = (restarts: boolean) => {
          const agent = knownAgent(60)
          return script.flatMap(({ task, way, restart }, i) => {
            if (restarts && restart) agent.log.restart()
            const step = { tools: TASKS[task] ?? [], way }
            return agent.run([{ tools: ['plan'] }, step, { tools: ['note'] }], {
              version: i > 20 ? '1.1' : '1.0',
            })
          })
        }
        expect(follow(true)).toEqual(follow(false))
      }),
      { seed: 1, numRuns: 25 },
    )
  })

  it('stays within some kilobytes, whatever the agent does', () => {
    const agent = new ScriptedAgent(collapse, missed)
    for (let i = 0; i < 600; i++) {
      const tools = Array.from(
        { length: 2 + (i % 7) },
        (_, k) => `a_tool_with_a_name_${(i * 3 + k * k) % 23}`,
      )
      agent.run([{ tools: ['plan'] }, { tools, way: i % 5 === 0 ? 'split' : 'joint' }], {
        version: `1.${i >> 3}`,
      })
    }
    for (const [key, bytes] of agent.log.sizes()) expect([key, bytes < 8192]).toEqual([key, true])
  })
})
