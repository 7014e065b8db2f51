import type { Locator, Page } from 'playwright-core'
import { describe, expect, onTestFinished } from 'vitest'
import { test } from './harness.ts'
import { addressOf, openPage, PATIENCE, readTable, spokenTexts } from './page-tools.ts'
import { sampleBatch, sampleCall, sendBatches } from './sample-batches.ts'

/** Four calls, no cap: one tried twice, one that held the turn, one that never ran. */
const KNOWN = sampleBatch({
  batch_id: 'known-batch-1',
  run_id: 'known-run',
  turn: 4,
  calls: [
    sampleCall({ call_id: 'order', tool: 'get_order', start_ms: 0.41, duration_ms: 118.02 }),
    sampleCall({
      call_id: 'payment',
      tool: 'get_payment',
      start_ms: 0.6,
      duration_ms: 100,
      outcome: 'error',
      error_code: 'busy',
    }),
    sampleCall({
      call_id: 'payment',
      attempt: 2,
      seq: 1,
      tool: 'get_payment',
      start_ms: 250,
      duration_ms: 336.85,
    }),
    sampleCall({
      call_id: 'shipment',
      seq: 2,
      tool: 'get_shipment',
      start_ms: 0.7,
      duration_ms: 934.125,
    }),
    {
      call_id: 'refund',
      seq: 3,
      tool: 'issue_refund',
      outcome: 'never-ran',
      effect: 'write',
      error_code: 'not_approved',
    },
  ],
})
const KNOWN_PATH = '/batches/known-batch-1'

test.beforeAll(({ server }) => sendBatches(server.url, [KNOWN]))

function calls(page: Page): Locator {
  return page.getByRole('listbox', { name: 'Calls' })
}

function facts(page: Page): Locator {
  return page.getByRole('complementary', { name: 'Facts' })
}

/** The window of the timeline in ms, as the address has it. */
function windowOf(page: Page): { fromMs: number; toMs: number } | null {
  const [fromMs, toMs] = (addressOf(page).get('t') ?? '').split('..').map(Number)
  return fromMs === undefined || toMs === undefined ? null : { fromMs, toMs }
}

