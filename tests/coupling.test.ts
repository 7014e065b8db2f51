import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Coupling } from '#lib/contract/coupling.ts'
import { type LocalServer, startLocalServer } from './testing/local-server.ts'
import { waitUntil } from './testing/wait-until.ts'

const AT_MS = Date.UTC(2026, 10, 18, 12)

let server: LocalServer
beforeAll(async () => {
  server = await startLocalServer()
})
afterAll(() => server.stop())

const call = (callId: string, tool: string, change: object = {}) => ({
  call_id: callId,
  tool,
  start_ms: 0,
  duration_ms: 100,
  outcome: 'ok',
  effect: 'read',
  resources: ['orders/1'],
  ...change,
})

/** `get` and `put` of one order beside each other, `put` failing every other time; `put` alone never fails. */
function batchesOfAgent(agent: string) {
  return Array.from({ length: 120 }, (_, i) => {
    const put = call('p', 'put', { effect: 'write', outcome: i < 60 && i % 2 === 0 ? 'error' : 'ok' })
    const calls = i < 60 ? [call('g', 'get'), put] : [put]
    return { batch_id: `${agent}/${i}`, agent, model: 'm-1', started_at: AT_MS + i * 60_000, calls }
  })
}

const ask = (query: Parameters<LocalServer['runtime']['reads']['listCoupling']>[0]): Promise<Coupling> =>
  server.runtime.reads.listCoupling(query, AT_MS + 86_400_000)

test('the audit says what meets, who fails beside whom, and what each model emits', async () => {
  await server.client.postBatches({ batches: [...batchesOfAgent('kyc'), ...batchesOfAgent('triage')] })
  await waitUntil('the pairs are counted', async () => {
    const { tools } = await ask({})
    return tools.reduce((sum, { calls }) => sum + calls, 0) === 360
  })
  const coupling = await ask({ agent: ['kyc'] })
  expect(coupling.conflicts).toMatchObject([
    { tools: ['get', 'put'], agents: ['kyc'], together: 60, overlapped: 60, conflicts: 60, possible: 0 },
  ])
  expect(coupling.coupled).toMatchObject([
    {
      agent: 'kyc',
      tool: 'put',
      sibling: 'get',
      beside: { batches: 60, failed: 30 },
      apart: { batches: 60, failed: 0 },
      is_identifiable: true,
      alert_id: null,
    },
  ])
  expect(
    coupling.tools.map(({ tool, effect, calls, undeclared }) => [tool, effect, calls, undeclared]),
  ).toEqual([
    ['put', 'write', 120, 0],
    ['get', 'read', 60, 0],
  ])
  expect(coupling.tools[0]?.resources).toEqual([{ root: 'orders', calls: 240 }])
  const [model] = coupling.emitted
  expect(model?.model).toBe('m-1')
  expect(model?.series.reduce((sum, { turns }) => sum + turns, 0)).toBe(120)
  expect((await ask({ agent: ['nobody'] })).tools).toEqual([])
  expect((await ask({ to: AT_MS - 86_400_000 })).conflicts).toEqual([])
})

test('what a person marks of a tool stands in the audit, until it is taken back', async () => {
  const mark = (tool: string, marks: unknown) =>
    server.client.ask(`/api/v1/tools/${encodeURIComponent(tool)}/marks`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(marks),
    })
  const answersOf = async (tool: string) =>
    (await ask({})).tools
      .find((item) => item.tool === tool)
      ?.answers.map(({ answer, source }) => `${answer} ${source}`)
  expect(
    (await mark('put', { idempotent: 'no', independent: 'no', note: 'mails twice' })).json,
  ).toMatchObject({
    tool: 'put',
    marks: [
      { question: 'idempotent', answer: 'no', note: 'mails twice', by: 'local' },
      { question: 'independent', answer: 'no' },
    ],
  })
  expect(await answersOf('put')).toEqual(['null none', 'no marked', 'no marked'])
  expect((await mark('put', { independent: null })).status).toBe(200)
  expect(await answersOf('put')).toEqual(['null none', 'no marked', 'null none'])
  expect((await mark('put', {})).status).toBe(400)
  const wrong = await mark('put', { atomic: 'maybe' })
  expect(wrong.status).toBe(400)
  expect((wrong.json as { detail: string }).detail).toContain('atomic')
})
