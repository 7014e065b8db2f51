import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type IngestBatch, ingestBatchSchema, LIMITS } from '#lib/contract/ingest.ts'
import { mutatedBatch, wireBatch } from '../tests/testing/wire-arbitraries.ts'
import { validateBatch } from './validate.ts'

const call = (change: Record<string, unknown> = {}) => ({
  call_id: 'a',
  tool: 'get_order',
  outcome: 'ok',
  start_ms: 0,
  duration_ms: 5,
  ...change,
})
const batch = (change: Record<string, unknown> = {}) => ({
  batch_id: 'b',
  agent: 'support',
  started_at: 1_790_813_256_864,
  calls: [call()],
  ...change,
})
const withCall = (change: Record<string, unknown>) => batch({ calls: [call({ call_id: 'x' }), call(change)] })

function faultOf(value: unknown, mayHoldLoneSurrogates = false) {
  const validated = validateBatch(value, mayHoldLoneSurrogates)
  return validated.ok ? null : validated.fault
}

describe('the compiled validator', () => {
  it('takes what the schema takes and nothing else', () => {
    fc.assert(
      fc.property(mutatedBatch, (value) => {
        expect(faultOf(value) === null).toBe(isTakenBySchema(value))
      }),
      { numRuns: 3_000 },
    )
  })

  it('takes every valid batch', () => {
    fc.assert(
      fc.property(wireBatch, (value) => {
        expect(faultOf(value, true)).toBeNull()
      }),
    )
  })

  it('takes a result without times from an export of what was assembled from spans, and from nobody else', () => {
    const untold = { start_ms: null, duration_ms: null }
    const observed = { ...withCall(untold), source: 'otlp', evidence: 'call-id' }
    expect(faultOf(observed)).toBeNull()
    for (const source of ['sdk', 'import', null])
      expect(faultOf({ ...observed, source })).toMatchObject({ path: 'calls[1].start_ms' })
    expect(faultOf({ ...observed, calls: [call({ duration_ms: null })] })).toEqual({
      path: 'calls[0].duration_ms',
      reason: 'is required, or both times are null',
    })
    expect(faultOf({ ...observed, evidence: 'a guess' })).toMatchObject({ path: 'evidence' })
    expect(faultOf({ ...observed, calls: [call({ start_ms: 'now' })] })).toMatchObject({
      path: 'calls[0].start_ms',
    })
  })

  it('counts characters, not their halves', () => {
    expect(faultOf(batch({ agent: '😀'.repeat(256) }))).toBeNull()
    expect(faultOf(batch({ agent: '😀'.repeat(257) }))).toEqual({
      path: 'agent',
      reason: 'has 257 characters, more than 256',
    })
  })

  it('does not let the caps of a tool named __proto__ past', () => {
    const wrong: unknown = JSON.parse(JSON.stringify(batch()).replace('{', '{"tool_caps":{"__proto__":0},'))
    const validated = validateBatch(wrong, false)
    expect(validated.ok && validated.batch.tool_caps).toEqual({})
  })

  it('names a field and a cause for whatever it refuses', () => {
    fc.assert(
      fc.property(mutatedBatch, (value) => {
        const fault = faultOf(value)
        if (fault === null) return
        expect(fault.reason).toMatch(/^(is|must|has|holds|call_id|declare)/)
        expect(fault.reason).not.toMatch(/undefined|Invalid|expected/)
        expect(fault.reason.length).toBeLessThan(400)
      }),
      { numRuns: 1_000 },
    )
  })
})

function isTakenBySchema(value: unknown): boolean {
  const parsed = ingestBatchSchema.safeParse(value)
  if (!parsed.success) return false
  const keys = parsed.data.calls.map((item) => `${item.attempt ?? 1} ${item.call_id}`)
  return new Set(keys).size === keys.length
}

