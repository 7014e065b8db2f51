import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate as turnOfLoop } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FarEnd } from './far-end.test-util.ts'
import { createParascope, type Observer, type Parascope } from './index.ts'

/*
 * A call that had to wait is started from where another one ends. Whatever that one's program had in its
 * asynchronous context (a tenant, a credential, a span) is not for it.
 */

const tenant = new AsyncLocalStorage<string>()
const span = new AsyncLocalStorage<string>()

/** As openTelemetry(): every call runs inside a context of its own, below the one it was made in. */
const observer: Observer = {
  call: ({ callId }) => ({
    run: (invoke) => span.run(`${span.getStore() ?? ''}/${callId}`, invoke),
    end: () => {},
  }),
}

let farEnd: FarEnd
let scope: Parascope

beforeEach(async () => {
  farEnd = await FarEnd.open()
  farEnd.flip([{ mode: 'serial' }])
  scope = createParascope({ url: farEnd.url, agent: 'tester', observer })
  expect(await scope.ready()).toBe(true)
})
afterEach(async () => {
  await scope.shutdown()
  await farEnd.close()
})

async function look() {
  const before = tenant.getStore()
  tenant.enterWith('changed by a sibling')
  await turnOfLoop()
  return [before, span.getStore()]
}

describe('a call that waits for another in serial mode', () => {
  it('of an executor runs in the context of its batch', async () => {
    const runBatch = scope.executor({ run: look })
    const calls = ['a', 'b', 'c'].map((callId) => ({ callId, tool: 'look' }))
    const results = await tenant.run('mine', () => runBatch(calls))
    expect(results.map((result) => result.status === 'ok' && result.data)).toEqual([
      ['mine', '/a'],
      ['mine', '/b'],
      ['mine', '/c'],
    ])
  })

  it('of a wrapped function runs in the context of its caller', async () => {
    const wrapped = scope.wrap(look, { tool: 'look' })
    const results = await Promise.all(['x', 'y', 'z'].map((name) => tenant.run(name, () => wrapped())))
    expect(results).toEqual([
      ['x', '/call#0'],
      ['y', '/call#1'],
      ['z', '/call#2'],
    ])
  })
})
