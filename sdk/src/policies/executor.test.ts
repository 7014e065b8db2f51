import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FarEnd } from '../far-end.test-util.ts'
import { createParascope, type Parascope } from '../index.ts'
import { lint, type PolicyCall, type PolicyContext, policyExecutor } from '../policies.ts'
import { call, failing, readRecord, watched } from './tools.test-util.ts'

let farEnd: FarEnd
let scope: Parascope
let told: string[]

beforeEach(async () => {
  farEnd = await FarEnd.open()
  told = []
  scope = createParascope({ url: farEnd.url, agent: 'tester', onDiagnostic: ({ code }) => told.push(code) })
})
afterEach(async () => {
  await scope.shutdown()
  await farEnd.close()
})

const record = () => readRecord(scope, farEnd)

const reads = { effect: 'read' as const }

describe('by default', () => {
  it('reads run up to 8 at once and writes one at a time', async () => {
    const { seen, run } = watched()
    const tools = { look: reads, save: { effect: 'write' as const, resources: (id: string) => [`it/${id}`] } }
    const runBatch = policyExecutor(scope, { run, tools })
    await runBatch(Array.from({ length: 20 }, (_, i) => call(`r${i}`, 'look')))
    expect(seen.most).toBe(8)
    expect((await record()).batch.concurrency).toBe(8)
    seen.overlaps = []
    await runBatch(['w0', 'w1', 'w2'].map((id) => call(id, 'save', { args: id })))
    expect(seen.overlaps).toEqual([])
    const { calls } = await record()
    expect([calls.w1?.depends_on, calls.w2?.depends_on]).toEqual([['w0'], ['w1']])
  })

  it('gives what the core executor gives, and obeys the switch', async () => {
    farEnd.flip([{ mode: 'serial' }])
    const serial = createParascope({ url: farEnd.url, agent: 'tester' })
    expect(await serial.ready()).toBe(true)
    const { seen, run } = watched()
    const results = await policyExecutor(serial, { run, tools: { look: reads } })([
      call('a', 'look'),
      call('b', 'look'),
    ])
    expect(results).toEqual([
      { callId: 'a', status: 'ok', data: 'a' },
      { callId: 'b', status: 'ok', data: 'b' },
    ])
    expect(seen.overlaps).toEqual([])
    await serial.shutdown()
  })
})

describe('the plan', () => {
  const save = { effect: 'write' as const, resources: (path: string) => [path] }
  const look = { effect: 'read' as const, resources: (path: string) => [path] }

  it('keeps apart only what touches the same, if writes may be independent', async () => {
    const { seen, run } = watched()
    await policyExecutor(scope, { run, tools: { save, look }, writes: 'independent' })([
      call('a', 'save', { args: 'orders/1' }),
      call('b', 'look', { args: 'orders/1/lines' }),
      call('c', 'save', { args: 'orders/2' }),
      call('d', 'look', { args: 'orders' }),
    ])
    expect(seen.overlaps).toContain('a+c')
    expect(seen.overlaps).toContain('b+d')
    for (const pair of ['a+b', 'a+d', 'c+d']) expect(seen.overlaps).not.toContain(pair)
    const { calls } = await record()
    expect([calls.b?.depends_on, calls.d?.depends_on]).toEqual([['a'], ['a', 'c']])
  })

  it('runs a write alone that does not say what it touches, and records that', async () => {
    const { seen, run } = watched()
    const tools = { look: reads, save: { effect: 'write' as const } }
    await policyExecutor(scope, { run, tools })([
      call('a', 'look'),
      call('b', 'look'),
      call('c', 'save'),
      call('d', 'look'),
      call('e', 'mystery'),
    ])
    expect(seen.overlaps).toEqual(['a+b'])
    const { calls } = await record()
    expect(['a', 'c', 'd', 'e'].map((id) => calls[id]?.mode ?? null)).toEqual([
      null,
      'reads-only',
      null,
      'reads-only',
    ])
  })

  it('a call that fails does not bar one that only shares a resource with it', async () => {
    const { run } = failing({ a: 1 })
    const results = await policyExecutor(scope, { run, tools: { save } })([
      call('a', 'save', { args: 'x' }),
      call('b', 'save', { args: 'x' }),
      call('c', 'save', { args: 'y', dependsOn: ['a'] }),
    ])
    expect(results.map(({ status }) => status)).toEqual(['error', 'ok', 'cancelled'])
  })

  it('runs groups one after another, each at once', async () => {
    const { seen, run } = watched()
    const grouped = (id: string, group: string) => call(id, 'look', { group })
    await policyExecutor(scope, { run, tools: { look: reads }, groups: 'in-order' })([
      grouped('a', 'first'),
      grouped('b', 'second'),
      grouped('c', 'first'),
      grouped('d', 'second'),
    ])
    expect(seen.overlaps).toEqual(['a+c', 'b+d'])
  })

  it('does not wait for a soft dependency, and gives its result to who comes later', async () => {
    const soft: unknown[] = []
    const run = ({ callId = '' }: PolicyCall, { sibling }: PolicyContext) => {
      soft.push(sibling('a'))
      return callId
    }
    const tools = { look: { ...reads, maxConcurrency: 1 } }
    await policyExecutor(scope, { run, tools })([
      call('a', 'look'),
      call('b', 'look', { softDependsOn: ['a'] }),
    ])
    expect(soft).toEqual([undefined, { callId: 'a', status: 'ok', data: 'a' }])
    expect((await record()).calls.b).toMatchObject({ marks: ['soft:a'] })
  })
})