describe('a refused batch', () => {
  it.each([
    ['no id', batch({ batch_id: undefined }), 'batch_id', 'is required'],
    ['an id of null', batch({ batch_id: null }), 'batch_id', 'must be text, not null'],
    ['an empty id', batch({ batch_id: '' }), 'batch_id', 'must not be empty'],
    ['a number for text', batch({ agent: 7 }), 'agent', 'must be text, not a number'],
    [
      'an unknown mode',
      batch({ mode: 'turbo' }),
      'mode',
      'must be one of parallel, reads-only, serial, not `turbo`',
    ],
    ['no calls', batch({ calls: [] }), 'calls', 'must not be empty'],
    ['calls left out', batch({ calls: undefined }), 'calls', 'is required'],
    ['calls of another kind', batch({ calls: { a: 1 } }), 'calls', 'must be a list, not an object'],
    ['a call of null', batch({ calls: [null] }), 'calls[0]', 'must be an object, not null'],
    [
      'a call that ends before it starts',
      withCall({ duration_ms: -0.001 }),
      'calls[1].duration_ms',
      'must not be negative: a call cannot end before it starts',
    ],
    [
      'a duration without end',
      withCall({ duration_ms: Number.POSITIVE_INFINITY }),
      'calls[1].duration_ms',
      'is too large for a number',
    ],
    [
      'a duration of text',
      withCall({ duration_ms: 'NaN' }),
      'calls[1].duration_ms',
      'must be a number, not text',
    ],
    ['a call without start', withCall({ start_ms: undefined }), 'calls[1].start_ms', 'is required'],
    [
      'times of a call that never ran',
      withCall({ outcome: 'never-ran' }),
      'calls[1].start_ms',
      'must be null or left out: a call with this outcome has no times',
    ],
    [
      'an unknown outcome',
      withCall({ outcome: 'great' }),
      'calls[1].outcome',
      'must be one of ok, error, timeout, cancelled, never-ran, unknown, not `great`',
    ],
    [
      'no outcome',
      withCall({ outcome: undefined }),
      'calls[1].outcome',
      'is required: one of ok, error, timeout, cancelled, never-ran, unknown',
    ],
    ['half a turn', batch({ turn: 1.5 }), 'turn', 'must be a whole number, not 1.5'],
    ['a cap of nothing', batch({ concurrency: 0 }), 'concurrency', 'must be at least 1'],
    [
      'a tool without name',
      batch({ tool_caps: { '': 1 } }),
      'tool_caps.',
      'has a name that must not be empty',
    ],
    [
      'seconds',
      batch({ started_at: 1_790_813_256 }),
      'started_at',
      'must be milliseconds since 1970; this looks like seconds',
    ],
    [
      'nanoseconds',
      batch({ started_at: 1_790_813_256_864_000_000 }),
      'started_at',
      'must be milliseconds since 1970; this looks like micro- or nanoseconds',
    ],
    [
      'a tool name of a megabyte',
      withCall({ tool: 'x'.repeat(1 << 20) }),
      'calls[1].tool',
      'has 1048576 characters, more than 256',
    ],
    [
      'a list without end',
      withCall({ resources: new Array(1_001).fill('r') }),
      'calls[1].resources',
      'has 1001 items, more than 1000',
    ],
    ['something else', 'batch', '', 'must be an object, not text'],
  ])('%s', (_, value, path, reason) => {
    expect(faultOf(value)).toEqual({ path, reason })
  })

  it('is one with two calls of one id and attempt', () => {
    const twice = (...attempts: (number | null | undefined)[]) =>
      batch({ calls: attempts.map((attempt) => call({ attempt })) })
    expect(faultOf(twice(2, 2))).toEqual({
      path: 'calls[1].call_id',
      reason: 'call_id `a` with attempt 2 is there twice',
    })
    expect(faultOf(twice(undefined, 1))?.path).toBe('calls[1].call_id')
    expect(faultOf(twice(1, 2, 3))).toBeNull()
  })

  it('is not one whose ids look like an id and an attempt', () => {
    expect(faultOf(batch({ calls: [call({ call_id: '2 a' }), call({ attempt: 2 })] }))).toBeNull()
    expect(faultOf(batch({ calls: [call({ call_id: 'a\n2' }), call({ attempt: 2 })] }))).toBeNull()
  })

  it('is one with more dependencies than can be looked at', () => {
    const depends_on = new Array(1_000).fill('c0')
    const calls = Array.from({ length: 51 }, (_, i) => call({ call_id: `c${i}`, depends_on }))
    expect(faultOf(batch({ calls }))).toEqual({
      path: 'calls',
      reason: 'declare 51000 dependencies, at most 50000 are taken',
    })
  })
})

describe('text with half of a surrogate pair', () => {
  it('is refused wherever it stands', () => {
    const half = 'a\ud800'
    const reason = 'holds half of a surrogate pair, which is no text'
    expect(faultOf(batch({ batch_id: half }), true)).toEqual({ path: 'batch_id', reason })
    expect(faultOf(withCall({ tool: half }), true)).toEqual({ path: 'calls[1].tool', reason })
    expect(faultOf(withCall({ resources: ['a', half] }), true)).toEqual({
      path: 'calls[1].resources[1]',
      reason,
    })
    expect(faultOf(batch({ tool_caps: { [half]: 1 } }), true)).toEqual({ path: 'tool_caps.a\ufffd', reason })
  })

  it('is let be in fields that nobody keeps, however deep', () => {
    let deep: unknown = '\ud800'
    for (let i = 0; i < 100_000; i++) deep = [deep]
    expect(faultOf(batch({ extra: deep }), true)).toBeNull()
  })

  it('is not a whole pair', () => {
    expect(faultOf(batch({ batch_id: '😀' }), true)).toBeNull()
  })
})

describe('a batch made to fill memory', () => {
  it('is refused with its first fault, without gathering the others', () => {
    const nothing = new Array<number>(1_000).fill(0)
    const calls = Array.from({ length: LIMITS.callsPerBatch }, () => call({ args_fp: nothing }))
    expect(faultOf(batch({ calls }))?.path).toBe('calls[0].args_fp[0]')
    const caps = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`tool-${i}`, 0]))
    expect(faultOf(batch({ tool_caps: caps }))).toEqual({
      path: 'tool_caps',
      reason: 'has more than 1000 tools',
    })
  })

  it('keeps the caps of as many tools as the contract says', () => {
    const caps = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`tool-${i}`, 1]))
    expect(faultOf(batch({ tool_caps: caps(1_000) } satisfies Partial<IngestBatch>))).toBeNull()
    expect(faultOf(batch({ tool_caps: caps(1_001) }))?.path).toBe('tool_caps')
  })
})
