import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ingestBatchSchema } from '../../lib/contract/ingest.ts'
import { FarEnd } from './far-end.test-util.ts'
import { createParascope, type Parascope, type ToolCall } from './index.ts'

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

/** A promise with its handles, and a log of what has started. */
function stage() {
  const gates = new Map<string, PromiseWithResolvers<unknown>>()
  const started: string[] = []
  const gate = (id: string) => {
    const known = gates.get(id) ?? Promise.withResolvers<unknown>()
    gates.set(id, known)
    return known
  }
  const run = (call: ToolCall) => {
    started.push(call.callId ?? '')
    return gate(call.callId ?? '').promise
  }
  return { started, run, gate }
}

const turnOfLoop = () => new Promise((resolve) => setImmediate(resolve))
const calls = (ids: string, tool = 'look') => Array.from(ids, (callId): ToolCall => ({ callId, tool }))

async function record() {
  expect(await scope.flush()).toBe(true)
  return farEnd.batches.map((batch) => ingestBatchSchema.parse(batch))
}

describe('executor', () => {
  it('gives one envelope a call in the order of the calls, whatever the order of their ends', async () => {
    const { run, gate } = stage()
    const results = scope.executor({ run })(calls('abc'))
    const data = { deep: [1] }
    gate('c').resolve(data)
    await turnOfLoop()
    gate('b').resolve(undefined)
    gate('a').resolve(1)
    const envelopes = await results
    expect(envelopes).toEqual([
      { callId: 'a', status: 'ok', data: 1 },
      { callId: 'b', status: 'ok', data: undefined },
      { callId: 'c', status: 'ok', data },
    ])
    expect((envelopes[2] as { data: unknown }).data).toBe(data)
  })

  it('starts parallel calls synchronously, with the very call objects', () => {
    const given = calls('ab')
    const seen: unknown[] = []
    void scope.executor({ run: (call) => seen.push(call) })(given)
    expect(seen).toEqual(given)
    expect(seen[0]).toBe(given[0])
  })

  it('makes envelopes of failures, in place, with the very thrown value as their cause', async () => {
    const broken = Object.assign(new Error('connection reset'), { code: 'ECONNRESET' })
    const run = (call: ToolCall) => {
      if (call.tool === 'throws') throw broken
      if (call.tool === 'rejects') return Promise.reject(new TypeError('bad type'))
      return 'fine'
    }
    const envelopes = await scope.executor({ run })([
      { callId: 'a', tool: 'throws' },
      { callId: 'b', tool: 'works' },
      { callId: 'c', tool: 'rejects' },
    ])
    expect(JSON.parse(JSON.stringify(envelopes))).toEqual([
      { callId: 'a', status: 'error', errorCode: 'ECONNRESET', retriable: true, error: 'connection reset' },
      { callId: 'b', status: 'ok', data: 'fine' },
      { callId: 'c', status: 'error', errorCode: 'TypeError', retriable: false, error: 'bad type' },
    ])
    expect((envelopes[0] as { cause: unknown }).cause).toBe(broken)
  })

  it('calls no failed write retriable unless the error says so', async () => {
    const run = ({ args }: ToolCall) => Promise.reject(args)
    const tools = { save: { effect: 'write' as const } }
    const envelopes = await scope.executor({ run, tools })([
      { callId: 'a', tool: 'save', args: { status: 503 } },
      { callId: 'b', tool: 'save', args: { status: 503, retriable: true } },
      { callId: 'c', tool: 'load', args: { status: 503 } },
      { callId: 'd', tool: 'load', args: { status: 400 } },
    ])
    expect(envelopes.map((item) => item.status !== 'ok' && item.retriable)).toEqual([
      false,
      true,
      true,
      false,
    ])
  })

  it('holds the cap, and the cap of a tool', async () => {
    const { run, gate, started } = stage()
    const results = scope.executor({ run, concurrency: 2, tools: { one: { maxConcurrency: 1 } } })([
      ...calls('ab', 'one'),
      ...calls('cd', 'any'),
    ])
    expect(started).toEqual(['a', 'c'])
    gate('c').resolve(1)
    await turnOfLoop()
    expect(started).toEqual(['a', 'c', 'd'])
    gate('a').resolve(1)
    await turnOfLoop()
    expect(started).toEqual(['a', 'c', 'd', 'b'])
    for (const id of 'bd') gate(id).resolve(1)
    await results
    const [batch] = await record()
    expect(batch).toMatchObject({ concurrency: 2, tool_caps: { one: 1 }, emitted_calls: 4 })
  })

  it('returns at once and alone for no calls, and for what is no list of calls', async () => {
    const runBatch = scope.executor({ run: () => 1 })
    expect(await runBatch([])).toEqual([])
    expect(await runBatch(undefined as never)).toEqual([])
    expect(await runBatch(7 as never)).toEqual([])
    expect(await record()).toEqual([])
  })

  it('calls the runner as the method that it is, and names calls without an id', async () => {
    const options = { offset: 10, run: (call: ToolCall) => call.args, tools: {} }
    options.run = function (this: typeof options, call: ToolCall) {
      return this.offset + call.args
    }
    const envelopes = await scope.executor(options)([
      { tool: 'x', args: 1 },
      { callId: 'call#0', tool: 'x', args: 2 },
    ])
    expect(envelopes).toEqual([
      { callId: 'call#0', status: 'ok', data: 11 },
      { callId: 'call#0', status: 'ok', data: 12 },
    ])
    const [batch] = await record()
    expect(batch?.calls.map((call) => call.call_id)).toEqual(['call#0', 'call#0#1'])
  })

  it('answers with errors where there is no runner', async () => {
    const [envelope] = await scope.executor({} as never)(calls('a'))
    expect(envelope).toMatchObject({ status: 'error', errorCode: 'TypeError' })
  })
})

