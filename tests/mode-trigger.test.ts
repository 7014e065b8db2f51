import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ModeState, ModeTriggerAnswer } from '#lib/contract/mode.ts'
import { type LocalServer, startLocalServer } from './testing/local-server.ts'

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes, ok').toString('base64')}`
const webhook = new Webhook(SECRET)
let server: LocalServer
let closed: LocalServer
beforeAll(async () => {
  server = await startLocalServer({ triggerSecret: SECRET })
})
afterAll(() => server.stop())
let made = 0
const nextId = () => `msg_${++made}`

interface Sending {
  readonly id?: string
  readonly at?: Date
  readonly headers?: Record<string, string>
}

function trigger(body: unknown, { id = nextId(), at = new Date(), headers = {} }: Sending = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const signed = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': webhook.sign(id, at, text),
    ...headers,
  }
  return server.client.ask('/api/v1/mode/trigger', { method: 'POST', headers: signed, body: text })
}

async function put(rules: readonly unknown[]): Promise<ModeState> {
  const body = JSON.stringify({ revision: server.runtime.mode().revision, reason: 'a test', rules })
  const headers = { 'content-type': 'application/json' }
  const { status, json } = await server.client.ask('/api/v1/mode', { method: 'PUT', headers, body })
  expect(status).toBe(200)
  return json as ModeState
}

beforeEach(async () => {
  await put([])
})

describe('a signed message', () => {
  it('tightens for as long as it says, with a line of its own', async () => {
    const body = { environment: 'production', agent: 'kyc', expires_in: '30m', reason: 'errors at checkout' }
    const { status, json } = await trigger(body, { id: 'msg_first' })
    const answer = json as ModeTriggerAnswer
    expect([status, answer.changed, answer.replayed]).toEqual([200, true, false])
    const [rule] = server.runtime.mode().rules
    expect(rule).toMatchObject({
      environment: 'production',
      agent: 'kyc',
      tool: null,
      mode: 'serial',
      set_by: 'trigger msg_first',
      expires_at: answer.expires_at,
    })
    expect((rule?.expires_at ?? 0) - (rule?.set_at ?? 0)).toBe(30 * 60_000)
    const { entries, intact } = await server.runtime.reads.listModeAudit(1)
    expect(entries).toMatchObject([
      { action: 'trigger', by: 'trigger msg_first', reason: 'errors at checkout' },
    ])
    expect(intact).toBe(true)
  })

  it('is taken once: again it changes nothing, also after somebody has loosened', async () => {
    const at = new Date()
    expect((await trigger({ agent: 'kyc' }, { id: 'msg_again', at })).json).toMatchObject({ changed: true })
    await put([])
    const { revision } = server.runtime.mode()
    const { status, json } = await trigger({ agent: 'kyc' }, { id: 'msg_again', at })
    expect([status, json]).toEqual([200, expect.objectContaining({ changed: false, replayed: true })])
    expect(server.runtime.mode()).toMatchObject({ revision, rules: [] })
  })

  it('that finds all as it wants it is a line all the same', async () => {
    await put([{ mode: 'serial' }])
    const { json } = await trigger({ agent: 'kyc', mode: 'reads-only' })
    expect(json).toMatchObject({
      changed: false,
      summary: expect.stringContaining('as the rules said already'),
    })
    expect(server.runtime.mode().rules).toHaveLength(1)
    expect((await server.runtime.reads.listModeAudit(1)).entries[0]?.action).toBe('trigger')
  })

  it('never loosens: reads-only over a rollout from serial makes it serial', async () => {
    await put([
      { agent: 'kyc', mode: 'parallel', percentage: 25 },
      { agent: 'kyc', mode: 'serial' },
    ])
    const { json } = await trigger({ environment: 'production', mode: 'reads-only', expires_in: 600 })
    expect(json).toMatchObject({ changed: true, summary: expect.stringContaining('reads-only was asked') })
    const held = server.runtime.mode().rules.filter(({ set_by: by }) => by.startsWith('trigger'))
    expect(held.map(({ agent, environment, mode }) => [agent, environment, mode])).toEqual([
      [null, 'production', 'serial'],
      ['kyc', 'production', 'serial'],
    ])
  })

  it('holds a tool within batches', async () => {
    expect((await trigger({ tool: 'refund' })).status).toBe(200)
    expect(server.runtime.mode().rules).toMatchObject([{ tool: 'refund', mode: 'serial', agent: null }])
  })
})

