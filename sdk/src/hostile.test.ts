import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { validateBatch } from '../../ingest/validate.ts'
import { FarEnd } from './far-end.test-util.ts'
import { createParascope, type Envelope, type Parascope } from './index.ts'
import { policyExecutor } from './policies.ts'

/*
 * The host program must not notice us, whatever it hands over: calls and results that throw when looked at,
 * cycles, proxies, thenables, names of any type. What the executor gives is compared with what bare
 * promises of the same tools give, and what reached the server with the contract.
 */

/** Always the same error, so that its identity can be compared. */
const thrower = (what: string) => {
  const error = new Error(`hostile ${what}`)
  return () => {
    throw error
  }
}

/** Throws at every look. */
const bomb = () =>
  new Proxy(Object.create(null), {
    get: thrower('get'),
    has: thrower('has'),
    ownKeys: thrower('ownKeys'),
    getPrototypeOf: thrower('getPrototypeOf'),
    getOwnPropertyDescriptor: thrower('descriptor'),
  })

const cycle = () => {
  const node: Record<string, unknown> = { name: 'node' }
  node.self = node
  node.list = [node, { node }]
  return Object.freeze(node)
}

/** A value in a box, because the generator itself looks at what it generates. */
interface Box {
  readonly it: unknown
}

const value: fc.Arbitrary<Box> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .anything({ withBigInt: true, withDate: true, withMap: true, withSet: true })
      .map((it) => ({ it })),
  },
  fc
    .constantFrom(
      undefined,
      null,
      '',
      'call#0',
      '\ud83d',
      '\udc00 x',
      '__proto__',
      'constructor',
      Number.NaN,
      -0,
      Symbol('s'),
      10n,
    )
    .map((it) => ({ it })),
  fc
    .constantFrom<() => unknown>(
      bomb,
      cycle,
      () => 'long'.repeat(3_000),
      () => '🧪'.repeat(3_000).slice(1),
      () => ({ toString: thrower('toString'), [Symbol.toPrimitive]: thrower('primitive') }),
      () => Object.defineProperty({}, 'name', { get: thrower('name'), enumerable: true }),
      () => new Uint8Array(64),
    )
    .map((make) => ({ it: make() })),
)

/** What a tool does: gives back or throws a value in one of many ways. The same each time it is run. */
const WAYS: readonly ((box: Box) => () => unknown)[] = [
  (box) => () => box.it,
  (box) => async () => box.it,
  (box) => () => {
    throw box.it
  },
  (box) => () => Promise.reject(box.it),
  (box) => () => new Promise((resolve) => setImmediate(resolve, box.it)),
  // biome-ignore-start lint/suspicious/noThenProperty: thenables of every temper
  (box) => () => ({ then: (resolve: (it: unknown) => void) => resolve(box.it) }),
  (box) => () => ({ then: (_: unknown, reject: (it: unknown) => void) => reject(box.it) }),
  (box) => () => ({
    then(resolve: (it: unknown) => void, reject: (it: unknown) => void) {
      resolve(box.it)
      reject(new Error('late'))
      throw new Error('later')
    },
  }),
  (box) => () => ({
    get then() {
      throw box.it
    },
  }),
  // biome-ignore-end lint/suspicious/noThenProperty: thenables of every temper
  (box) => () =>
    Object.defineProperty(Promise.resolve(1), 'constructor', {
      get() {
        throw box.it
      },
    }),
]
const behaviour = fc.tuple(value, fc.constantFrom(...WAYS)).map(([box, way]) => way(box))

const field = (usual: readonly unknown[]) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...usual).map((it) => ({ it })) },
    { weight: 1, arbitrary: value },
  )

const unbox = (boxes: Readonly<Record<string, Box | undefined>>) =>
  Object.fromEntries(Object.entries(boxes).map(([name, box]) => [name, box?.it]))

const call: fc.Arbitrary<Box> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record(
        {
          callId: field(['a', 'b', 'c', 'd']),
          tool: field(['read', 'write', 'other']),
          args: value,
          group: value,
        },
        { requiredKeys: [] },
      )
      .map((boxes) => ({ it: unbox(boxes) })),
  },
  { weight: 1, arbitrary: value },
)
const hostileCall = fc
  .tuple(call, behaviour, fc.constantFrom('plain', 'frozen', 'getters'))
  .map(([box, act, dress]) => {
    const given = box.it
    if (typeof given !== 'object' || given === null || dress === 'plain') return { box, act }
    if (dress === 'frozen') return { box: { it: freeze(given) }, act }
    return { box: { it: new Proxy(given, { get: thrower('getter') }) }, act }
  })

function freeze(given: object): object {
  try {
    return Object.freeze(given)
  } catch {
    // A bomb, or a view that cannot be frozen.
    return given
  }
}

const context: fc.Arbitrary<Box> = fc.oneof(
  fc.constant({ it: undefined }),
  value,
  fc
    .record(
      {
        runId: value,
        turn: value,
        model: value,
        modelMs: value,
        inputTokens: value,
        parallelRequested: value,
        signal: value,
      },
      { requiredKeys: [] },
    )
    .map((boxes) => ({ it: unbox(boxes) })),
)

type Ending = { readonly ok: boolean; readonly value: unknown }

/** What a host sees of a tool that it runs by itself. */
async function runBare(act: () => unknown): Promise<Ending> {
  try {
    return { ok: true, value: await Promise.resolve(act()) }
  } catch (error) {
    return { ok: false, value: error }
  }
}

