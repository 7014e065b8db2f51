import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FarEnd } from '../far-end.test-util.ts'
import { createParascope, type Parascope } from '../index.ts'
import { type PolicyCall, type PolicyContext, policyExecutor, rateLimit } from '../policies.ts'
import { call, failing, readRecord, turnOfLoop, watched } from './tools.test-util.ts'

let farEnd: FarEnd
let scope: Parascope
let told: string[]

beforeEach(async () => {
  farEnd = await FarEnd.open()
  told = []
  scope = createParascope({ url: farEnd.url, agent: 'tester', onDiagnostic: ({ code }) => told.push(code) })
})
afterEach(async () => {
  vi.useRealTimers()
  await scope.shutdown()
  await farEnd.close()
})

const record = () => readRecord(scope, farEnd)

const reads = { effect: 'read' as const }
const retry = { attempts: 3, initialDelayMs: 1 }

describe('retries', () => {
  it('only the failed leg, keeps what succeeded, and records each attempt', async () => {
    const { run, contexts } = failing({ b: 2 })
    const results = await policyExecutor(scope, { run, tools: { look: { ...reads, retry } } })([
      call('a', 'look'),
      call('b', 'look'),
    ])
    expect(results.map(({ status }) => status)).toEqual(['ok', 'ok'])
    expect(contexts.map(({ callId, attempt }) => `${callId}${attempt}`)).toEqual(['a1', 'b1', 'b2', 'b3'])
    const { batch, calls } = await record()
    expect(batch.emitted_calls).toBe(2)
    expect(Object.keys(calls)).toEqual(['a', 'b', 'b#2', 'b#3'])
    expect([calls.b?.outcome, calls['b#2']?.outcome, calls['b#3']?.outcome]).toEqual(['error', 'error', 'ok'])
    expect([calls.b?.seq, calls['b#3']?.seq]).toEqual([1, 1])
    expect(calls['b#2']?.held_ms).toBeGreaterThan(0)
  })

  it('gives the last failure when no attempt is left or none is worth it', async () => {
    const { run, contexts } = failing({ a: 9, b: 9 }, () => ({ status: 503 }))
    const hopeless = failing({ c: 9 }, () => new TypeError('no'))
    const tools = { look: { ...reads, retry } }
    const [a] = await policyExecutor(scope, { run, tools })([call('a', 'look')])
    const [c] = await policyExecutor(scope, { run: hopeless.run, tools })([call('c', 'look')])
    expect([a, c]).toMatchObject([{ errorCode: 'error' }, { errorCode: 'TypeError' }])
    expect([contexts.length, hopeless.contexts.length]).toEqual([3, 1])
  })

  it('retries a write only under an idempotency key, the same for all attempts', async () => {
    const without = failing({ a: 1 })
    const effect = 'write' as const
    await policyExecutor(scope, { run: without.run, tools: { pay: { effect, retry } } })([call('a', 'pay')])
    expect(without.contexts.map(({ idempotencyKey }) => idempotencyKey)).toEqual([null])
    const unknown = failing({ a: 1 })
    await policyExecutor(scope, { run: unknown.run, defaults: { retry } })([call('a', 'mystery')])
    expect(unknown.contexts.length).toBe(1)
    const { run, contexts } = failing({ a: 1 })
    const tools = { pay: { effect, retry, idempotencyKey: true } }
    await policyExecutor(scope, { run, tools })([call('a', 'pay')], { runId: 'run' })
    expect(contexts.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['run:a', 'run:a'])
    expect((await record()).calls['a#2']?.marks).toEqual(['idempotency-key'])
  })

  it('keeps the place of a write that is retried', async () => {
    const order: string[] = []
    const { run } = failing({ a: 1 })
    const tools = { pay: { effect: 'write' as const, retry, idempotencyKey: true } }
    await policyExecutor(scope, {
      run: (it: PolicyCall, context) => {
        order.push(`${it.callId}${context.attempt}`)
        return run(it, context)
      },
      tools,
    })([call('a', 'pay'), call('b', 'pay')])
    expect(order).toEqual(['a1', 'a2', 'b1'])
  })

  it('keeps the order of a serial batch, pauses included', async () => {
    farEnd.flip([{ mode: 'serial' }])
    const serial = createParascope({ url: farEnd.url, agent: 'tester' })
    expect(await serial.ready()).toBe(true)
    const { run, contexts } = failing({ a: 1 })
    await policyExecutor(serial, { run, tools: { look: { ...reads, retry } } })([
      call('a', 'look'),
      call('b', 'look'),
    ])
    expect(contexts.map(({ callId, attempt }) => `${callId}${attempt}`)).toEqual(['a1', 'a2', 'b1'])
    await serial.shutdown()
  })

  it('starts what depends on a retried call after its last attempt', async () => {
    const { run, contexts } = failing({ a: 1 })
    const results = await policyExecutor(scope, { run, tools: { look: { ...reads, retry } } })([
      call('a', 'look'),
      call('b', 'look', { dependsOn: ['a'] }),
    ])
    expect(contexts.map(({ callId, attempt }) => `${callId}${attempt}`)).toEqual(['a1', 'a2', 'b1'])
    expect(results.map(({ status }) => status)).toEqual(['ok', 'ok'])
  })

  it('retries what missed its deadline, with a signal of its own for each attempt', async () => {
    const signals: AbortSignal[] = []
    const run = (_: PolicyCall, { signal, attempt }: PolicyContext) => {
      signals.push(signal)
      return attempt === 1 ? new Promise(() => {}) : 'late'
    }
    const tools = { look: { ...reads, retry, deadlineMs: 5 } }
    const results = await policyExecutor(scope, { run, tools })([call('a', 'look')])
    expect(results).toEqual([{ callId: 'a', status: 'ok', data: 'late' }])
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    expect((await record()).calls.a?.outcome).toBe('timeout')
  })

  it('ends at once when the caller aborts during a pause', async () => {
    const { run } = failing({ a: 9 })
    const controller = new AbortController()
    const tools = { look: { ...reads, retry: { attempts: 3, initialDelayMs: 60_000, maxDelayMs: 60_000 } } }
    const results = policyExecutor(scope, { run, tools })([call('a', 'look')], { signal: controller.signal })
    await turnOfLoop()
    controller.abort(new Error('enough'))
    expect(await results).toMatchObject([{ status: 'cancelled', errorCode: 'aborted' }])
    expect(Object.keys((await record()).calls)).toEqual(['a'])
  })
})