describe('what looks wrong', () => {
  it('an argument left empty that a sibling would have filled is marked and told', async () => {
    const run = ({ tool }: PolicyCall) =>
      tool === 'find_order' ? { order: { id: 7, customerId: 'c7' } } : {}
    const tools = { find_order: { ...reads, maxResultBytes: 10 }, get_customer: reads, get_lines: reads }
    await policyExecutor(scope, { run, tools })([
      call('a', 'find_order', { args: { q: 'seven' } }),
      call('b', 'get_customer', { args: { customer_id: '' } }),
      call('c', 'get_lines', { args: { order_id: '<order id>' } }),
      call('d', 'get_lines', { args: { order_id: null }, softDependsOn: ['a'] }),
      call('e', 'get_lines', { args: { order_id: 9 } }),
    ])
    const { calls } = await record()
    expect(['b', 'c', 'd', 'e'].map((id) => calls[id]?.marks?.join() ?? null)).toEqual([
      'looks-dependent:a',
      'looks-dependent:a',
      'soft:a',
      null,
    ])
    expect(told).toEqual(['looks-dependent'])
  })

  it('many calls at once without a cap are told', async () => {
    const many = Array.from({ length: 40 }, (_, i) => call(`c${i}`, 'look'))
    const tools = { look: reads }
    await policyExecutor(scope, { run: () => 1, tools })(many)
    expect(told).toEqual([])
    await policyExecutor(scope, { run: () => 1, tools, concurrency: Number.POSITIVE_INFINITY })(many)
    expect(told).toEqual(['fan-out'])
  })

  it('lint lists the tools that nobody classified, of core executors too', async () => {
    const tools = { look: reads, pay: { effect: 'write' as const } }
    await policyExecutor(scope, { run: () => 1, tools })([
      call('a', 'look'),
      call('b', 'pay'),
      call('c', 'mystery'),
    ])
    expect(lint(scope).map(({ tool }) => tool)).toEqual(['mystery', 'pay'])
    await scope.executor({ run: () => 1 })([call('a', 'other')])
    await scope.flush()
    expect(lint(scope).map(({ tool, problem }) => `${tool} ${problem}`)).toEqual([
      'mystery no-effect',
      'other no-effect',
      'pay no-resources',
    ])
    expect(scope.stats().unclassified).toEqual(['mystery', 'other'])
  })

  it('is not a scope', () => {
    expect(() => policyExecutor({} as Parascope, { run: () => 1 })).toThrow(TypeError)
  })
})
