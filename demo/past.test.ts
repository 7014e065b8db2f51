import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ensurePast } from './past.ts'

let dir: string
let server: Server
let url: string
let ids: Set<string>
let revision: number
let modePuts: { revision: number; rules: unknown[] }[]
let lines: string[]

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'parascope-past-'))
  ids = new Set()
  revision = 0
  modePuts = []
  lines = []
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString('utf8')
    response.end(
      JSON.stringify(answer(`${request.method} ${request.url}`, text === '' ? null : JSON.parse(text))),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(async () => {
  server.close()
  await rm(dir, { recursive: true })
})

function answer(
  route: string,
  body: { batches: { batch_id: string }[]; revision: number; rules: unknown[] },
): unknown {
  if (route === 'GET /api/v1/mode') return { revision, default: 'parallel', rules: [] }
  if (route === 'PUT /api/v1/mode') {
    modePuts.push(body)
    revision += 1
    return { revision, default: 'parallel', rules: body.rules }
  }
  if (route.startsWith('GET /api/v1/batches')) return { batches: [...ids].slice(0, 1) }
  const before = ids.size
  for (const batch of body.batches) ids.add(batch.batch_id)
  const accepted = ids.size - before
  return { accepted, duplicates: body.batches.length - accepted, rejected: [] }
}

const ensure = () => ensurePast({ url, dir, seed: 1, days: 0.25, onLine: (line) => lines.push(line) })

test('an empty server gets a past, and the revisions that its batches speak of', async () => {
  await ensure()
  expect(ids.size).toBeGreaterThan(500)
  expect(modePuts).toMatchObject([
    { revision: 0, rules: [{ agent: 'support-refund', environment: 'production', mode: 'serial' }] },
    { revision: 1, rules: [] },
  ])
})

test('a server with a past is left as it is', async () => {
  await ensure()
  const size = ids.size
  await ensure()
  expect(ids.size).toBe(size)
  expect(modePuts).toHaveLength(2)
  expect(lines.at(-1)).toContain('batches already')
})

test('an interrupted history is completed with the same batches', async () => {
  await ensure()
  const whole = [...ids]
  const file = path.join(dir, 'history.json')
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), isComplete: false }))
  ids = new Set(whole.slice(0, 300))
  await ensure()
  expect(new Set(ids)).toEqual(new Set(whole))
})

test('a mark that a kill cut short is as good as none', async () => {
  await writeFile(path.join(dir, 'history.json'), '{"seed":1,')
  await ensure()
  expect(ids.size).toBeGreaterThan(500)
})

test('rules that somebody set are not touched', async () => {
  revision = 4
  await ensure()
  expect(modePuts).toEqual([])
})