describe('a signal that has aborted already', () => {
  it('lets nothing run', async () => {
    const { run, contexts } = failing({})
    const signal = AbortSignal.abort(new Error('too late'))
    const results = await policyExecutor(scope, { run })([call('a', 'look'), call('b', 'look')], { signal })
    expect(results.map((it) => it.status === 'cancelled' && it.error)).toEqual(['too late', 'too late'])
    expect(contexts).toEqual([])
    expect((await record()).calls.b?.outcome).toBe('never-ran')
  })
})

describe('a failure', () => {
  it('of a fail-fast tool cancels what runs and what waits', async () => {
    const signals: AbortSignal[] = []
    const run = ({ tool }: PolicyCall, { signal }: PolicyContext) => {
      signals.push(signal)
      return tool === 'gate' ? Promise.reject(new Error('closed')) : new Promise(() => {})
    }
    const results = await policyExecutor(scope, {
      run,
      concurrency: 2,
      tools: { gate: { ...reads, onFailure: 'fail-fast' }, look: reads },
    })([call('a', 'look'), call('b', 'gate'), call('c', 'look')])
    expect(results).toMatchObject([
      { status: 'cancelled', errorCode: 'sibling-failed' },
      { status: 'error' },
      { status: 'cancelled', errorCode: 'sibling-failed' },
    ])
    expect(signals[0]?.aborted).toBe(true)
    const { calls } = await record()
    expect(['a', 'b', 'c'].map((id) => calls[id]?.outcome)).toEqual(['cancelled', 'error', 'never-ran'])
  })

  it('of any other tool leaves its siblings alone', async () => {
    const { run } = failing({ a: 1 })
    const results = await policyExecutor(scope, { run })([call('a', 'look'), call('b', 'look')])
    expect(results.map(({ status }) => status)).toEqual(['error', 'ok'])
  })
})