const toEnding = (envelope: Envelope): Ending =>
  envelope.status === 'ok' ? { ok: true, value: envelope.data } : { ok: false, value: envelope.cause }

let farEnd: FarEnd
let scopes: Parascope[]
let batches = 0

beforeAll(async () => {
  farEnd = await FarEnd.open()
  farEnd.rules = [
    { agent: 'serial', mode: 'serial' },
    { agent: 'reads', mode: 'reads-only' },
    { tool: 'write', mode: 'reads-only' },
  ]
  scopes = ['serial', 'reads', 'parallel'].map((agent) =>
    createParascope({ url: farEnd.url, agent, fingerprints: true, maxQueuedBatches: 100_000 }),
  )
  for (const scope of scopes) expect(await scope.ready(10_000)).toBe(true)
})
afterAll(async () => {
  await Promise.all(scopes.map((scope) => scope.shutdown(100)))
  await farEnd.close()
})

describe('whatever the host hands over', () => {
  it('the executor gives what bare promises of the tools give, and nothing else changes', async () => {
    const property = fc.asyncProperty(
      fc.array(hostileCall, { maxLength: 6 }),
      context,
      fc.nat({ max: 2 }),
      fc.option(fc.integer({ min: 1, max: 3 })),
      async (items, batchContext, which, concurrency) => {
        const bare = await Promise.all(items.map(({ act }) => runBare(act)))
        let at = 0
        const order = new Map<unknown, (() => unknown)[]>()
        for (const { box, act } of items) order.set(box.it, [...(order.get(box.it) ?? []), act])
        const runBatch = (scopes[which] as Parascope).executor({
          run: (given: unknown) => {
            at++
            return order.get(given)?.shift()?.()
          },
          concurrency: concurrency ?? undefined,
          tools: { read: { effect: 'read', resources: (args: unknown) => args }, write: { effect: 'write' } },
        } as never)
        const envelopes = await runBatch(items.map(({ box }) => box.it) as never, batchContext.it as never)
        if (items.length > 0) batches++
        expect(at).toBe(items.length)
        for (const [index, ending] of envelopes.map(toEnding).entries()) {
          expect(ending.ok).toBe(bare[index]?.ok)
          expect(Object.is(ending.value, bare[index]?.value)).toBe(true)
        }
        expect(envelopes.length).toBe(items.length)
      },
    )
    await fc.assert(property, { numRuns: 4_000 })
  }, 120_000)

  it('an executor with policies gives the same, whatever is given for policies', async () => {
    const policies = fc
      .record({ retry: value, rateLimit: value, idempotencyKey: value, resources: value, when: value })
      .map(unbox)
    const property = fc.asyncProperty(
      fc.array(hostileCall, { maxLength: 6 }),
      context,
      policies,
      fc.nat({ max: 2 }),
      async (items, batchContext, { when, ...given }, which) => {
        const bare = await Promise.all(items.map(({ act }) => runBare(act)))
        const acts = new Map<unknown, (() => unknown)[]>()
        for (const { box, act } of items) acts.set(box.it, [...(acts.get(box.it) ?? []), act])
        const circuitBreaker = { failures: 1_000, when }
        const runBatch = policyExecutor(
          scopes[which] as Parascope,
          {
            run: (call: unknown) => acts.get(call)?.shift()?.(),
            tools: {
              read: { ...given, effect: 'read', circuitBreaker },
              write: { ...given, circuitBreaker },
            },
            writes: 'independent',
            onDependencyFailure: 'run',
          } as never,
        )
        const envelopes = await runBatch(items.map(({ box }) => box.it) as never, batchContext.it as never)
        if (items.length > 0) batches++
        expect(envelopes.length).toBe(items.length)
        for (const [index, ending] of envelopes.map(toEnding).entries()) {
          expect(ending.ok).toBe(bare[index]?.ok)
          expect(Object.is(ending.value, bare[index]?.value)).toBe(true)
        }
      },
    )
    await fc.assert(property, { numRuns: 4_000 })
  }, 120_000)

  it('a wrapped function gives what it gives unwrapped', async () => {
    const property = fc.asyncProperty(
      fc.array(behaviour, { minLength: 1, maxLength: 4 }),
      value,
      fc.nat({ max: 2 }),
      async (acts, options, which) => {
        const bare = await Promise.all(acts.map(runBare))
        const wrapped = acts.map((act) => (scopes[which] as Parascope).wrap(act, options.it as never))
        const endings = await Promise.all(wrapped.map(runBare))
        batches++
        for (const [index, ending] of endings.entries()) {
          expect(ending.ok).toBe(bare[index]?.ok)
          expect(Object.is(ending.value, bare[index]?.value)).toBe(true)
        }
      },
    )
    await fc.assert(property, { numRuns: 2_000 })
  }, 120_000)

  it('every batch of it arrives, and is valid by the contract', async () => {
    for (const scope of scopes) expect(await scope.flush(30_000)).toBe(true)
    expect(farEnd.batches.length).toBeGreaterThanOrEqual(batches)
    for (const batch of farEnd.batches) expect(validateBatch(batch, true)).toMatchObject({ ok: true })
    for (const scope of scopes) expect(scope.stats()).toMatchObject({ dropped: 0, rejected: 0, queued: 0 })
    const unique = farEnd.batches.map(
      ({ calls }) => new Set(calls.map((it) => it.call_id)).size === calls.length,
    )
    expect(unique.every(Boolean)).toBe(true)
  }, 60_000)
})
