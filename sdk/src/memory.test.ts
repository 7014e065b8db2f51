import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { createParascope, type ParascopeOptions, type ToolCall } from './index.ts'
import { lint, policyExecutor } from './policies.ts'

/* A server that is away for long must not fill the host's memory, and a record must not keep its values. */

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
const turnOfLoop = () => new Promise((resolve) => setImmediate(resolve))

/** How many of the arguments and results of a hundred batches are still held once they wait to be sent. */
async function countHeld(options: Partial<ParascopeOptions>): Promise<number> {
  const scope = createParascope({
    url: 'http://127.0.0.1:9',
    agent: 'tester',
    modeUpdates: 'off',
    ...options,
  })
  const refs: WeakRef<object>[] = []
  const make = () => {
    const value = { data: 'x'.repeat(1_000) }
    refs.push(new WeakRef(value))
    return value
  }
  const core = scope.executor({ run: make })
  const policies = policyExecutor(scope, { run: make, defaults: { effect: 'read', retry: { attempts: 3 } } })
  const wrapped = scope.wrap(async (_: object) => make(), { tool: 'wrapped' })
  for (let i = 0; i < 100; i++) {
    const calls = (): ToolCall[] => [{ callId: 'a', tool: 't', args: make() }]
    await core(calls())
    await policies(calls())
    await wrapped(make())
  }
  // What was opted in to is taken in a turn of its own.
  await scope.flush(50)
  expect(scope.stats().queued).toBe(300)
  for (let i = 0; i < 3; i++) {
    await turnOfLoop()
    collectGarbage()
  }
  const held = refs.filter((ref) => ref.deref() !== undefined).length
  await scope.shutdown(10)
  return held
}

describe('while the server is away', () => {
  // The last call's own frames may still be on the stack of the collector.
  it('no arguments and results are held', async () => {
    expect(await countHeld({})).toBeLessThanOrEqual(6)
  })

  it('nor are they with fingerprints and excerpts, once those are taken', async () => {
    const capture = { args: true, results: true, errors: true }
    expect(await countHeld({ fingerprints: true, capture })).toBeLessThanOrEqual(6)
  })

  it('so many batches wait, and further ones are counted', async () => {
    const scope = createParascope({
      url: 'http://127.0.0.1:9',
      agent: 'tester',
      modeUpdates: 'off',
      maxQueuedBatches: 50,
    })
    const runBatch = policyExecutor(scope, { run: () => 1 })
    for (let i = 0; i < 500; i++) await runBatch([{ callId: 'a', tool: 't' }])
    await scope.flush(20)
    expect(scope.stats()).toMatchObject({ queued: 50, dropped: 450 })
    await scope.shutdown(10)
  })
})

describe('a model that invents tools', () => {
  it('fills neither the plans nor the lint', async () => {
    const scope = createParascope({
      url: 'http://127.0.0.1:9',
      agent: 'tester',
      modeUpdates: 'off',
      report: false,
    })
    const runBatch = policyExecutor(scope, {
      run: ({ tool }: ToolCall) => tool,
      defaults: { retry: { attempts: 2 } },
    })
    for (let i = 0; i < 3_000; i++) {
      const [result] = await runBatch([{ callId: 'a', tool: `tool${i}` }])
      expect(result).toMatchObject({ status: 'ok', data: `tool${i}` })
    }
    expect(scope.stats().unclassified.length).toBe(1_000)
    expect(lint(scope).length).toBeLessThanOrEqual(2_000)
    await scope.shutdown(10)
  })
})
