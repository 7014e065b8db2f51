import { createContext, Script } from 'node:vm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bundle } from '../build.mjs'
import { FarEnd } from './far-end.test-util.ts'
import type { ParascopeOptions } from './index.ts'
import type * as Policies from './policies.ts'
import type * as Web from './web.ts'

/*
 * The published files in a global object like that of an edge runtime: fetch, timers, crypto and streams, and
 * nothing of Node's. What reaches for more fails here.
 */

const GLOBALS = {
  AbortController,
  AbortSignal,
  DOMException,
  TextDecoder,
  TextEncoder,
  URL,
  URLSearchParams,
  clearTimeout,
  crypto,
  fetch,
  performance,
  queueMicrotask,
  setTimeout: (fn: () => void, ms: number) => Number(setTimeout(fn, ms)),
}

/** Loads bundles by name, each once, in a context of their own. */
async function openEdge(names: readonly string[]) {
  const texts = new Map<string, string>()
  for (const name of names) texts.set(`./${name}.cjs`, await bundle(name, 'cjs'))
  const context = createContext({ ...GLOBALS })
  const loaded = new Map<string, unknown>()
  const load = (name: string): unknown => {
    const text = texts.get(name)
    if (text === undefined) throw new Error(`an edge runtime has no ${name}`)
    if (loaded.has(name)) return loaded.get(name)
    const module = { exports: {} }
    const run = new Script(`(function (module, exports, require) {${text}\n})`).runInContext(context)
    run(module, module.exports, load)
    loaded.set(name, module.exports)
    return module.exports
  }
  return load
}

let farEnd: FarEnd
let createParascope: (options: ParascopeOptions) => ReturnType<typeof Web.createParascope>
let policies: typeof Policies

beforeEach(async () => {
  farEnd = await FarEnd.open()
  const load = await openEdge(['web', 'background-web', 'policies'])
  ;({ createParascope } = load('./web.cjs') as typeof Web)
  policies = load('./policies.cjs') as typeof Policies
})
afterEach(() => farEnd.close())

const calls = [
  { callId: 'a', tool: 'look' },
  { callId: 'b', tool: 'look' },
]

describe('in an edge runtime', () => {
  it('obeys the mode, runs, and has sent its report when waitUntil has waited', async () => {
    farEnd.rules = [{ mode: 'serial' }]
    const waited: Promise<unknown>[] = []
    const ctx = { waitUntil: (work: Promise<unknown>) => waited.push(work) }
    const scope = createParascope({ url: farEnd.url, agent: 'edge', modeUpdates: 'poll' })
    expect(await scope.ready(10_000)).toBe(true)
    const results = await scope.executor({ run: ({ tool }) => tool })(calls)
    ctx.waitUntil(scope.flush(10_000))
    expect(results.map(({ status }) => status)).toEqual(['ok', 'ok'])
    expect(await Promise.all(waited)).toEqual([true])
    expect(farEnd.batches).toMatchObject([{ mode: 'serial', calls: [{}, {}] }])
    await scope.shutdown()
  })

  it('wraps functions, and runs under policies', async () => {
    const scope = createParascope({ url: farEnd.url, agent: 'edge', modeUpdates: 'off' })
    const wrapped = scope.wrap(async (n: number) => n + 1, { tool: 'add' })
    expect(await Promise.all([wrapped(1), wrapped(2)])).toEqual([2, 3])
    let tries = 0
    const runBatch = policies.policyExecutor(scope, {
      run: () => (tries++ === 0 ? Promise.reject({ status: 503 }) : 'fine'),
      tools: {
        look: {
          effect: 'read',
          retry: { attempts: 2, initialDelayMs: 1 },
          rateLimit: policies.rateLimit({ calls: 100 }),
          circuitBreaker: {},
          deadlineMs: 10_000,
        },
      },
    })
    const results = await runBatch(calls)
    expect(results.map(({ status }) => status)).toEqual(['ok', 'ok'])
    expect(await scope.flush(10_000)).toBe(true)
    expect(farEnd.batches.map((batch) => batch.calls.length)).toEqual([2, 3])
    await scope.shutdown()
  })
})
