import { describe, expect } from 'vitest'
import { listedIds } from './batch-list.ts'
import { test, VIEWS } from './harness.ts'
import {
  addressOf,
  expectNoSidewaysScroll,
  forgive,
  isDark,
  openPage,
  PATIENCE,
  readTable,
  spokenTexts,
} from './page-tools.ts'
import { sampleBatch, sendBatches } from './sample-batches.ts'

const PAGES = [
  ['Overview', '/'],
  ['Batches', '/batches'],
  ['Tools', '/tools'],
  ['Alerts', '/alerts'],
  ['Parallel mode', '/mode'],
  ['Connect', '/connect'],
] as const

/** 15:04:05 in UTC, 00:04:05 in Tokyo. */
const STARTED = new Date(Date.now() - 86_400_000)
STARTED.setUTCHours(15, 4, 5, 0)

test.beforeAll(({ server }) =>
  sendBatches(server.url, [
    sampleBatch({ batch_id: 'timed-1', agent: 'clockwork', started_at: STARTED.getTime() }),
    sampleBatch({ environment: 'staging' }),
  ]),
)

describe('the way from page to page', () => {
  test('every page is in the rail, has its title and its keys', async ({ page }) => {
    await openPage(page, '/')
    for (const [label, path] of PAGES) {
      await page
        .getByRole('navigation', { name: 'Pages' })
        .getByRole('link', { name: label, exact: true })
        .click()
      await expect.poll(() => page.title(), PATIENCE).toBe(`${label} · Parascope`)
      await page.getByRole('heading', { level: 1, name: label }).waitFor()
      expect(new URL(page.url()).pathname).toBe(path)
    }
    for (const [keys, label] of [
      ['go', 'Overview'],
      ['gb', 'Batches'],
      ['gt', 'Tools'],
      ['ga', 'Alerts'],
      ['gm', 'Parallel mode'],
    ] as const) {
      for (const key of keys) await page.keyboard.press(key)
      await expect.poll(() => page.title(), PATIENCE).toBe(`${label} · Parascope`)
    }
  })

  test('window, environment, agent and time zone come along', async ({ page }) => {
    const view = 'range=7d&environment=production&agent=clockwork&tz=utc'
    await openPage(page, `/batches?${view}&outcome=ok&sort=wall_ms`)
    await expect.poll(() => listedIds(page), PATIENCE).toEqual(['timed-1'])
    await page.getByRole('link', { name: 'Tools', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Tools' }).waitFor()
    expect(addressOf(page).toString()).toBe(view)
    await page.getByRole('button', { name: 'Time range: Last 7 d' }).waitFor()
  })

  test('a batch is left for the list as it was filtered', async ({ page }) => {
    await openPage(page, '/batches?agent=clockwork&min_size=2')
    await page.getByRole('link').and(page.getByTitle('timed-1')).click()
    await page.getByRole('heading', { name: 'timed-1' }).waitFor()
    await page.getByRole('main').getByRole('link', { name: 'Batches', exact: true }).click()
    await expect.poll(() => listedIds(page), PATIENCE).toEqual(['timed-1'])
    expect(addressOf(page).toString()).toBe('agent=clockwork&min_size=2')
  })

  test('an address that leads nowhere says so and offers ways on', async ({ page, faults }) => {
    await openPage(page, '/no/such/page')
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
    await page.getByRole('main').getByRole('link', { name: 'Batches' }).click()
    await page.getByRole('heading', { level: 1, name: 'Batches' }).waitFor()
    forgive(faults, /404/)
  })

  test('by keyboard alone, the rail can be skipped and folded', async ({ page }) => {
    await openPage(page, '/batches')
    await page.keyboard.press('Tab')
    expect(await spokenTexts(page.locator(':focus'))).toEqual(['Skip to the page'])
    await page.keyboard.press('Enter')
    await expect.poll(() => page.evaluate(() => document.activeElement?.id), PATIENCE).toBe('main')
    await page.keyboard.press('\\')
    const rail = page.getByRole('button', { name: 'Names in this bar' })
    await expect.poll(() => rail.getAttribute('aria-expanded'), PATIENCE).toBe('false')
    await page.reload()
    await expect.poll(() => rail.getAttribute('aria-expanded'), PATIENCE).toBe('false')
  })
})

describe('preferences', () => {
  test('the theme follows the system until it is switched, and the choice is kept', async ({ page }) => {
    await openPage(page, '/batches')
    expect(await isDark(page)).toBe(false)
    await page.getByRole('button', { name: 'Switch theme' }).click()
    await expect.poll(() => isDark(page), PATIENCE).toBe(true)
    await openPage(page, '/tools')
    expect(await isDark(page)).toBe(true)
    await page.getByRole('button', { name: 'Switch theme' }).click()
    await expect.poll(() => isDark(page), PATIENCE).toBe(false)
    await page.emulateMedia({ colorScheme: 'dark' })
    await expect.poll(() => isDark(page), PATIENCE).toBe(true)
  })
})

describe('in Tokyo', () => {
  test.override('view', { ...VIEWS.wideDark, timezoneId: 'Asia/Tokyo' })

  test('times are in the zone of the viewer, in UTC by a switch that is in the address', async ({ page }) => {
    const started = async () => (await readTable(page.getByRole('table')))[0]?.Started
    await openPage(page, '/batches?agent=clockwork')
    await expect.poll(started, PATIENCE).toContain('00:04:05')
    await page.getByRole('button', { name: /^(GMT\+9|JST)$/ }).click()
    await expect.poll(started, PATIENCE).toContain('15:04:05')
    expect(addressOf(page).get('tz')).toBe('utc')
    await page.reload()
    await expect.poll(started, PATIENCE).toContain('15:04:05')
  })
})

describe('on a phone', () => {
  test.override('view', VIEWS.phoneDark)

  test('the pages are at the foot, filters and preferences in a sheet', async ({ page }) => {
    await openPage(page, '/batches')
    const tabs = page.getByRole('navigation', { name: 'Pages' })
    expect(await spokenTexts(tabs.getByRole('link'))).toEqual([
      'Overview',
      'Batches',
      'Tools',
      'Coupling',
      'Alerts',
      'Mode',
      'Connect',
    ])
    for (const [label] of PAGES) {
      const short = label === 'Parallel mode' ? 'Mode' : label
      await tabs.getByRole('link', { name: short, exact: true }).click()
      await page.getByRole('heading', { level: 1, name: label }).waitFor()
      await expectNoSidewaysScroll(page)
    }
    await tabs.getByRole('link', { name: 'Batches' }).click()
    await page.getByRole('button', { name: /^Filter/ }).click()
    const sheet = page.getByRole('dialog', { name: 'This view' })
    await sheet.getByRole('button', { name: /^Environments: / }).click()
    await page.getByRole('checkbox', { name: 'staging' }).check()
    await expect.poll(() => listedIds(page), PATIENCE).toHaveLength(1)
    expect(addressOf(page).get('environment')).toBe('staging')
  })
})