describe('deadline', () => {
  it('gives a timeout envelope and an aborted signal to a tool that never ends', async () => {
    let signal: AbortSignal | null = null
    const runBatch = scope.executor({
      deadlineMs: 20,
      run: (_call, context) => {
        signal = context.signal
        return new Promise(() => {})
      },
    })
    const [envelope] = await runBatch(calls('a'))
    expect(envelope).toMatchObject({ callId: 'a', status: 'timeout', errorCode: 'deadline', retriable: true })
    expect(signal).toMatchObject({ aborted: true, reason: { name: 'TimeoutError' } })
    const [batch] = await record()
    expect(batch?.calls[0]).toMatchObject({ outcome: 'timeout', error_code: 'deadline' })
    expect(batch?.calls[0]?.duration_ms).toBeGreaterThanOrEqual(19)
  })

  it('ignores what comes late, and counts from the own start of each call', async () => {
    const { run, gate, started } = stage()
    const results = scope.executor({ run, concurrency: 1, deadlineMs: 30 })(calls('ab'))
    expect(started).toEqual(['a'])
    gate('b').resolve('in time')
    const envelopes = await results
    gate('a').resolve('late')
    await turnOfLoop()
    expect(envelopes.map(({ status }) => status)).toEqual(['timeout', 'ok'])
    const [batch] = await record()
    expect(batch?.calls[1]?.start_ms).toBeGreaterThanOrEqual(29)
  })

  it('gives an aborted signal also to a tool that asks for it late', async () => {
    let late: (() => AbortSignal) | null = null
    const runBatch = scope.executor({
      deadlineMs: 5,
      run: (_call, context) => {
        late = () => context.signal
        return new Promise(() => {})
      },
    })
    await runBatch(calls('a'))
    expect((late as unknown as () => AbortSignal)().aborted).toBe(true)
  })

  it('lets a tool have its own', async () => {
    const { run } = stage()
    const tools = { slow: { deadlineMs: 10 } }
    const [envelope] = await scope.executor({ run, deadlineMs: 60_000, tools })(calls('a', 'slow'))
    expect(envelope?.status).toBe('timeout')
  })
})

