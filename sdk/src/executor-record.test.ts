import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { validateBatch } from '../../ingest/validate.ts'
import { ingestBatchSchema } from '../../lib/contract/ingest.ts'
import { FarEnd } from './far-end.test-util.ts'
import { createParascope, type Envelope, type Parascope, type ToolCall } from './index.ts'

let farEnd: FarEnd
let scope: Parascope

beforeEach(async () => {
  farEnd = await FarEnd.open()
  scope = createParascope({ url: farEnd.url, agent: 'tester', version: '1.2.3' })
})
afterEach(async () => {
  await scope.shutdown()
  await farEnd.close()
})

const turnOfLoop = () => new Promise((resolve) => setImmediate(resolve))
const calls = (ids: string, tool: string) => Array.from(ids, (callId): ToolCall => ({ callId, tool }))

async function record() {
  expect(await scope.flush()).toBe(true)
  return farEnd.batches.map((batch) => ingestBatchSchema.parse(batch))
}

describe('the mode', () => {
  async function inMode(
    rules: FarEnd['rules'],
    tools: Record<string, { effect: 'read' | 'write' }>,
    given: ToolCall[],
  ) {
    farEnd.flip(rules)
    const mine = createParascope({ url: farEnd.url, agent: 'tester' })
    expect(await mine.ready()).toBe(true)
    const open = new Set<string>()
    const overlaps: string[] = []
    const order: string[] = []
    const results: Envelope[] = await mine.executor({
      tools,
      run: async (call) => {
        order.push(call.callId ?? '')
        for (const other of open) overlaps.push(other + call.callId)
        open.add(call.callId ?? '')
        for (let i = 0; i < 3; i++) await turnOfLoop()
        open.delete(call.callId ?? '')
      },
    })(given)
    expect(results.every(({ status }) => status === 'ok')).toBe(true)
    expect(await mine.flush()).toBe(true)
    await mine.shutdown()
    return { order: order.join(''), overlaps, batch: ingestBatchSchema.parse(farEnd.batches.at(-1)) }
  }
  const tools = { get: { effect: 'read' as const }, put: { effect: 'write' as const } }
  const mixed: ToolCall[] = [
    ...calls('ab', 'get'),
    ...calls('c', 'put'),
    ...calls('d', 'get'),
    ...calls('e', 'mystery'),
  ]

  it('serial runs one after another, in order', async () => {
    const { order, overlaps, batch } = await inMode([{ mode: 'serial' }], tools, mixed)
    expect(order).toBe('abcde')
    expect(overlaps).toEqual([])
    expect(batch).toMatchObject({ mode: 'serial', mode_revision: farEnd.revision })
  })

  it('reads-only lets only reads overlap; an unknown tool counts as a write', async () => {
    const { order, overlaps, batch } = await inMode([{ mode: 'reads-only' }], tools, mixed)
    expect(order).toBe('abcde')
    expect(overlaps).toEqual(['ab'])
    expect(batch.mode).toBe('reads-only')
  })

  it("of a tool's rule narrows that tool alone, and is recorded with its calls", async () => {
    const { overlaps, batch } = await inMode([{ tool: 'put', mode: 'serial' }], tools, mixed)
    expect(overlaps).toEqual(['ab', 'de'])
    expect(batch.mode).toBe('parallel')
    expect(batch.calls.map(({ mode }) => mode ?? null)).toEqual([null, null, 'serial', null, null])
  })

  it('is parallel without rules', async () => {
    const { overlaps } = await inMode([], tools, mixed)
    expect(overlaps.length).toBe(10)
  })
})

