import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { startLocalServer } from './testing/local-server.ts'
import { waitUntil } from './testing/wait-until.ts'

const PLANTED = 'Frau Holle wants her money back'
const PASSWORD = 'hunter2-and-more'

/** A call whose arguments, result and error are told in full, as senders do who have switched that on. */
function exportOf(status: object, result: object): string {
  const attributes = {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'refund',
    'gen_ai.tool.call.id': 'call_9fK2mQ7xZ',
    'gen_ai.tool.call.arguments': JSON.stringify({ note: PLANTED, password: PASSWORD }),
    'gen_ai.tool.call.result': JSON.stringify(result),
  }
  const span = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    name: 'execute_tool refund',
    startTimeUnixNano: '1790000000000000000',
    endTimeUnixNano: '1790000000100000000',
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } })),
    status,
  }
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
}

/** What a server shows of the call, and everything that its data folder holds. */
async function record(capturesContent: boolean, body: string) {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'parascope-capture-'))
  const spans = { quietMs: 100, maxBufferBytes: 1 << 20, capturesContent }
  const server = await startLocalServer({ dataDir, spans })
  try {
    const headers = { 'content-type': 'application/json' }
    expect((await fetch(`${server.url}/v1/traces`, { method: 'POST', headers, body })).status).toBe(200)
    const list = () => server.runtime.reads.listBatches({}, Date.now())
    await waitUntil('the batch is final', async () => (await list()).batches[0]?.provisional === false)
    const { batches } = await list()
    const files = await Promise.all(
      (await readdir(dataDir)).map((name) => readFile(path.join(dataDir, name))),
    )
    return { call: batches[0]?.calls[0], stored: Buffer.concat(files).toString('latin1') }
  } finally {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

it('keeps no content unless it was asked to', async () => {
  const { call, stored } = await record(false, exportOf({ code: 2, message: PLANTED }, { said: PLANTED }))
  expect(call).toMatchObject({ tool: 'refund', outcome: 'error', captured: null })
  expect(call?.args_fp).not.toEqual([])
  expect(stored).not.toContain('Holle')
})

it('keeps redacted excerpts when it was', async () => {
  const ok = await record(true, exportOf({}, { said: PLANTED }))
  expect(ok.call?.captured).toEqual({
    args: `{"note":"${PLANTED}","password":"[redacted]"}`,
    result: `{"said":"${PLANTED}"}`,
    error: null,
  })
  expect(ok.stored).not.toContain(PASSWORD)
  const failed = await record(true, exportOf({ code: 2, message: `no: password=${PASSWORD}` }, {}))
  expect(failed.call?.captured?.error).toBe('no: password=[redacted]')
  expect(failed.stored).not.toContain(PASSWORD)
})
