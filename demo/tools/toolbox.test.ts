import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ToolArgs, ToolName } from '../catalogue.ts'
import { type Service, startService } from '../service/service.ts'
import { createWorld } from '../world.ts'
import { type ClockLine, createToolClock, type ToolClock } from './clock.ts'
import { createToolbox, type Toolbox } from './toolbox.ts'

const trace = { agent: 'a', environment: 'test', version: '1', batchKey: 'r/1', runId: 'r', turn: 1 }
let dir: string
let service: Service
let clock: ToolClock
let toolbox: Toolbox
let conflicts: string[]

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'parascope-demo-'))
  service = await startService({ seed: 1, world: createWorld(1), latencyScale: 0.1 })
  service.tune('credit-check', { medianMs: 300, sigma: 0, tailShare: 0, unavailableShare: 0 })
  clock = createToolClock(path.join(dir, 'tool-clock.jsonl'))
  conflicts = []
  toolbox = createToolbox({ dir, serviceUrl: service.url, clock, onConflict: (line) => conflicts.push(line) })
})

afterEach(async () => {
  toolbox.close()
  clock.close()
  await service.close()
  await rm(dir, { recursive: true })
})

function call(
  callId: string,
  tool: ToolName,
  args: ToolArgs,
  signal = new AbortController().signal,
): Promise<unknown> {
  return toolbox.run(tool, args, { callId, signal, trace })
}

const credit = (callId: string, amountCents: number) =>
  call(callId, 'apply_credit', { customerId: 'cus_1001', amountCents })
const audit = () => call('audit', 'audit_balance', { customerId: 'cus_1001' })

async function clockLines(): Promise<ClockLine[]> {
  const text = await readFile(path.join(dir, 'tool-clock.jsonl'), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ClockLine)
}

test('two overlapping credits lose one update, and the audit names it', async () => {
  await Promise.all([credit('call_a', 500), credit('call_b', 700)])
  await expect(audit()).rejects.toMatchObject({ code: 'lost_update' })
  expect(conflicts).toHaveLength(1)
  expect(conflicts[0]).toMatch(
    /but 12\.00 were credited: lost call_[ab] \([57]\.00\) overwritten by call_[ab]$/,
  )
  const [first, second] = await clockLines()
  expect(second?.startedAtMs).toBeLessThan(first?.endedAtMs ?? 0)
})

test('credits one after another lose nothing', async () => {
  await credit('call_a', 500)
  await credit('call_b', 700)
  await expect(audit()).resolves.toMatchObject({ balanceCents: 1200, expectedCents: 1200, lost: [] })
  expect(conflicts).toEqual([])
  const [first, second] = await clockLines()
  expect(second?.startedAtMs).toBeGreaterThanOrEqual(first?.endedAtMs ?? Number.POSITIVE_INFINITY)
})

test('a loss is reported once; the next audit looks only at what came after', async () => {
  await Promise.all([credit('call_a', 500), credit('call_b', 500)])
  await expect(audit()).rejects.toMatchObject({ code: 'lost_update' })
  await credit('call_c', 100)
  await expect(audit()).resolves.toMatchObject({ balanceCents: 600, expectedCents: 1100, lost: [] })
})

test('an aborted credit writes nothing', async () => {
  const abort = new AbortController()
  const pending = call('call_a', 'apply_credit', { customerId: 'cus_1001', amountCents: 500 }, abort.signal)
  abort.abort()
  await expect(pending).rejects.toThrow()
  await expect(audit()).resolves.toMatchObject({ balanceCents: 0 })
})

test('files are read and written where the demo lives and nowhere else', async () => {
  await expect(call('c1', 'read_policy', { policy: 'refunds' })).resolves.toMatchObject({
    text: expect.stringContaining('30 days'),
  })
  await call('c2', 'append_ticket_note', { ticketId: 'tkt_1', note: 'called back' })
  await expect(call('c3', 'list_ticket_notes', { ticketId: 'tkt_1' })).resolves.toMatchObject({
    notes: [expect.stringContaining('called back')],
  })
  await expect(call('c4', 'read_policy', { policy: '../ledger' })).rejects.toMatchObject({
    code: 'argument_invalid',
  })
})

test('a passing failure of the service is retriable, a refusal is not', async () => {
  service.tune('order', { unavailableShare: 1 })
  await expect(call('c1', 'get_order', { orderId: 'ord_20000' })).rejects.toMatchObject({
    code: 'unavailable',
    retriable: true,
  })
  service.tune('customer', { unavailableShare: 0 })
  await expect(call('c2', 'get_customer', { customerId: 'cus_9' })).rejects.toMatchObject({
    code: 'not_found',
    retriable: false,
  })
})
