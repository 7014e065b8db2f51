import type { Page } from 'playwright-core'
import { describe } from 'vitest'
import { test } from './harness.ts'
import { openPage } from './page-tools.ts'
import { sampleBatch, sampleCall, sendBatches } from './sample-batches.ts'

/** Two reads and two writes under policies: one pair kept apart, one that was not, a retry, a limit, a hint. */
const PLANNED = sampleBatch({
  batch_id: 'planned-batch-1',
  concurrency: 8,
  calls: [
    sampleCall({
      call_id: 'order',
      tool: 'get_order',
      resources: ['orders/1'],
      start_ms: 1,
      duration_ms: 80,
    }),
    sampleCall({
      call_id: 'refund',
      seq: 1,
      tool: 'refund',
      effect: 'write',
      resources: ['orders/1'],
      depends_on: ['order'],
      marks: ['idempotency-key'],
      start_ms: 81,
      duration_ms: 60,
      outcome: 'error',
      error_code: '503',
    }),
    sampleCall({
      call_id: 'refund',
      attempt: 2,
      seq: 1,
      tool: 'refund',
      effect: 'write',
      resources: ['orders/1'],
      marks: ['idempotency-key'],
      held_ms: 150,
      start_ms: 291,
      duration_ms: 60,
    }),
    sampleCall({
      call_id: 'note',
      seq: 2,
      tool: 'add_note',
      effect: 'write',
      resources: ['orders/1/notes'],
      depends_on: ['refund'],
      start_ms: 321,
      duration_ms: 90,
    }),
    sampleCall({
      call_id: 'lines',
      seq: 3,
      tool: 'get_lines',
      marks: ['truncated', 'rate-limited', 'looks-dependent:order'],
      held_ms: 20,
      result_bytes: 5_400,
      captured: { args: '{"order_id":""}', result: null, error: null },
      start_ms: 20,
      duration_ms: 30,
    }),
  ],
})
const PATH = '/batches/planned-batch-1'

test.beforeAll(({ server }) => sendBatches(server.url, [PLANNED]))

const panel = (page: Page) =>
  page.locator('section').filter({ has: page.getByRole('heading', { name: 'Plan', level: 2 }) })
const facts = (page: Page) => page.getByRole('complementary', { name: 'Facts' })

describe('the plan of a batch', () => {
  test('says which calls may overlap, why others may not, and what happened', async ({ page }) => {
    await openPage(page, PATH)
    const plan = panel(page)
    await plan.getByText('3 of 6 pairs may').waitFor()
    await plan.getByText('same resource orders/1, and one writes it').waitFor()
    await plan.getByText('1 overlapped, up to 30.0 ms').waitFor()
    await plan.getByText('each depends on a call between them').waitFor()
    await plan.getByText('both only read').waitFor()
    await plan.getByText(/^get_lines looks dependent on get_order, beside which it was emitted/).waitFor()
  })

  test('is told for each call, with what the policies did to it', async ({ page }) => {
    await openPage(page, `${PATH}?call=note`)
    await facts(page).getByText('apart from 2 of 3 siblings').waitFor()
    await page.getByRole('option', { name: /^refund/ }).click()
    await facts(page).getByText('one for all attempts').waitFor()
    await facts(page).getByText('Held back before retries').waitFor()
    await page.getByRole('option', { name: /^get_lines/ }).click()
    await facts(page).getByText('cut, was 5.40 kB').waitFor()
    await facts(page).getByText('Held back by a rate limit').waitFor()
    await facts(page).getByText('{"order_id":""}').waitFor()
  })
})
