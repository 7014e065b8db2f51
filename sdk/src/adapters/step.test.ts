import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Core } from '../core.ts'
import { FarEnd } from '../far-end.test-util.ts'
import { createParascope, type Parascope } from '../index.ts'
import type { AdapterOptions } from './options.ts'
import { coreOf, parsePlan } from './plan.ts'
import { type Emission, type StepCall, Steps } from './step.ts'

let farEnd: FarEnd
let scope: Parascope
let core: Core

beforeEach(async () => {
  farEnd = await FarEnd.open()
  scope = createParascope({ url: farEnd.url, agent: 'tester' })
  expect(await scope.ready()).toBe(true)
  core = coreOf(scope) as Core
})
afterEach(async () => {
  await scope.shutdown()
  await farEnd.close()
})

const open = (options?: AdapterOptions, lingerMs?: number) =>
  new Steps(core, parsePlan(core, options), lingerMs)

const look = <T>(callId: string, run: StepCall<T>['run']): StepCall<T> => ({
  callId,
  tool: 'look',
  args: {},
  run,
})
const unknown = () => null
const emitting =
  (...ids: string[]) =>
  (): Emission => ({ ids, total: ids.length })

async function microtasks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await null
}

/** The ids of each recorded batch, once all that waits is sent. */
async function recorded() {
  expect(await scope.flush()).toBe(true)
  return farEnd.batches.map(({ calls }) => calls.map(({ call_id }) => call_id).join(' '))
}

describe('a step', () => {
  it('starts its calls in the order of emission, whatever the order of arrival', async () => {
    const steps = open()
    const key = {}
    const log: string[] = []
    const calls = ['c', 'a', 'b'].map((id) =>
      steps.call(
        key,
        1,
        look(id, () => log.push(id)),
        emitting('a', 'b', 'c'),
      ),
    )
    await Promise.all(calls)
    expect(log).toEqual(['a', 'b', 'c'])
    expect(await recorded()).toEqual(['a b c'])
  })

  it('starts nothing before all that was emitted is there', async () => {
    const steps = open()
    const key = {}
    const log: string[] = []
    const first = steps.call(
      key,
      1,
      look('a', () => log.push('a')),
      emitting('a', 'b'),
    )
    await microtasks(500)
    expect(log).toEqual([])
    await Promise.all([
      first,
      steps.call(
        key,
        1,
        look('b', () => log.push('b')),
        emitting('a', 'b'),
      ),
    ])
    expect(log).toEqual(['a', 'b'])
  })

  it('does not wait for a call that never comes, but for one that comes late', async () => {
    const steps = open()
    const key = {}
    expect(
      await steps.call(
        key,
        1,
        look('a', () => 'a'),
        emitting('a', 'b', 'never'),
      ),
    ).toBe('a')
    expect(
      await steps.call(
        key,
        1,
        look('b', () => 'b'),
        unknown,
      ),
    ).toBe('b')
    expect(await recorded()).toEqual(['a b'])
    expect(farEnd.batches[0]).toMatchObject({ emitted_calls: 3 })
  })

  it('gathers what comes in one burst, where nobody says what was emitted', async () => {
    const steps = open()
    const key = {}
    const late = microtasks(20).then(() =>
      steps.call(
        key,
        1,
        look('b', () => 2),
        unknown,
      ),
    )
    const first = steps.call(
      key,
      1,
      look('a', () => 1),
      unknown,
    )
    expect(await Promise.all([first, late])).toEqual([1, 2])
    expect(await recorded()).toEqual(['a b'])
  })

  it('is over when the next one begins, and when its time is up', async () => {
    const steps = open({}, 1)
    const key = {}
    await steps.call(
      key,
      1,
      look('a', () => 1),
      unknown,
    )
    await steps.call(
      key,
      2,
      look('a', () => 1),
      unknown,
    )
    await farEnd.until(() => farEnd.batches.length === 2)
    await steps.call(
      key,
      2,
      look('b', () => 1),
      unknown,
    )
    expect(await recorded()).toEqual(['a', 'a', 'b'])
  })

  it('takes a call that is made again under its id for a new step', async () => {
    const steps = open()
    const key = {}
    for (let i = 0; i < 2; i++)
      await steps.call(
        key,
        1,
        look('a', () => i),
        unknown,
      )
    expect(await recorded()).toEqual(['a', 'a'])
  })

  it.each([
    ['an error', new TypeError('x')],
    ['nothing', undefined],
    ['null', null],
    ['a text', 'text'],
    ['a frozen thing', Object.freeze({ code: 5 })],
  ])('rejects with the very value that was thrown: %s', async (_, thrown) => {
    const steps = open()
    const now = steps.call(
      {},
      1,
      look('a', () => {
        throw thrown
      }),
      unknown,
    )
    const later = steps.call(
      {},
      1,
      look('b', () => Promise.reject(thrown)),
      unknown,
    )
    const reasons = await Promise.allSettled([now, later])
    expect(reasons.map((each) => each.status === 'rejected' && each.reason)).toEqual([thrown, thrown])
  })

  it('runs under options and signals that are none', async () => {
    const context = () => {
      throw new Error('x')
    }
    const steps = open({ context, concurrency: -1, deadlineMs: Number.NaN, policies: 5 as never })
    const call = { ...look('a', () => 1), signal: { aborted: false } as AbortSignal }
    expect(await steps.call({}, 1, call, unknown)).toBe(1)
  })

  it('starts a call that comes with an aborted signal as it would without us: it is told', async () => {
    const steps = open()
    const signal = AbortSignal.abort('enough')
    const call = look('a', (context) => [context.signal.aborted, context.signal.reason])
    expect(await steps.call({}, 1, { ...call, signal }, unknown)).toEqual([true, 'enough'])
  })
})