describe('a message that is not right', () => {
  const anyMinute = 60_000
  it.each([
    ['no signature', { headers: { 'webhook-signature': '' } }],
    [
      'another key',
      {
        headers: {
          'webhook-signature': new Webhook(Buffer.alloc(32, 7).toString('base64')).sign(
            'x',
            new Date(),
            '{}',
          ),
        },
      },
    ],
    ['no words', { headers: { 'webhook-signature': 'v1' } }],
    ['another version', { headers: { 'webhook-signature': 'v2,AAAA' } }],
    ['another id', { headers: { 'webhook-id': 'msg_other' } }],
    ['no id', { headers: { 'webhook-id': '' } }],
    ['no time', { headers: { 'webhook-timestamp': 'now' } }],
    ['too old', { at: new Date(Date.now() - 6 * anyMinute) }],
    ['too new', { at: new Date(Date.now() + 6 * anyMinute) }],
  ] satisfies [string, Sending][])('is refused with 401 and changes nothing: %s', async (_, sending) => {
    const { revision } = server.runtime.mode()
    const { status, headers } = await trigger({ agent: 'kyc' }, sending)
    expect([status, headers['content-type']]).toEqual([401, expect.stringContaining('problem+json')])
    expect(server.runtime.mode().revision).toBe(revision)
  })

  it.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['a list', []],
    ['to loosen', { mode: 'parallel' }],
    ['an unknown mode', { mode: 'sequential' }],
    ['an end in the past', { expires_in: -5 }],
    ['an end too far', { expires_in: '90d' }],
    ['no span', { expires_in: 'soon' }],
    ['half a character', '{"agent":"\\ud800"}'],
  ])('is refused with 400 when it is signed and asks for %s', async (_, body) => {
    const { revision } = server.runtime.mode()
    expect((await trigger(body)).status).toBe(400)
    expect(server.runtime.mode().revision).toBe(revision)
  })

  it('never breaks the server, whatever it says and however it is signed', async () => {
    const anyText = fc.oneof(fc.json(), fc.string(), fc.constant('{"agent":"__proto__","expires_in":"1m"}'))
    const anyHeader = fc.stringMatching(/^[!-~ ]{0,60}$/)
    const property = fc.asyncProperty(anyText, anyHeader, fc.boolean(), async (body, text, isSigned) => {
      const headers = isSigned ? {} : { 'webhook-signature': text, 'webhook-timestamp': text }
      const { status } = await trigger(body, { headers })
      expect(status).toBeLessThan(500)
      if (!isSigned) expect(status).toBe(401)
    })
    await fc.assert(property, { numRuns: 150 })
  })

  it('is refused where no secret is set', async () => {
    closed = await startLocalServer()
    const { status } = await closed.client.ask('/api/v1/mode/trigger', { method: 'POST', body: '{}' })
    await closed.stop()
    expect(status).toBe(404)
  })
})

/** Runs a recipe of the runbook as it stands there. */
async function runRecipe(name: string): Promise<string> {
  const runbook = await readFile(path.resolve(import.meta.dirname, '../docs/mode-runbook.md'), 'utf8')
  const recipe = runbook.split(`\`\`\`sh\n# ${name}\n`)[1]?.split('```')[0] ?? 'false'
  const env = { ...process.env, PARASCOPE_TRIGGER_SECRET: SECRET, PARASCOPE_URL: server.url }
  return (await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', recipe], { env })).stdout
}

it('serial now can be pressed by the recipe of the runbook', async () => {
  expect(JSON.parse(await runRecipe('serial-now'))).toMatchObject({
    rules: [{ environment: 'production', mode: 'serial', reason: 'incident' }],
  })
})

it('can be sent by the recipe of the runbook, with curl and openssl alone', async () => {
  const stdout = await runRecipe('trigger')
  expect(JSON.parse(stdout)).toMatchObject({ changed: true, replayed: false })
  expect(server.runtime.mode().rules).toMatchObject([{ environment: 'production', mode: 'serial' }])
})
