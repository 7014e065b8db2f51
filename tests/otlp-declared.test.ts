import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ExportLine } from '#lib/contract/reads.ts'
import { toOtlpRequest } from '#lib/otlp/write-batch.ts'
import { type LocalServer, startLocalServer } from './testing/local-server.ts'
import { waitUntil } from './testing/wait-until.ts'

/*
 * An agent that reports its batches and exports its spans, too: the SDK marks its spans with the id of the batch.
 */

let server: LocalServer
beforeAll(async () => {
  server = await startLocalServer()
})
afterAll(() => server.stop())

const REPORTED = {
  batch_id: 'reported-by-the-sdk',
  run_id: 'run-1',
  turn: 4,
  agent: 'support',
  mode: 'serial',
  started_at: Date.now() - 5_000,
  calls: ['call_aa11bb22cc', 'call_bb22cc33dd'].map((call_id, i) => ({
    call_id,
    tool: `tool_${i}`,
    outcome: 'ok',
    start_ms: 300 * i,
    duration_ms: 250,
  })),
}

const post = async (path: string, body: unknown) => {
  const { status } = await server.client.ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(status).toBe(200)
}
const listAll = async () => (await server.runtime.reads.listBatches({}, Date.now())).batches

it('counts a batch once that is reported and told in spans, whoever told of its model call', async () => {
  await post('/api/v1/batches', { batches: [REPORTED] })
  const [line] = (await server.runtime.reads.listExport({}, null, Date.now())).lines
  const request = toOtlpRequest(JSON.parse(line ?? '') as ExportLine)
  const spans = request.resourceSpans[0]?.scopeSpans[0]?.spans ?? []
  // The framework's own span of the model call knows nothing of the SDK.
  const [chat, ...tools] = spans
  const own = { ...chat, attributes: chat?.attributes.filter(({ key }) => !key.startsWith('parascope.')) }
  await post('/v1/traces', { resourceSpans: [{ scopeSpans: [{ spans: [own, ...tools] }] }] })
  await waitUntil('the spans are assembled', async () => {
    expect((await listAll()).map(({ batch_id }) => batch_id)).toEqual([REPORTED.batch_id])
    const { unassembled_runs, provisional_batches, late } = await server.runtime.reads.getOtlpReceipt()
    return unassembled_runs + provisional_batches === 0 && late > 0
  })
  expect(await listAll()).toMatchObject([
    { batch_id: REPORTED.batch_id, source: 'sdk', mode: 'serial', revision: 1 },
  ])
})

it.each([
  ['while they wait', 60_000],
  ['after they were final', 0],
])('lets a report take the place of its own spans, %s', async (_when, quietMs) => {
  const spans = { quietMs, maxBufferBytes: 1 << 20, capturesContent: false }
  const own = await startLocalServer({ spans })
  const ask = (path: string, body: unknown) =>
    own.client.ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const list = async () => (await own.runtime.reads.listBatches({}, Date.now())).batches
  const known = (await server.runtime.reads.listExport({}, null, Date.now())).lines[0]
  await ask('/v1/traces', toOtlpRequest(JSON.parse(known ?? '') as ExportLine))
  await waitUntil('they are a batch', async () => (await list())[0]?.provisional === quietMs > 0)
  expect((await ask('/api/v1/batches', { batches: [REPORTED] })).json).toMatchObject({ accepted: 1 })
  expect((await ask('/api/v1/batches', { batches: [REPORTED] })).json).toMatchObject({ duplicates: 1 })
  await ask('/api/v1/otlp/settle', {})
  await waitUntil('nothing waits', async () => {
    const { unassembled_runs, provisional_batches } = await own.runtime.reads.getOtlpReceipt()
    return unassembled_runs + provisional_batches === 0
  })
  expect(await list()).toMatchObject([{ batch_id: REPORTED.batch_id, source: 'sdk', provisional: false }])
  await own.stop()
})
