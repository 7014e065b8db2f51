import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import type { Truth } from '../frameworks/otlp/refund.ts'
import { runAgent } from '../frameworks/otlp/run-agent.ts'
import { batchTable, listedIds } from './batch-list.ts'
import { test as base } from './harness.ts'
import { openPage, PATIENCE, readTable } from './page-tools.ts'

/** What is between a tool's body and its span, whose start is in whole milliseconds. */
const TOLERANCE_MS = 2

// Batches stay provisional for as long as the test looks at them, and become final when it asks for that.
const test = base.override('serverOptions', { environment: { PARASCOPE_SPAN_QUIET_MS: '600000' } })

async function settle(url: string): Promise<void> {
  const answer = await fetch(new URL('/api/v1/otlp/settle', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  expect(answer.status).toBe(202)
}

/** The table of a batch's timeline against what the tools of that turn saw. */
async function expectTimeline(page: Page, truth: Truth, turn: number): Promise<void> {
  await page.getByRole('button', { name: 'Table' }).click()
  const table = page.getByRole('region', { name: 'Table of the timeline' }).getByRole('table')
  await table.waitFor()
  const rows = await readTable(table)
  const planned = truth.emitted[turn - 1] ?? []
  expect(rows.map(({ call_id }) => call_id)).toEqual(planned.map(({ callId }) => callId))
  const ran = truth.observed.filter((call) => planned.some(({ callId }) => callId === call.callId))
  const startedAtMs = Math.min(...ran.map((call) => call.startedAtMs))
  for (const { call_id, outcome, end, duration } of rows) {
    const observed = ran.find(({ callId }) => callId === call_id)
    if (observed === undefined) throw new Error(`${call_id} never ran.`)
    expect(outcome?.split(' ')[0]).toBe(observed.outcome)
    const most = TOLERANCE_MS + truth.stalledMs
    const trueMs = observed.endedAtMs - observed.startedAtMs
    expect(Math.abs(Number(duration) - trueMs), `duration of ${observed.tool}`).toBeLessThanOrEqual(2 * most)
    const endMs = observed.endedAtMs - startedAtMs
    expect(Math.abs(Number(end) - endMs), `end of ${observed.tool}`).toBeLessThanOrEqual(2 * most)
  }
}

describe("an agent with a framework's own exporter", () => {
  test('its batches appear while its spans arrive, become final once, and are as its tools saw them', async ({
    page,
    server,
  }) => {
    await openPage(page, '/batches?environment=observed')
    await page.getByRole('heading', { name: 'No batch has been recorded yet' }).waitFor()
    await page.getByRole('switch', { name: 'Live' }).click()

    const [, truth] = await runAgent({
      agent: 'ai-sdk',
      variant: 'stream',
      endpoint: server.url,
      environment: 'observed',
      oneByOne: true,
    })
    if (truth === undefined) throw new Error('The agent told of one case only.')
    // Two cases of two turns each: every turn is one row, however many requests told of it.
    await expect.poll(() => listedIds(page), PATIENCE).toHaveLength(4)
    const ids = await listedIds(page)
    const provisional = batchTable(page).getByText('provisional')
    await expect.poll(() => provisional.count(), PATIENCE).toBe(4)

    await settle(server.url)
    await expect.poll(() => provisional.count(), PATIENCE).toBe(0)
    expect(await listedIds(page)).toEqual(ids)

    // The newest first: the turns of the second case, its dependent call before its lookups.
    await openPage(page, `/batches/${ids[1]}`)
    const facts = page.getByRole('complementary', { name: 'Facts' })
    await facts.getByRole('button', { name: 'Let the selection go' }).click()
    await facts.getByRole('heading', { name: 'refund-agent' }).waitFor()
    await facts.getByText('by call ids', { exact: true }).waitFor()
    await facts.getByText('OpenTelemetry spans').waitFor()
    await expectTimeline(page, truth, 1)
    await openPage(page, `/batches/${ids[0]}`)
    await expectTimeline(page, truth, 2)
  })
})
