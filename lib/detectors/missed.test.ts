import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collapse } from './collapse.ts'
import { missed } from './missed.ts'
import { openedBy, ScriptedAgent, TASKS, type Way } from './turns/scripted-agent.test-util.ts'

const TASK = 2
const [ORDERED, SORTED] = [TASKS[TASK], [...TASKS[TASK]].sort()]

/** An agent that gives its tasks at once, but for one in forty. */
function knownAgent(runs = 120): ScriptedAgent {
  const agent = new ScriptedAgent(collapse, missed)
  expect(agent.runs(runs, (i) => (i % 40 === 17 ? 'split' : 'joint'))).toEqual([])
  return agent
}

const isTask = (i: number) => i % TASKS.length === TASK

describe('a task whose calls come one a turn', () => {
  it('is named with all its tools within ten times', () => {
    const changes = knownAgent().runs(10 * TASKS.length, (i) => (isTask(i) ? 'split' : 'joint'))
    const [finding, ...others] = openedBy(changes)
    expect(finding).toMatchObject({ kind: 'missed', key: { tools: SORTED } })
    expect(finding?.logEvidence).toBeGreaterThanOrEqual(finding?.threshold ?? 0)
    expect(others).toEqual([])
  })

  it('is named where it has never been otherwise', () => {
    const agent = new ScriptedAgent(collapse, missed)
    const changes = agent.runs(20 * TASKS.length, (i) => (isTask(i) ? 'split' : 'joint'))
    expect(openedBy(changes)).toMatchObject([{ kind: 'missed', key: { tools: SORTED } }])
  })

  it('is named though it comes so less than half of the time', () => {
    const way = (i: number): Way => (isTask(i) && (i / TASKS.length) % 5 < 2 ? 'split' : 'joint')
    const changes = knownAgent().runs(60 * TASKS.length, way)
    expect(openedBy(changes)).toMatchObject([{ kind: 'missed', key: { tools: SORTED } }])
  })

  it('is one alert, however long it lasts and wherever it runs', () => {
    const changes = knownAgent().runs(
      100 * TASKS.length,
      (i) => (isTask(i) ? 'split' : 'joint'),
      (i) => ({ environment: i % 11 === 3 ? 'staging' : 'production' }),
    )
    expect(openedBy(changes)).toHaveLength(1)
  })

  it('recovers once its calls come at once again', () => {
    const agent = knownAgent()
    agent.runs(12 * TASKS.length, (i) => (isTask(i) ? 'split' : 'joint'))
    const changes = agent.runs(20 * TASKS.length, () => 'joint')
    expect(changes.map(({ type }) => type)).toEqual(['recovered'])
  })
})

describe('nothing is missed', () => {
  it('by calls that use what the one before returned', () => {
    const chain = ORDERED.map((tool) => ({ tools: [tool] }))
    const agent = knownAgent()
    for (let i = 0; i < 80; i++) expect(agent.run([{ tools: ['plan'] }, ...chain])).toEqual([])
  })

  it('by a call asked again with the same arguments', () => {
    const agent = knownAgent()
    for (let i = 0; i < 60; i++) {
      for (let turn = 1; turn <= 4; turn++) {
        const poll = {
          tool: 'poll',
          startMs: 0,
          ms: 100,
          argsFp: [`job${i}`],
          resultFp: [`state${i}-${turn}`],
        }
        expect(agent.log.add([poll], { runId: `p${i}`, turn, modelUs: 59_000_000 })).toEqual([])
      }
    }
  })

  it('where somebody had a say between two turns', () => {
    const way = (i: number): Way => (isTask(i) ? 'split' : 'joint')
    expect(knownAgent().runs(30 * TASKS.length, way, () => ({ modelUs: 1_000_000 }))).toEqual([])
  })

  it('where the caller asked for one call a turn, or the mode is serial', () => {
    const way = (i: number): Way => (isTask(i) ? 'split' : 'joint')
    for (const over of [{ parallelRequested: false }, { mode: 'serial' as const }])
      expect(openedBy(knownAgent().runs(30 * TASKS.length, way, () => over))).toEqual([])
  })

  it('where nobody said that calls may overlap and none ever came together', () => {
    const agent = new ScriptedAgent(collapse, missed)
    expect(
      agent.runs(
        100,
        () => 'split',
        () => ({ mode: null }),
      ),
    ).toEqual([])
  })

  it('that is not part of a collapse of the model', () => {
    const changes = knownAgent().runs(200, () => 'split')
    expect(openedBy(changes).map(({ kind }) => kind)).toEqual(['collapse'])
  })
})

it('finds the same with a restart at any moment', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(99), { minLength: 3, maxLength: 8 }), (restarts) => {
      const follow = (at: readonly number[]) => {
        const agent = knownAgent(60)
        return Array.from({ length: 100 }, (_, i) => {
          if (at.includes(i)) agent.log.restart()
          return agent.runs(1, () => (i < 60 ? 'split' : 'joint'))
        }).flat()
      }
      expect(openedBy(follow(restarts))).toHaveLength(1)
      expect(follow(restarts)).toEqual(follow([]))
    }),
    { seed: 2, numRuns: 10 },
  )
})