describe('the record', () => {
  it('says what the ingest contract asks', async () => {
    const runBatch = scope.executor({
      run: () => 'x',
      tools: { get: { effect: 'read', resources: (args) => [`orders/${args.id}`] } },
    })
    const context = {
      runId: 'run',
      turn: 3,
      provider: 'p',
      model: 'm',
      modelMs: 12.5,
      inputTokens: 7,
      outputTokens: 9,
    }
    await runBatch([{ callId: 'a', tool: 'get', args: { id: 5 }, group: 'g' }], {
      ...context,
      parallelRequested: true,
    })
    const [batch] = await record()
    expect(batch).toMatchObject({
      run_id: 'run',
      turn: 3,
      agent: 'tester',
      environment: 'default',
      version: '1.2.3',
      provider: 'p',
      model: 'm',
      model_ms: 12.5,
      input_tokens: 7,
      output_tokens: 9,
      parallel_requested: true,
      emitted_calls: 1,
      mode: 'parallel',
      concurrency: null,
    })
    expect(batch?.batch_id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
    expect(batch?.calls[0]).toMatchObject({ effect: 'read', resources: ['orders/5'], group: 'g', seq: 0 })
  })

  it('is valid whatever the calls were called', async () => {
    const long = 'x'.repeat(5_000)
    const odd = [
      { callId: 'same', tool: 'a' },
      { callId: 'same', tool: 'b', dependsOn: ['same', long] },
      { callId: long, tool: long, group: long },
      { callId: `${long}y`, tool: '' },
      { tool: '__proto__', dependsOn: [''] },
      { callId: 12, tool: { toString: () => 'object' } },
      null,
      'text',
      { callId: Symbol('s'), tool: Symbol('t'), dependsOn: 4 },
    ]
    const envelopes = await scope.executor({
      run: () => 1,
      tools: { [long]: { maxConcurrency: 1, resources: () => [long, 5 as never, ''] } },
    })(odd as never, { runId: long, turn: -1, modelMs: Number.NaN, model: long, inputTokens: 0.5 })
    expect(envelopes.map(({ status }) => status)).toEqual(odd.map(() => 'ok'))
    const ids: unknown[] = envelopes.map(({ callId }) => callId)
    expect(ids[1]).toBe('same')
    expect(ids[5]).toBe(12)
    const [batch] = await record()
    expect(new Set(batch?.calls.map((call) => call.call_id)).size).toBe(odd.length)
    expect(batch?.calls[1]?.depends_on?.[0]).toBe('same')
    expect(batch?.calls[4]?.tool).toBe('__proto__')
    expect(scope.stats().altered).toBeGreaterThan(0)
    expect(scope.stats().rejected).toBe(0)
  })

  it('of more calls than the contract allows keeps the first and says how many there were', async () => {
    const many = Array.from({ length: 20_005 }, (_, i) => ({ callId: `c${i}`, tool: 't' }))
    await scope.executor({ run: () => 1 })(many)
    const [batch] = await record()
    expect(batch?.calls.length).toBe(20_000)
    expect(batch?.emitted_calls).toBe(20_005)
  })

  it('of more dependencies and tool caps than the contract allows keeps as many as it does', async () => {
    const ids = Array.from({ length: 1_100 }, (_, i) => `c${i}`)
    const tools = Object.fromEntries(ids.map((id) => [id, { maxConcurrency: 2 }]))
    const given = ids.map((callId, i) => ({ callId, tool: callId, dependsOn: ids.slice(0, i) }))
    await scope.executor({ run: () => 1, tools })(given)
    const [batch] = await record()
    expect(validateBatch(batch, false)).toMatchObject({ ok: true })
    expect(batch?.calls.at(-1)?.depends_on ?? []).toEqual([])
    expect(scope.stats().altered).toBeGreaterThan(500_000)
  })

  it('names resources even when the function that names them is broken', async () => {
    const codes: string[] = []
    const mine = createParascope({
      url: farEnd.url,
      agent: 'x',
      onDiagnostic: ({ code }) => codes.push(code),
    })
    const tools = {
      broken: {
        resources: () => {
          throw new Error('bad')
        },
      },
    }
    await mine.executor({ run: () => 1, tools })(calls('ab', 'broken'))
    await mine.shutdown()
    expect(farEnd.batches[0]?.calls[0]?.resources ?? []).toEqual([])
    expect(codes).toEqual(['hook'])
  })
})
