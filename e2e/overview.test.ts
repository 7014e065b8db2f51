import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import type { Overview, Siblings } from '#lib/contract/reads.ts'
import { formatDuration } from '#lib/format/duration.ts'
import { formatPercent } from '#lib/format/number.ts'
import { test } from './harness.ts'
import { addressOf, openPage, PATIENCE, readTable, spokenTexts } from './page-tools.ts'
import { sampleBatch, sampleCall, sendBatches } from './sample-batches.ts'

const HOUR_MS = 3_600_000
const WEEK_MS = 7 * 24 * HOUR_MS
const NOW_MS = Date.now()
/** The overview of these batches and no others, whatever other tests send. */
const ADDRESS = '/?agent=measured'

const common = { agent: 'measured', model_ms: 400 }
/** 100 ms beside 60 that start 15 ms late are 75 % as good as can be; one after another is 0, all at once is 1. */
const BATCHES = [
  sampleBatch({
    ...common,
    started_at: NOW_MS - 2 * HOUR_MS,
    calls: [
      sampleCall({ tool: 'read_policy', duration_ms: 60 }),
      sampleCall({ tool: 'charge_card', start_ms: 15, outcome: 'error' }),
    ],
  }),
  sampleBatch({
    ...common,
    started_at: NOW_MS - 3 * HOUR_MS,
    calls: [
      sampleCall({ tool: 'get_order' }),
      sampleCall({ tool: 'charge_card', start_ms: 100, duration_ms: 200 }),
    ],
  }),
  sampleBatch({
    ...common,
    started_at: NOW_MS - 4 * HOUR_MS,
    calls: [sampleCall({ tool: 'get_order' }), sampleCall({ tool: 'read_policy', outcome: 'timeout' })],
  }),
  // A week earlier everything overlapped.
  sampleBatch({
    ...common,
    started_at: NOW_MS - WEEK_MS - 3 * HOUR_MS,
    calls: [sampleCall(), sampleCall()],
  }),
]

test.beforeAll(({ server }) => sendBatches(server.url, BATCHES))

async function read<T>(url: string, path: string): Promise<T> {
  return (await (await fetch(new URL(path, url))).json()) as T
}

/** The four figures: label, value, comparison. */
function figures(page: Page): Promise<string[]> {
  return spokenTexts(page.locator('dl[aria-label="How parallel mode does"] > div'))
}

describe('the figures', () => {
  test('are those of the API, which are those of the batches that were sent', async ({ page, server }) => {
    await openPage(page, ADDRESS)
    await expect.poll(() => figures(page), PATIENCE).toHaveLength(4)
    const { now, last_week: before } = await read<Overview>(
      server.url,
      '/api/v1/overview?agent=measured&range=24h',
    )
    expect(now).toMatchObject({ batches: 3, calls: 6, failures: 2, efficiency_n: 3 })
    expect(now.overlap_efficiency).toBeCloseTo((0.75 + 0 + 1) / 3, 9)
    // Sums of the calls less what their union covers: 45, 0 and 100.
    expect(now.saved_ms).toBeCloseTo(145, 6)
    expect(before).toMatchObject({ batches: 1, calls: 2, failures: 0, overlap_efficiency: 1 })

    const [efficiency, saved, wall, failing] = await figures(page)
    expect(efficiency).toContain(`Overlap efficiency ${formatPercent(now.overlap_efficiency ?? 0)}`)
    expect(saved).toContain(formatDuration(now.saved_ms))
    expect(wall).toContain(`Batch wall p95 ${formatDuration(now.wall_p95_ms ?? 0)}`)
    expect(failing).toContain(`Failing calls ${formatPercent(2 / 6)}`)
    expect(Math.abs((now.wall_p95_ms ?? 0) - 115)).toBeLessThanOrEqual(1.15)
  })

  test('have a table behind the picture of a turn, whose parts are what was sent', async ({ page }) => {
    await openPage(page, ADDRESS)
    await page.getByRole('button', { name: 'Table: Time of a turn' }).click()
    const rows = await readTable(page.getByRole('table', { name: /^Time of a turn/ }))
    const turns = rows.filter((row) => row.Turns === '1')
    expect(turns.map((row) => [row.Model, row.Tools])).toEqual([
      ['400 ms', '115 ms'],
      ['400 ms', '300 ms'],
      ['400 ms', '100 ms'],
    ])
    expect(addressOf(page).get('table')).toBe('turn')
  })

  test('follow new batches within a moment', async ({ page, server }) => {
    await openPage(page, '/?agent=followed')
    await page.getByRole('heading', { name: 'No batch in this window' }).waitFor()
    await sendBatches(server.url, [sampleBatch({ agent: 'followed' })])
    await expect.poll(async () => (await figures(page))[3], PATIENCE).toMatch(/^Failing calls 0 % 0 of 2/)
    await sendBatches(server.url, [
      sampleBatch({ agent: 'followed', calls: [sampleCall({ outcome: 'error' }), sampleCall()] }),
    ])
    await expect.poll(async () => (await figures(page))[3], PATIENCE).toMatch(/^Failing calls 25 % 1 of 4/)
  })
})

describe('below the figures', () => {
  test('the ledger names the tool that turns waited for, and leads to it', async ({ page, server }) => {
    await openPage(page, ADDRESS)
    const ledger = page.getByRole('region', { name: 'Slowest siblings' })
    const { siblings } = await read<Siblings>(server.url, '/api/v1/siblings?agent=measured&range=24h')
    const charged = siblings.find(({ tool }) => tool === 'charge_card')
    expect(charged).toMatchObject({ batches: 2, slowest: 2, slowest_share: 1 })
    expect(charged?.blocked_ms).toBeCloseTo(55 + 200, 6)
    const [first] = await readTable(ledger.getByRole('table'))
    expect(first).toMatchObject({ Tool: 'charge_card', 'Slowest in': '100 %' })
    expect(Object.values(first ?? {}).at(-1)).toBe('255 ms')
    await ledger.getByRole('link', { name: 'charge_card' }).click()
    await page.getByRole('heading', { name: 'charge_card', level: 1 }).waitFor()
    expect(addressOf(page).getAll('agent')).toEqual(['measured'])
  })

  test('the newest batches open', async ({ page }) => {
    await openPage(page, ADDRESS)
    const newest = page.getByRole('region', { name: 'Newest batches' }).getByRole('link')
    await newest.and(page.getByTitle(BATCHES[0]?.batch_id ?? '')).click()
    await page.getByRole('heading', { name: BATCHES[0]?.batch_id ?? '' }).waitFor()
  })

  test('the switch stands beside the mode of each environment', async ({ page, server }) => {
    await sendBatches(server.url, [sampleBatch({ environment: 'switched' })])
    await openPage(page, '/')
    const strip = page.getByRole('region', { name: 'Mode of each environment' })
    await strip.getByRole('button', { name: 'Serial now: switched' }).click()
    await page.getByText('parallel → serial: every agent in switched').waitFor()
    await page.getByRole('button', { name: 'Make switched serial' }).click()
    await strip.getByRole('link', { name: 'Loosen switched' }).waitFor()
  })
})
