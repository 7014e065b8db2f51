import type { Page } from 'playwright-core'
import { describe, expect, vi } from 'vitest'
import type { AlertDetail, AlertList } from '#lib/contract/alerts.ts'
import type { ModeState } from '#lib/contract/mode.ts'
import { loseOverlap } from '../tests/testing/lost-overlap.ts'
import { test, VIEWS } from './harness.ts'
import { addressOf, expectNoSidewaysScroll, openPage, PATIENCE, spokenTexts } from './page-tools.ts'
import { sendBatches } from './sample-batches.ts'

/*
 * One agent loses its overlap with version 1.7 and gets it back with 1.8: the tests go through the life of
 * that one alert in order.
 */

const RUNS = loseOverlap({
  fromMs: Date.now() - 200 * 60_000,
  good: 60,
  bad: 10,
  mended: 60,
  agent: 'checkout',
})

async function read<T>(url: string, path: string): Promise<T> {
  return (await (await fetch(new URL(path, url))).json()) as T
}

async function listed(url: string): Promise<AlertList['alerts']> {
  return (await read<AlertList>(url, '/api/v1/alerts?state=all&agent=checkout')).alerts
}

async function onlyAlert(url: string): Promise<AlertDetail> {
  const [alert] = await listed(url)
  return read<AlertDetail>(url, `/api/v1/alerts/${alert?.id}`)
}

test.beforeAll(async ({ server }) => {
  await sendBatches(server.url, RUNS.slice(0, 70))
  await vi.waitUntil(async () => (await listed(server.url)).length === 1, PATIENCE)
})

async function confirm(page: Page, label: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('region', { name: 'What it does' }).waitFor()
  await dialog.getByRole('button', { name: label, exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
}

describe('the list', () => {
  test('says what changed and because of what, and opens by keyboard', async ({ page, server }) => {
    const alert = await onlyAlert(server.url)
    await openPage(page, '/alerts')
    const rows = page.getByRole('row').filter({ hasText: 'serialized' })
    await expect.poll(() => rows.count(), PATIENCE).toBe(1)
    const [row = ''] = await spokenTexts(rows)
    expect(row).toContain(alert.summary)
    expect(row).toMatch(/version 1\.7 odds [\d,]+ (k )?to 1/)
    await page
      .getByRole('navigation', { name: 'Pages' })
      .getByRole('img', { name: '1 open alert' })
      .first()
      .waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: alert.summary }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('heading', { level: 1, name: 'Alerts' }).waitFor()
  })

  test('keeps its filters in the address, and says what to do when nothing matches', async ({ page }) => {
    await openPage(page, '/alerts')
    await page.getByRole('button', { name: 'Resolved', exact: true }).click()
    await expect.poll(() => addressOf(page).get('state'), PATIENCE).toBe('resolved')
    await page.getByRole('heading', { name: 'No resolved alert matches' }).waitFor()
    await page.getByRole('button', { name: 'Alerts in every state' }).click()
    await expect.poll(() => addressOf(page).get('state'), PATIENCE).toBe('all')
    await page.getByRole('row').filter({ hasText: 'serialized' }).waitFor()
    await openPage(page, '/alerts?kind=conflict')
    await page.getByRole('button', { name: 'Clear the filters' }).click()
    await page.getByRole('row').filter({ hasText: 'serialized' }).waitFor()
  })
})

describe('an alert', () => {
  test('shows the deploy to blame, real batches of before and after, and what to press', async ({
    page,
    server,
  }) => {
    const { id, evidence } = await onlyAlert(server.url)
    await openPage(page, `/alerts/${id}`)
    const figures = await spokenTexts(page.locator('dl[aria-label="The alert in figures"] > div'))
    expect(figures[1]).toMatch(/^Suspect 1\.7 version, odds [\d,]+ (k )?to 1$/)
    const aside = page.getByRole('complementary', { name: 'What to do' })
    await aside.getByText(/It came with the deploy of 1\.7: stop its rollout, or go back to 1\.6\./).waitFor()
    await aside.getByText('It does not help here.').waitFor()
    await aside.getByText(/an await in a loop, not a queue/).waitFor()
    for (const name of ['Before: 3 calls', 'After: 3 calls']) {
      await page.getByRole('figure', { name }).waitFor()
    }
    const firstPair = [evidence.batches_before[0], evidence.batches_after[0]]
    const pair = () => spokenTexts(page.getByRole('region', { name: 'Before and after' }).locator('h3 ~ a'))
    await expect.poll(pair, PATIENCE).toEqual(firstPair.map((batchId) => shortened(batchId ?? '')))
    await page.keyboard.press(']')
    await expect.poll(() => addressOf(page).get('pair'), PATIENCE).toBe('2')
    await page.getByRole('button', { name: 'Table: Evidence over time' }).click()
    await expect.poll(() => page.getByRole('table', { name: 'Evidence over time' }).count(), PATIENCE).toBe(1)
  })

  test('leads to its first bad batch, which says that it is evidence', async ({ page, server }) => {
    const { id, summary, evidence } = await onlyAlert(server.url)
    await openPage(page, `/alerts/${id}`)
    await page.getByRole('link', { name: 'First bad batch' }).first().click()
    await page.getByRole('list', { name: 'Alerts' }).getByRole('link', { name: summary }).waitFor()
    expect(new URL(page.url()).pathname).toBe(`/batches/${evidence.first_bad_batch_id}`)
  })

  test('stands on the overview with its suspect, and as a flag on the time axis', async ({
    page,
    server,
  }) => {
    const { id } = await onlyAlert(server.url)
    await openPage(page, '/')
    const panel = page.getByRole('region', { name: 'Open alerts' })
    await panel.getByText('checkout').waitFor()
    await panel.getByText(/odds [\d,]+ (k )?to 1/).waitFor()
    const flag = page.getByRole('figure').getByRole('link', { name: /version checkout@1\.7/ })
    await expect.poll(() => flag.first().getAttribute('aria-label'), PATIENCE).toContain('alert serialized')
    await panel.getByRole('link', { name: 'serialized' }).click()
    await expect.poll(() => new URL(page.url()).pathname, PATIENCE).toBe(`/alerts/${id}`)
  })
})

describe('what a person does', () => {
  test('says what it touches, stands in the history, and can be taken back', async ({ page, server }) => {
    const { id } = await onlyAlert(server.url)
    await openPage(page, `/alerts/${id}`)
    await page.keyboard.press('a')
    await page.getByRole('dialog').getByLabel('Note').fill('looking at the diff')
    await confirm(page, 'Acknowledge')
    await page.getByText(/^acknowledged \d/).waitFor()
    await page.getByText('looking at the diff').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(async () => (await onlyAlert(server.url)).status, PATIENCE).toBe('open')
    const events = (await onlyAlert(server.url)).history.map(({ event }) => event)
    expect(events).toEqual(['opened', 'acknowledged', 'unacknowledged'])
  })

  test('a silence has an end, and a note stays', async ({ page, server }) => {
    const { id } = await onlyAlert(server.url)
    await openPage(page, `/alerts/${id}`)
    await page.keyboard.press('s')
    await page.getByRole('dialog').getByText('1 h', { exact: true }).click()
    await confirm(page, 'Silence')
    await page.getByRole('button', { name: 'End the silence' }).first().waitFor()
    const { silenced_until: untilMs } = await onlyAlert(server.url)
    expect(Math.abs((untilMs ?? 0) - Date.now() - 3_600_000)).toBeLessThan(60_000)
    await page.keyboard.press('n')
    await page.getByRole('dialog').getByLabel('Note').fill('same as in March')
    await confirm(page, 'Add the note')
    await page.getByText('same as in March').waitFor()
    await page.keyboard.press('s')
    await confirm(page, 'End the silence')
    await expect.poll(async () => (await onlyAlert(server.url)).status, PATIENCE).toBe('open')
  })

  test('the switch in place makes the agent serial, and its line names the alert', async ({
    page,
    server,
  }) => {
    const { id } = await onlyAlert(server.url)
    await openPage(page, `/alerts/${id}`)
    await page.getByRole('radio', { name: 'serial' }).click()
    await confirm(page, 'Make it serial')
    const rules = async () => (await read<ModeState>(server.url, '/api/v1/mode')).rules
    await expect
      .poll(rules, PATIENCE)
      .toMatchObject([{ agent: 'checkout', environment: 'production', tool: null, mode: 'serial' }])
    expect((await rules())[0]?.reason).toContain(id)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Undo revision/ })
      .click()
    await expect.poll(rules, PATIENCE).toEqual([])
  })
})

