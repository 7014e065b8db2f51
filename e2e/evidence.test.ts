import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import type { BatchList } from '#lib/contract/reads.ts'
import { batchTable } from './batch-list.ts'
import { test as base } from './harness.ts'
import { addressOf, openPage, PATIENCE } from './page-tools.ts'

// Nothing becomes final by itself while a test looks.
const test = base.override('serverOptions', { environment: { PARASCOPE_SPAN_QUIET_MS: '600000' } })

const START_MS = Date.now() - 5_000

interface SpanSaid {
  readonly id: number
  readonly name: string
  /** From the start of the run, in ms. */
  readonly at: readonly [from: number, to: number]
  readonly says: Readonly<Record<string, string>>
}

/** Spans of one trace and one service, as an exporter sends them. */
async function exportSpans(url: string, trace: string, spans: readonly SpanSaid[]): Promise<void> {
  const attributes = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }))
  const nano = (ms: number) => `${START_MS + ms}000000`
  const body = {
    resourceSpans: [
      {
        resource: { attributes: attributes({ 'service.name': `service-${trace}` }) },
        scopeSpans: [
          {
            scope: { name: 'spans-of-a-test' },
            spans: spans.map(({ id, name, at, says }) => ({
              traceId: Buffer.from(trace.padEnd(16, '.')).toString('hex'),
              spanId: id.toString(16).padStart(16, '0'),
              name,
              startTimeUnixNano: nano(at[0]),
              endTimeUnixNano: nano(at[1]),
              attributes: attributes(says),
            })),
          },
        ],
      },
    ],
  }
  const answer = await fetch(new URL('/v1/traces', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(200)
}

const tool = (id: number, name: string, at: SpanSaid['at'], callId?: string): SpanSaid => ({
  id,
  name: `execute_tool ${name}`,
  at,
  says: {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': name,
    ...(callId === undefined ? {} : { 'gen_ai.tool.call.id': callId }),
  },
})

const chat = (id: number, at: SpanSaid['at'], calls: readonly (readonly [id: string, name: string])[]) => {
  const parts = calls.map(([callId, name]) => ({ type: 'tool_call', id: callId, name }))
  return {
    id,
    name: 'chat scripted-1',
    at,
    says: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts }]),
    },
  }
}

async function settle(url: string): Promise<void> {
  await fetch(new URL('/api/v1/otlp/settle', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
}

/** The id of the only batch of a service, once it has one. */
async function idOf(url: string, service: string): Promise<string> {
  let ids: string[] = []
  const read = async () => {
    const answer = await fetch(new URL(`/api/v1/batches?agent=${service}`, url))
    ids = ((await answer.json()) as BatchList).batches.map(({ batch_id }) => batch_id)
    return ids.length
  }
  await expect.poll(read, PATIENCE).toBe(1)
  return ids[0] ?? ''
}

function mark(page: Page) {
  return page.getByText('provisional', { exact: true })
}

describe('a batch that is made of spans', () => {
  test('is provisional in the list and on its page until it is final', async ({ page, server }) => {
    await exportSpans(server.url, 'calm', [tool(1, 'get_order', [0, 300]), tool(2, 'get_payment', [10, 500])])
    const id = await idOf(server.url, 'service-calm')
    await openPage(page, '/batches?agent=service-calm')
    await batchTable(page).getByText('provisional').waitFor()
    await openPage(page, `/batches/${id}`)
    await mark(page).waitFor()
    await settle(server.url)
    await expect.poll(() => mark(page).count(), PATIENCE).toBe(0)
  })

  test('says that overlap is all that holds it together, and claims no model call', async ({
    page,
    server,
  }) => {
    await exportSpans(server.url, 'seen', [tool(1, 'search', [0, 300]), tool(2, 'look_up', [10, 500])])
    await openPage(page, `/batches/${await idOf(server.url, 'service-seen')}?call=`)
    await page.getByText('No model call was seen').first().waitFor()
    const facts = page.getByRole('complementary', { name: 'Facts' })
    await facts.getByText('no model call seen', { exact: true }).waitFor()
    await facts.getByText('at most 2').waitFor()
  })

  test('shows what was asked for without inventing when it ran', async ({ page, server }) => {
    await exportSpans(server.url, 'asked', [
      chat(
        1,
        [0, 700],
        [
          ['call_q8f0wqe89121', 'search'],
          ['call_q8f0wqe89122', 'look_up'],
        ],
      ),
    ])
    await openPage(page, `/batches/${await idOf(server.url, 'service-asked')}`)
    await page.getByText('No span of a tool was seen').first().waitFor()
    const calls = page.getByRole('listbox', { name: 'Calls' }).getByRole('option')
    await expect.poll(() => calls.count(), PATIENCE).toBe(2)
    const facts = page.getByRole('complementary', { name: 'Facts' })
    await facts.getByText('2 calls', { exact: true }).waitFor()
  })

  test('leads on from an id whose calls turned out to be of another batch, also while it is looked at', async ({
    page,
    server,
  }) => {
    const first = 'call_z7x1kqw30551'
    const second = 'call_z7x1kqw30552'
    await exportSpans(server.url, 'late', [
      tool(1, 'search', [800, 1_000], first),
      tool(2, 'look_up', [810, 1_400], second),
    ])
    const guessed = await idOf(server.url, 'service-late')
    await openPage(page, `/batches/${guessed}?by=start`)
    await mark(page).waitFor()
    await exportSpans(server.url, 'late', [
      chat(
        3,
        [0, 790],
        [
          [first, 'search'],
          [second, 'look_up'],
        ],
      ),
    ])
    await page.getByText(`Asked for as ${guessed}`).waitFor()
    expect(page.url()).not.toContain(`/batches/${guessed}`)
    expect(addressOf(page).get('by')).toBe('start')

    await openPage(page, `/batches/${guessed}`)
    await page.getByText(`Asked for as ${guessed}`).waitFor()
    expect(page.url()).not.toContain(`/batches/${guessed}`)
  })
})
