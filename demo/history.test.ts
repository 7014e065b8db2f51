import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { WireBatch } from './history/wire.ts'
import { hasBatches, writeHistory } from './history.ts'

const SCOPE = { seed: 1, days: 0.25, nowMs: Date.UTC(2026, 8, 30, 12) }
const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** Stores by id as the contract says, and refuses every `refuseEvery`-th request with 429. */
async function startStore(refuseEvery = 0) {
  const stored = new Map<string, WireBatch>()
  const requests: number[] = []
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '0' })
      response.end(JSON.stringify(body))
    }
    if (request.method === 'GET') return answer(200, { batches: [...stored.values()].slice(0, 1) })
    const { batches } = JSON.parse(await readText(request)) as { batches: WireBatch[] }
    requests.push(batches.length)
    if (refuseEvery > 0 && requests.length % refuseEvery === 0) return answer(429, {})
    const fresh = batches.filter((batch) => !stored.has(batch.batch_id))
    for (const batch of fresh) stored.set(batch.batch_id, batch)
    return answer(200, { accepted: fresh.length, duplicates: batches.length - fresh.length, rejected: [] })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stored, requests }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

test('a busy server gets every batch once, in requests of bounded size', async () => {
  const store = await startStore(3)
  const fractions: number[] = []
  const result = await writeHistory({
    ...SCOPE,
    url: store.url,
    onProgress: ({ fraction }) => fractions.push(fraction),
  })
  expect(result).toEqual({ accepted: store.stored.size, duplicates: 0 })
  expect(store.stored.size).toBeGreaterThan(500)
  expect(Math.max(...store.requests)).toBeLessThanOrEqual(500)
  expect(fractions.at(-1)).toBe(1)
})

test('writing the same history again adds nothing', async () => {
  const store = await startStore()
  const first = await writeHistory({ ...SCOPE, url: store.url })
  const again = await writeHistory({ ...SCOPE, url: store.url })
  expect(again).toEqual({ accepted: 0, duplicates: first.accepted })
})

test('whether a server has a past is seen from its list', async () => {
  const store = await startStore()
  expect(await hasBatches({ url: store.url })).toBe(false)
  await writeHistory({ ...SCOPE, url: store.url })
  expect(await hasBatches({ url: store.url })).toBe(true)
})

test('a refusal stops the writing and says why', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(401, { 'content-type': 'application/problem+json' })
    response.end(JSON.stringify({ title: 'a token is needed' }))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await expect(writeHistory({ ...SCOPE, url })).rejects.toThrow(/401.*a token is needed/)
})

test('an abort ends the writing', async () => {
  const store = await startStore()
  const abort = new AbortController()
  const writing = writeHistory({
    ...SCOPE,
    url: store.url,
    signal: abort.signal,
    onProgress: () => abort.abort(),
  })
  await expect(writing).rejects.toThrow(/abort/i)
})