describe('a batch', () => {
  test('says how long each call took and which one the turn waited for', async ({ page }) => {
    await openPage(page, KNOWN_PATH)
    expect(await spokenTexts(calls(page).getByRole('option'))).toEqual([
      'get_order, read, ok, 118 ms, from +0.4 ms',
      'get_payment, read, ok, 586 ms, from +0.6 ms, 2 attempts',
      'get_shipment, read, ok, 934 ms, from +0.7 ms, slowest sibling',
      'issue_refund, write, never ran, no time',
    ])
    // The last other call ends at 586.85, the slowest at 934.825.
    await facts(page).getByText('Held the turn 348 ms alone').waitFor()
    await facts(page).getByRole('heading', { name: 'get_shipment' }).waitFor()
  })

  test('has a table with the offsets that were sent, to the microsecond', async ({ page }) => {
    await openPage(page, KNOWN_PATH)
    await page.getByRole('button', { name: 'Table' }).click()
    const table = page.getByRole('region', { name: 'Table of the timeline' }).getByRole('table')
    await table.waitFor()
    expect(addressOf(page).get('table')).toBe('true')
    const rows = (await readTable(table)).map(({ tool, attempt, outcome, start, end, duration, call_id }) => [
      tool,
      attempt,
      outcome,
      start,
      end,
      duration,
      call_id,
    ])
    expect(rows).toEqual([
      ['get_order', '1', 'ok', '0.410', '118.430', '118.020', 'order'],
      ['get_payment', '1 of 2', 'error busy', '0.600', '100.600', '100.000', 'payment'],
      ['get_payment', '2 of 2', 'ok', '250.000', '586.850', '336.850', 'payment'],
      ['get_shipment slowest sibling', '1', 'ok', '0.700', '934.825', '934.125', 'shipment'],
      ['issue_refund', 'none', 'never ran not_approved', 'never ran', '', '', 'refund'],
    ])
    await page.keyboard.press('t')
    await calls(page).waitFor()
  })

  test('a call is chosen by keyboard, its facts are shown and its address can be copied', async ({
    page,
    browser,
    server,
  }) => {
    await openPage(page, KNOWN_PATH)
    await page.keyboard.press('j')
    await facts(page).getByRole('heading', { name: 'issue_refund' }).waitFor()
    await facts(page).getByText('Never ran: not_approved.').waitFor()
    // What never ran has no time anywhere.
    expect(await facts(page).getByRole('heading', { name: 'Times' }).count()).toBe(0)
    await page.keyboard.press('k')
    await page.keyboard.press('k')
    await facts(page).getByRole('heading', { name: 'get_payment' }).waitFor()
    await expect.poll(() => addressOf(page).get('call'), PATIENCE).toBe('payment')
    const active = await calls(page).getAttribute('aria-activedescendant')
    expect(await spokenTexts(page.locator(`[id="${active}"]`))).toEqual([
      'get_payment, read, ok, 586 ms, from +0.6 ms, 2 attempts',
    ])

    const colleague = await browser.newContext({ baseURL: server.url })
    onTestFinished(() => colleague.close())
    const copy = await colleague.newPage()
    await openPage(copy, page.url())
    await facts(copy).getByRole('heading', { name: 'get_payment' }).waitFor()

    await page.keyboard.press('Escape')
    await facts(page).getByRole('heading', { name: 'support-triage' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('heading', { name: 'Batches', level: 1 }).waitFor()
  })

  test('the wheel zooms at the pointer, the address keeps the window, and Fit shows everything', async ({
    page,
  }) => {
    await openPage(page, KNOWN_PATH)
    const plot = await calls(page).locator('canvas').boundingBox()
    expect(plot).not.toBeNull()
    const { x = 0, y = 0, width = 0 } = plot ?? {}
    const share = 0.25
    await page.mouse.move(x + width * share, y + 40)
    const zoom = async () => {
      const before = page.url()
      await page.mouse.wheel(0, -400)
      await expect.poll(() => page.url(), PATIENCE).not.toBe(before)
      const window = windowOf(page)
      return { ...window, spanMs: (window?.toMs ?? 0) - (window?.fromMs ?? 0) }
    }
    const first = await zoom()
    const second = await zoom()
    expect(second.spanMs).toBeLessThan(first.spanMs)
    const under = ({ fromMs = 0, spanMs }: { fromMs?: number; spanMs: number }) => fromMs + spanMs * share
    // The pointer stands on a whole pixel, the plot may begin between two.
    expect(Math.abs(under(first) - under(second))).toBeLessThan((first.spanMs / width) * 2)

    await page.reload()
    await calls(page).waitFor()
    expect(windowOf(page)).toEqual({ fromMs: second.fromMs, toMs: second.toMs })
    await page.getByRole('button', { name: 'Fit' }).click()
    await expect.poll(() => windowOf(page), PATIENCE).toBeNull()
    await expect.poll(() => page.getByRole('button', { name: 'Fit' }).isDisabled(), PATIENCE).toBe(true)
  })

  test('of one call says that nothing is to be compared', async ({ page, server }) => {
    const single = sampleBatch({ batch_id: 'lonely-1', calls: [sampleCall({ duration_ms: 42 })] })
    await sendBatches(server.url, [single])
    await openPage(page, '/batches/lonely-1')
    await page.getByText('only one call', { exact: true }).waitFor()
    await facts(page).getByText('One call, 42.0 ms.').waitFor()
    expect(await calls(page).getByRole('option').count()).toBe(1)
    expect(await page.getByText(/slowest sibling/i).count()).toBe(0)
  })

  test('says in words that calls began before they were handed over', async ({ page, server }) => {
    const early = sampleBatch({
      batch_id: 'early-1',
      calls: [sampleCall({ start_ms: -12.5 }), sampleCall({ start_ms: 3 })],
    })
    await sendBatches(server.url, [early])
    await openPage(page, '/batches/early-1')
    const oddities = page.getByRole('list', { name: 'Oddities' })
    await oddities
      .getByText('1 call began before the hand-over, the first at −12.5 ms; kept as sent.')
      .waitFor()
  })

  test('says in words that clocks are apart', async ({ page, server }) => {
    const started = Date.now() + 30 * 86_400_000
    await sendBatches(server.url, [sampleBatch({ batch_id: 'skewed-1', started_at: started })])
    await openPage(page, '/batches/skewed-1')
    await page
      .getByRole('list', { name: 'Oddities' })
      .getByText(/^The sender's clock and this server's are 30\.0 d apart/)
      .waitFor()
  })

  test('links to the turns before and after', async ({ page, server }) => {
    const turns = [1, 2, 3].map((turn) =>
      sampleBatch({ batch_id: `turn-${turn}`, run_id: 'chat', turn, started_at: Date.now() + turn * 1000 }),
    )
    await sendBatches(server.url, turns)
    await openPage(page, '/batches/turn-2?agent=support-triage')
    await page.keyboard.press(']')
    await page.getByRole('heading', { name: 'turn-3' }).waitFor()
    expect(addressOf(page).get('agent')).toBe('support-triage')
    await page.keyboard.press('[')
    await page.getByRole('heading', { name: 'turn-2' }).waitFor()
    await page.getByRole('link', { name: 'Older' }).click()
    await page.getByRole('heading', { name: 'turn-1' }).waitFor()
    expect(await page.getByRole('link', { name: 'Older' }).count()).toBe(0)
  })

  test('of 10,000 calls opens, answers keys and can be unfolded', async ({ page, server }) => {
    const huge = sampleBatch({
      batch_id: 'huge-1',
      calls: Array.from({ length: 10_000 }, (_, index) =>
        sampleCall({
          tool: `tool_${index % 7}`,
          start_ms: (index % 100) * 3,
          duration_ms: 50 + (index % 331),
        }),
      ),
    })
    await sendBatches(server.url, [huge])
    await openPage(page, '/batches/huge-1')
    await page.getByText('10,000').first().waitFor()
    await calls(page).focus()
    await page.keyboard.press('f')
    await expect
      .poll(() => calls(page).getByRole('option').first().getAttribute('aria-setsize'), PATIENCE)
      .toBe('10000')
    await page.keyboard.press('End')
    const last = calls(page).getByRole('option', { selected: true })
    await expect.poll(() => last.getAttribute('aria-posinset'), PATIENCE).toBe('10000')
    await facts(page).getByRole('heading', { name: 'tool_3' }).waitFor()
    // Only rows in sight exist.
    expect(await calls(page).getByRole('option').count()).toBeLessThan(500)
  })

  test('that nobody knows gives a page that says what to do', async ({ page }) => {
    await openPage(page, `/batches/${encodeURIComponent('known-ba 100%41%')}`)
    await page.getByText('known-ba 100%41%').waitFor()
    await page.getByRole('heading', { name: 'No batch has this id' }).waitFor()
    await page.getByRole('link', { name: 'Ids that begin with known-ba' }).click()
    await page.getByRole('link').and(page.getByTitle('known-batch-1')).waitFor()
  })
})
