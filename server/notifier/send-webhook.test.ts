import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { isPublicAddress } from './address-guard.ts'
import { type SendPolicy, sendWebhook } from './send-webhook.ts'

const SECRET = `whsec_${Buffer.from('a secret of 24 bytes here').toString('base64')}`
const NOW_MS = Date.UTC(2026, 10, 20, 12)
const LOOPBACK: SendPolicy = { allowedHosts: new Set(['127.0.0.1', 'localhost']), followRedirects: false }

let server: Server | undefined
afterEach(() => server?.close())

/** A receiver on loopback, and what reached it. */
async function receive(answer: (req: IncomingMessage, res: ServerResponse) => void) {
  const received: { headers: IncomingMessage['headers']; body: string; url: string | undefined }[] = []
  server = createServer(async (req, res) => {
    received.push({ headers: req.headers, body: await text(req), url: req.url })
    answer(req, res)
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { received, url: `http://127.0.0.1:${port}/hook` }
}

const message = (url: string, secret: string | null = SECRET) => ({
  id: 'msg_1',
  body: '{"type":"test"}',
  channel: { url, secret },
})

test('a message is signed over its id, its time and its body, as the specification has it', async () => {
  const { received, url } = await receive((_, res) => res.writeHead(204).end())
  const result = await sendWebhook(message(url), LOOPBACK, NOW_MS)
  expect(result).toMatchObject({ status: 'delivered', httpStatus: 204, error: null })
  const [{ headers, body }] = received as [(typeof received)[number]]
  const signed = `msg_1.${NOW_MS / 1000}.${body}`
  const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64')
  expect(headers['webhook-id']).toBe('msg_1')
  expect(headers['webhook-timestamp']).toBe(String(NOW_MS / 1000))
  expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
})

test('a channel without secret is not signed', async () => {
  const { received, url } = await receive((_, res) => res.end('ok'))
  expect(await sendWebhook(message(url, null), LOOPBACK, NOW_MS)).toMatchObject({ status: 'delivered' })
  expect(received[0]?.headers['webhook-signature']).toBeUndefined()
})

test('a refusal is told with what the receiver said of it and how long it asks to wait', async () => {
  const { url } = await receive((_, res) =>
    res.writeHead(503, { 'retry-after': '7' }).end('down for <b>repair</b>'),
  )
  expect(await sendWebhook(message(url), LOOPBACK, NOW_MS)).toMatchObject({
    status: 'failed',
    httpStatus: 503,
    error: 'answered 503: down for <b>repair</b>',
    retryAfterMs: 7000,
  })
})

test('nobody listening is a failure in words', async () => {
  const result = await sendWebhook(message('http://127.0.0.1:9/'), LOOPBACK, NOW_MS)
  expect(result).toMatchObject({ status: 'failed', httpStatus: null })
  expect(result.error).toMatch(/ECONNREFUSED/)
})

test('private addresses are refused, however they are written, and nothing is sent', async () => {
  const { received, url } = await receive((_, res) => res.end())
  const { port } = new URL(url)
  const strict: SendPolicy = { allowedHosts: new Set(), followRedirects: false }
  const hosts = ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '10.1.2.3']
  for (const host of hosts) {
    const result = await sendWebhook(message(`http://${host}:${port}/`), strict, NOW_MS)
    expect(result, host).toMatchObject({ status: 'refused', httpStatus: null })
    expect(result.error).toContain('PARASCOPE_WEBHOOK_ALLOWED_HOSTS')
  }
  expect(received).toEqual([])
})

test('a redirect is not followed unless that is allowed, and then never to a private address', async () => {
  const { received, url } = await receive((req, res) => {
    if (req.url === '/hook') res.writeHead(307, { location: '/moved' }).end()
    else if (req.url === '/moved') res.writeHead(308, { location: 'http://169.254.169.254/latest' }).end()
  })
  const refused = await sendWebhook(message(url), LOOPBACK, NOW_MS)
  expect(refused).toMatchObject({ status: 'failed', httpStatus: 307 })
  expect(refused.error).toContain('a redirect to /moved, which is not followed')
  expect(received.map((request) => request.url)).toEqual(['/hook'])
  const followed = await sendWebhook(message(url), { ...LOOPBACK, followRedirects: true }, NOW_MS)
  expect(followed).toMatchObject({ status: 'refused' })
  expect(received.map((request) => request.url)).toEqual(['/hook', '/hook', '/moved'])
})

test('an IPv4 address is private exactly when its form inside IPv6 is', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      expect(isPublicAddress(`::ffff:${address}`)).toBe(isPublicAddress(address))
    }),
  )
})

test('what is no address is not public', () => {
  for (const text of ['', 'example.com', '1.2.3', '999.1.1.1']) expect(isPublicAddress(text)).toBe(false)
  for (const address of ['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111'])
    expect(isPublicAddress(address)).toBe(true)
})