describe('a circuit', () => {
  it('opens after failures in a row, lets one trial through, and closes when it goes well', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    let isWell = false
    let ran = 0
    const run = async () => {
      ran++
      if (!isWell) throw new Error('down')
      return 1
    }
    const circuitBreaker = { failures: 2, openMs: 1_000 }
    const runBatch = policyExecutor(scope, { run, tools: { look: { ...reads, circuitBreaker } } })
    const one = async () => (await runBatch([call('a', 'look')]))[0]
    await one()
    await one()
    expect(await one()).toMatchObject({ status: 'error', errorCode: 'circuit-open', retriable: true })
    expect((await record()).calls.a).toMatchObject({ outcome: 'never-ran', error_code: 'circuit-open' })
    expect(ran).toBe(2)
    vi.setSystemTime(Date.now() + 1_500)
    isWell = true
    const trial = await runBatch([call('a', 'look'), call('b', 'look')])
    expect(trial).toMatchObject([{ status: 'ok' }, { errorCode: 'circuit-open' }])
    await turnOfLoop()
    expect(await one()).toMatchObject({ status: 'ok' })
  })

  it('stays open longer after a trial that failed', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const run = async () => Promise.reject(new Error('down'))
    const circuitBreaker = { failures: 1, openMs: 1_000 }
    const runBatch = policyExecutor(scope, { run, tools: { look: { ...reads, circuitBreaker } } })
    const codeAfter = async (ms: number) => {
      vi.setSystemTime(Date.now() + ms)
      const [envelope] = await runBatch([call('a', 'look')])
      await turnOfLoop()
      return envelope?.status === 'error' && envelope.errorCode
    }
    expect(await codeAfter(0)).toBe('error')
    expect(await codeAfter(1_100)).toBe('error')
    expect(await codeAfter(1_100)).toBe('circuit-open')
    expect(await codeAfter(1_000)).toBe('error')
  })
})

describe('a rate limit', () => {
  it('is shared by all tools and batches of one source, and tells how long it held a call back', async () => {
    const source = rateLimit({ calls: 2, perMs: 40, burst: 2 })
    const starts: number[] = []
    const run = () => starts.push(performance.now())
    const tools = { look: { ...reads, rateLimit: source }, find: { ...reads, rateLimit: [source] } }
    const runBatch = policyExecutor(scope, { run, tools })
    await Promise.all([
      runBatch([call('a', 'look'), call('b', 'find')]),
      runBatch([call('c', 'look'), call('d', 'find')]),
    ])
    // Never more than the burst and a share for each 20 ms that went by; timers are only ever late.
    for (const [i, at] of starts.entries())
      expect(at - (starts[0] as number)).toBeGreaterThanOrEqual((i - 1) * 20 - 1)
    expect(await scope.flush()).toBe(true)
    const held = farEnd.batches.flatMap(({ calls }) => calls).filter(({ held_ms }) => held_ms)
    expect(held.length).toBe(2)
    expect(held.every(({ marks }) => marks?.includes('rate-limited'))).toBe(true)
  })

  it('holds no place among the running', async () => {
    const slow = rateLimit({ calls: 1, perMs: 30 })
    const { seen, run } = watched()
    await policyExecutor(scope, {
      run,
      concurrency: 1,
      tools: { slow: { ...reads, rateLimit: slow }, look: reads },
    })([call('a', 'slow'), call('b', 'slow'), call('c', 'look')])
    expect(seen.order).toEqual(['a', 'c', 'b'])
  })

  it('that lets nothing through is refused', () => {
    expect(() => rateLimit({ calls: 0 })).toThrow(RangeError)
    expect(() => rateLimit({ calls: 1, perMs: Number.NaN })).toThrow(RangeError)
  })
})

describe('a result', () => {
  it('that is too long is cut at a character, and says so to the model and in the record', async () => {
    const run = ({ callId }: PolicyCall) => (callId === 'a' ? 'ä'.repeat(100) : { list: 'x'.repeat(50) })
    const tools = { look: { ...reads, maxResultBytes: 21 } }
    const results = await policyExecutor(scope, { run, tools })([call('a', 'look'), call('b', 'look')])
    expect(results).toMatchObject([
      { data: `${'ä'.repeat(10)}\n[truncated: the first 21 of 200 bytes]`, truncated: true },
      { data: expect.stringContaining('{"list":"xxx'), truncated: true },
    ])
    expect((await record()).calls.a).toMatchObject({ marks: ['truncated'], result_bytes: 200 })
  })

  it('that fits, or cannot be measured, is handed on itself', async () => {
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    const given: Record<string, unknown> = { a: [1], b: cycle, c: undefined }
    const results = await policyExecutor(scope, {
      run: ({ callId = '' }: PolicyCall) => given[callId],
      tools: { look: { ...reads, maxResultBytes: 10 } },
    })(['a', 'b', 'c'].map((id) => call(id, 'look')))
    for (const it of results) expect(it.status === 'ok' && it.data).toBe(given[it.callId])
    expect(told).toContain('result-size')
  })
})
