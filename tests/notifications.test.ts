import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Channel, DeliveryList } from '#lib/contract/channels.ts'
import { type LocalServer, startLocalServer } from './testing/local-server.ts'

let server: LocalServer
let receiver: Server
let received: { headers: IncomingHttpHeaders; body: string }[]
let answerWith: number

beforeAll(async () => {
  server = await startLocalServer({ publicUrl: 'http://parascope.example' })
  receiver = createServer(async (req, res) => {
    received.push({ headers: req.headers, body: await text(req) })
    res.writeHead(answerWith).end('said the receiver')
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
})
beforeEach(() => {
  received = []
  answerWith = 204
})
afterAll(async () => {
  receiver.close()
  await server.stop()
})

const hook = () => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`

function send(method: string, path: string, body: unknown = {}, headers: Record<string, string> = {}) {
  if (method === 'DELETE') return server.client.ask(path, { method, headers })
  const typed = { 'content-type': 'application/json', ...headers }
  return server.client.ask(path, { method, headers: typed, body: JSON.stringify(body) })
}

async function makeChannel(change: Record<string, unknown> = {}): Promise<Channel> {
  const { status, json } = await send('POST', '/api/v1/channels', { name: 'on call', url: hook(), ...change })
  expect(status).toBe(201)
  return json as Channel
}

test('a test of a channel reaches its receiver, signed with the secret that only its making told', async () => {
  const channel = await makeChannel()
  expect(channel.secret).toMatch(/^whsec_/)
  const { status, json } = await send('POST', `/api/v1/channels/${channel.id}/test`)
  expect(status).toBe(200)
  const [{ headers, body }] = received as [(typeof received)[number]]
  const verified = new Webhook(channel.secret ?? '').verify(body, headers as Record<string, string>)
  expect(verified).toMatchObject({ type: 'test', data: { url: 'http://parascope.example' } })
  const { deliveries } = json as DeliveryList
  expect(deliveries).toMatchObject([
    { id: headers['webhook-id'], type: 'test', status: 'delivered', http_status: 204, attempts: 1 },
  ])
  const { channels } = await server.runtime.reads.listChannels()
  expect(channels.find(({ id }) => id === channel.id)).toEqual({ ...channel, secret: null })
})

test('a test that fails says how, and is not tried again behind the back of who waits for it', async () => {
  const channel = await makeChannel()
  answerWith = 500
  const { json } = await send('POST', `/api/v1/channels/${channel.id}/test`)
  expect((json as DeliveryList).deliveries).toMatchObject([
    { status: 'failed', http_status: 500, error: 'answered 500: said the receiver', next_attempt_at: null },
  ])
})

test('a channel in the manner of Slack gets text and no signature', async () => {
  const channel = await makeChannel({ format: 'slack', name: '<ops & co>' })
  expect(channel.secret).toBeNull()
  await send('POST', `/api/v1/channels/${channel.id}/test`)
  expect(received[0]?.headers['webhook-signature']).toBeUndefined()
  expect(JSON.parse(received[0]?.body ?? '')).toEqual({
    text: expect.stringContaining('“&lt;ops &amp; co&gt;”'),
  })
})

test('a channel can be changed without losing its secret, and removed with its log', async () => {
  const channel = await makeChannel()
  const renamed = { name: 'day shift', url: hook(), kinds: ['serialized'], enabled: false }
  const { json } = await send('PUT', `/api/v1/channels/${channel.id}`, renamed)
  expect(json).toMatchObject({ id: channel.id, secret: null, ...renamed, created_at: channel.created_at })
  await send('POST', `/api/v1/channels/${channel.id}/test`)
  const [{ headers, body }] = received as [(typeof received)[number]]
  new Webhook(channel.secret ?? '').verify(body, headers as Record<string, string>)
  expect((await send('DELETE', `/api/v1/channels/${channel.id}`)).status).toBe(204)
  expect(await server.runtime.reads.listDeliveries(channel.id, 10)).toBeNull()
  expect((await send('DELETE', `/api/v1/channels/${channel.id}`)).status).toBe(404)
})

test('a wrong channel is refused with the fields at fault', async () => {
  const cases: [Record<string, unknown>, string][] = [
    [{ url: hook() }, 'name'],
    [{ name: 'x', url: 'ftp://example.com' }, 'url'],
    [{ name: 'x', url: hook(), kinds: ['rain'] }, 'kinds[0]'],
    [{ name: 'x', url: hook(), events: [] }, 'events'],
  ]
  for (const [body, field] of cases) {
    const { status, json } = await send('POST', '/api/v1/channels', body)
    expect(status, field).toBe(400)
    expect((json as { detail: string }).detail).toContain(field)
  }
  expect((await send('PUT', '/api/v1/channels/none', { name: 'x', url: hook() })).status).toBe(404)
  expect((await send('POST', '/api/v1/channels/none/test')).status).toBe(404)
  expect((await send('POST', '/api/v1/channels/%E0%A4%A/test')).status).toBe(400)
})

test('a page of another origin can neither make a channel nor have one tested', async () => {
  const elsewhere = { origin: 'https://evil.example' }
  const input = { name: 'x', url: hook() }
  expect((await send('POST', '/api/v1/channels', input, elsewhere)).status).toBe(403)
  const { id } = await makeChannel()
  expect((await send('POST', `/api/v1/channels/${id}/test`, {}, elsewhere)).status).toBe(403)
  expect((await send('DELETE', `/api/v1/channels/${id}`, {}, elsewhere)).status).toBe(403)
  expect(received).toEqual([])
})
