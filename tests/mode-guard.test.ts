import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import type { ModeState } from '#lib/contract/mode.ts'
import { type LocalServer, startLocalServer } from './testing/local-server.ts'
import { loseOverlap } from './testing/lost-overlap.ts'
import { waitUntil } from './testing/wait-until.ts'

let server: LocalServer
let receiver: Server
let told: { type: string; data: Record<string, unknown> }[]
beforeEach(async () => {
  server = await startLocalServer()
  told = []
  receiver = createServer(async (req, res) => {
    told.push(JSON.parse(await text(req)))
    res.writeHead(204).end()
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await server.stop()
  receiver.close()
})

const JSON_TYPE = { 'content-type': 'application/json' }
let made = 0

async function put(rules: readonly unknown[], reason: string | null = null) {
  const { revision } = server.runtime.mode()
  const body = JSON.stringify({ revision, reason, rules })
  const answer = await server.client.ask('/api/v1/mode', { method: 'PUT', headers: JSON_TYPE, body })
  return { status: answer.status, mode: answer.json as ModeState }
}

async function makeChannel(change: Record<string, unknown> = {}): Promise<void> {
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
  const body = JSON.stringify({ name: 'on call', url, ...change })
  const { status } = await server.client.ask('/api/v1/channels', { method: 'POST', headers: JSON_TYPE, body })
  expect(status).toBe(201)
}

function batchesOf(count: number, outcome: 'ok' | 'error', change: Partial<IngestBatch> = {}): IngestBatch[] {
  return Array.from({ length: count }, () => {
    made += 1
    const call = { call_id: 'c', tool: 'refund', outcome, start_ms: 0, duration_ms: 5 } as const
    const base = { batch_id: `g-${made}`, agent: 'kyc', environment: 'production', mode: 'parallel' } as const
    return { ...base, started_at: Date.now(), calls: [call], ...change }
  })
}

async function send(batches: readonly IngestBatch[]): Promise<void> {
  expect((await server.client.postBatches({ batches })).status).toBe(200)
}

const guarded = (guard: Record<string, unknown>, change: Record<string, unknown> = {}) => ({
  id: 'rollout',
  mode: 'parallel',
  agent: 'kyc',
  environment: 'production',
  guard: { last_batches: 10, ...guard },
  ...change,
})
const isSerial = () => server.runtime.mode().rules[0]?.mode === 'serial'
const readLine = async () => (await server.runtime.reads.listModeAudit(1)).entries[0]

describe('a guarded rule', () => {
  it('is told with its guard, and null where it has none', async () => {
    const { mode } = await put([guarded({ max_failing_share: 0.2 }), { mode: 'parallel' }])
    expect(mode.rules.map(({ guard }) => guard)).toEqual([
      {
        alert_kinds: null,
        max_failing_share: 0.2,
        max_wall_p95_ms: null,
        last_batches: 10,
        cooldown_ms: 900_000,
        fired_at: null,
        fired_because: null,
      },
      null,
    ])
    expect((await put([{ mode: 'parallel', guard: {} }])).status).toBe(400)
  })

  it('becomes serial once too many batches fail, says so in the trail and to the channels, and does it once', async () => {
    await makeChannel()
    await makeChannel({ name: 'another team', environments: ['staging'] })
    await put([guarded({ max_failing_share: 0.2 }, { percentage: 50, expires_at: Date.now() + 60_000 })])
    await send([...batchesOf(7, 'ok'), ...batchesOf(3, 'error')])
    await waitUntil('the rule is serial', isSerial)
    const { revision, rules } = server.runtime.mode()
    expect(rules).toMatchObject([
      { id: 'rollout', mode: 'serial', percentage: 50, expires_at: null, set_by: 'guard' },
    ])
    const reason = '3 of the last 10 batches failed, more than 20 %'
    expect(await readLine()).toMatchObject({ revision, action: 'guard', by: 'guard', reason })
    await waitUntil('the channel is told', () => told.length > 0)
    expect(told).toMatchObject([{ type: 'mode.tightened', data: { action: 'guard', revision, reason } }])
    await send(batchesOf(20, 'error'))
    // The guards look at the log in its order: when this one has acted, they have seen all before.
    const canary = {
      id: 'canary',
      mode: 'parallel',
      agent: 'canary',
      environment: 'production',
      guard: { last_batches: 10, max_failing_share: 0 },
    }
    await put([...rules, canary])
    await send(batchesOf(10, 'error', { agent: 'canary' }))
    await waitUntil('the other guard acts', () => server.runtime.mode().rules[1]?.mode === 'serial')
    const { entries } = await server.runtime.reads.listModeAudit(10)
    expect(entries.filter(({ action }) => action === 'guard')).toHaveLength(2)
    await waitUntil('the channel is told of the other', () => told.length > 1)
    expect(told.map(({ data }) => data.revision)).toEqual([revision, revision + 2])
  })

  it('stays as a person sets it again while the guard cools down, and is guarded after', async () => {
    const guard = { max_failing_share: 0, cooldown_ms: 2_500 }
    await put([guarded(guard)])
    await send(batchesOf(10, 'error'))
    await waitUntil('the rule is serial', isSerial)
    const firedAt = server.runtime.mode().rules[0]?.guard?.fired_at ?? 0
    expect((await put([guarded(guard)])).status).toBe(400)
    const { status, mode } = await put([guarded(guard)], 'we look at it')
    expect([status, mode.rules[0]?.guard?.fired_at]).toEqual([200, firedAt])
    await send(batchesOf(10, 'error'))
    await waitUntil('the guard acts again', isSerial)
    const again = server.runtime.mode().rules[0]?.guard?.fired_at ?? 0
    expect(again - firedAt).toBeGreaterThanOrEqual(2_500)
  })

  it('looks at batches of its own: not at other agents, other modes, or what began before it was set', async () => {
    const before = batchesOf(10, 'error', { started_at: Date.now() - 60_000 })
    await put([guarded({ max_failing_share: 0 })])
    const { revision } = server.runtime.mode()
    await send(before)
    await send(batchesOf(10, 'error', { agent: 'triage' }))
    await send(batchesOf(10, 'error', { environment: 'staging' }))
    await send(batchesOf(10, 'error', { mode: 'serial' }))
    await send(batchesOf(9, 'error'))
    // A tick later than this one nothing has happened; a tenth batch of its own decides.
    const canary = await put([
      guarded({ max_failing_share: 0 }),
      { id: 'other', mode: 'parallel', agent: 'canary', guard: { last_batches: 10, max_failing_share: 0 } },
    ])
    expect(canary.mode.revision).toBe(revision + 1)
    await send(batchesOf(10, 'error', { agent: 'canary' }))
    await waitUntil('the other guard acts', () => server.runtime.mode().revision > revision + 1)
    expect(server.runtime.mode().rules[0]?.mode).toBe('parallel')
    await send(batchesOf(1, 'error'))
    await waitUntil('its own guard acts', isSerial)
  })

  it('becomes serial when an alert of its kinds opens for its agent, and not for another', async () => {
    await put([
      guarded({ alert_kinds: ['serialized'] }, { agent: 'support' }),
      { id: 'other', mode: 'parallel', agent: 'sales', guard: { alert_kinds: ['serialized'] } },
    ])
    await send(loseOverlap({ fromMs: Date.now() + 1_000, good: 60, bad: 40, mended: 0 }))
    await waitUntil('the rule is serial', isSerial)
    const line = await readLine()
    expect(line).toMatchObject({
      action: 'guard',
      reason: expect.stringMatching(/^serialized alert: .*alert-/),
    })
    expect(server.runtime.mode().rules[1]?.mode).toBe('parallel')
  })
})