describe("the caller's signal", () => {
  it('cancels what runs and what waits, at once', async () => {
    const { gate, started } = stage()
    const signals: AbortSignal[] = []
    const controller = new AbortController()
    const runBatch = scope.executor({
      concurrency: 2,
      run: (call, context) => {
        started.push(call.callId ?? '')
        signals.push(context.signal)
        return gate(call.callId ?? '').promise
      },
    })
    const results = runBatch(calls('abc'), { signal: controller.signal })
    gate('a').resolve('done')
    await turnOfLoop()
    controller.abort(new Error('user left'))
    const envelopes = await results
    expect(envelopes.map(({ status }) => status)).toEqual(['ok', 'cancelled', 'cancelled'])
    expect(envelopes[1]).toMatchObject({ errorCode: 'aborted', retriable: false, error: 'user left' })
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true, true])
    expect(started).toEqual(['a', 'b', 'c'])
  })

  it('that is aborted already starts nothing, and records that nothing ran', async () => {
    const { run, started } = stage()
    const envelopes = await scope.executor({ run })(calls('ab'), { signal: AbortSignal.abort() })
    expect(envelopes.map(({ status }) => status)).toEqual(['cancelled', 'cancelled'])
    expect(started).toEqual([])
    const [batch] = await record()
    expect(batch?.calls.map(({ outcome }) => outcome)).toEqual(['never-ran', 'never-ran'])
  })

  it('is listened to no longer than the batch lasts', async () => {
    const controller = new AbortController()
    const runBatch = scope.executor({ run: () => 1 })
    await runBatch(calls('a'), { signal: controller.signal })
    controller.abort()
    const [batch] = await record()
    expect(batch?.calls[0]?.outcome).toBe('ok')
  })

  it('of no use is told and ignored', async () => {
    const codes: string[] = []
    const other = createParascope({
      url: farEnd.url,
      agent: 'x',
      onDiagnostic: ({ code }) => codes.push(code),
    })
    const [envelope] = await other.executor({ run: () => 1 })(calls('a'), {
      signal: { aborted: false } as never,
    })
    expect(envelope?.status).toBe('ok')
    expect(codes).toEqual(['hook'])
    await other.shutdown()
  })
})

describe('dependencies', () => {
  const chain: ToolCall[] = [
    { callId: 'a', tool: 'x' },
    { callId: 'b', tool: 'x', dependsOn: ['a'] },
    { callId: 'c', tool: 'x', dependsOn: ['b', 'nobody', 'c'] },
    { callId: 'd', tool: 'x' },
  ]

  it('are waited for; what is unknown or the call itself is not', async () => {
    const { run, gate, started } = stage()
    const results = scope.executor({ run })(chain)
    expect(started).toEqual(['a', 'd'])
    for (const id of 'abcd') {
      gate(id).resolve(1)
      await turnOfLoop()
    }
    expect(started).toEqual(['a', 'd', 'b', 'c'])
    expect((await results).map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok'])
    const [batch] = await record()
    expect(batch?.calls[2]?.depends_on).toEqual(['b', 'nobody', 'c'])
  })

  it('that failed keep the calls behind them from running', async () => {
    const run = (call: ToolCall) => (call.callId === 'a' ? Promise.reject(new Error('no')) : call.callId)
    const envelopes = await scope.executor({ run })(chain)
    expect(envelopes.map((item) => (item.status === 'ok' ? 'ok' : item.errorCode))).toEqual([
      'error',
      'dependency-failed',
      'dependency-failed',
      'ok',
    ])
    const [batch] = await record()
    expect(batch?.calls.map(({ outcome }) => outcome)).toEqual(['error', 'never-ran', 'never-ran', 'ok'])
  })

  it('that failed may be no hindrance', async () => {
    const run = (call: ToolCall) => (call.callId === 'a' ? Promise.reject(new Error('no')) : call.callId)
    const envelopes = await scope.executor({ run, onDependencyFailure: 'run' })(chain)
    expect(envelopes.map(({ status }) => status)).toEqual(['error', 'ok', 'ok', 'ok'])
  })

  it('of 20,000 calls in a row neither overflow the stack nor hang when the first fails', async () => {
    const long = Array.from({ length: 20_000 }, (_, i) => ({
      callId: `c${i}`,
      tool: 'x',
      ...(i > 0 ? { dependsOn: [`c${i - 1}`] } : {}),
    }))
    const envelopes = await scope.executor({ run: () => Promise.reject(new Error('no')) })(long)
    expect(envelopes.filter(({ status }) => status === 'cancelled').length).toBe(19_999)
  })
})