describe('on a phone', () => {
  test.override('view', VIEWS.phoneDark)

  test('list and alert fit, and what to press comes first', async ({ page, server }) => {
    const { id } = await onlyAlert(server.url)
    await openPage(page, '/alerts')
    await page.getByRole('link', { name: /checkout runs/ }).waitFor()
    await expectNoSidewaysScroll(page)
    await openPage(page, `/alerts/${id}`)
    await page.getByRole('heading', { name: 'What to press' }).waitFor()
    await expectNoSidewaysScroll(page)
    const top = async (name: string) =>
      (await page.getByRole('heading', { name, exact: true }).boundingBox())?.y ?? 0
    expect(await top('What to press')).toBeLessThan(844)
    expect(await top('What to press')).toBeLessThan(await top('Before and after'))
    expect(await top('Before and after')).toBeLessThan(await top('Step by step'))
  })
})

describe('the end of an alert', () => {
  test('comes by itself with the version that mends it, on every open page', async ({ page, server }) => {
    const { id } = await onlyAlert(server.url)
    await openPage(page, `/alerts/${id}`)
    await page.getByRole('button', { name: 'Acknowledge' }).first().waitFor()
    await sendBatches(server.url, RUNS.slice(70))
    await page.getByText(/^resolved after/).waitFor()
    await page.getByText('resolved by evidence').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('heading', { name: 'Nothing has been lost' }).waitFor()
    await page.getByText(/1 agent and 130 batches watched since/).waitFor()
  })
})

/** As the page cuts an id. */
function shortened(batchId: string): string {
  return batchId.length <= 18 ? batchId : `${batchId.slice(0, 9)}\u2026${batchId.slice(-8)}`
}
