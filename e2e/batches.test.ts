import { describe, expect, onTestFinished } from 'vitest'
import { batchTable, expectIds, listedIds } from './batch-list.ts'
import { test } from './harness.ts'
import {
  addressOf,
  expectNoSidewaysScroll,
  openPage,
  PATIENCE,
  readTable,
  spokenTexts,
} from './page-tools.ts'
import { sampleBatch, sampleCall, sendBatches } from './sample-batches.ts'

const START_MS = Date.now() - 600_000
const MARKUP = '<img src="nowhere" onerror="document.title=\'owned\'"><b>bold</b> 100%41%'
const LONG = `${'long-'.repeat(50)}tail-7`

/** 60 ms beside 100 ms that start 15 ms late: wall 115 where 100 was possible, and 55 of them alone. */
const KNOWN = sampleBatch({
  batch_id: 'known-1',
  agent: 'refunds',
  environment: 'staging',
  version: '1.9.1',
  started_at: START_MS,
  calls: [
    sampleCall({ tool: 'read_policy', duration_ms: 60 }),
    sampleCall({ tool: 'charge_card', start_ms: 15, outcome: 'error', error_code: 'card_declined' }),
  ],
})

/** One after another although all at once was intended. */
const SERIALIZED = sampleBatch({
  batch_id: 'serialized-1',
  started_at: START_MS + 1000,
  calls: [
    sampleCall({ tool: 'get_order' }),
    sampleCall({ tool: 'search_notes', start_ms: 100, duration_ms: 200 }),
  ],
})

const WIDE = sampleBatch({
  batch_id: 'wide-1',
  started_at: START_MS + 2000,
  mode: 'reads-only',
  calls: Array.from({ length: 6 }, (_, index) =>
    sampleCall({ tool: 'fetch_page', duration_ms: 1200 - index, outcome: index === 0 ? 'timeout' : 'ok' }),
  ),
})

const SINGLE = sampleBatch({
  batch_id: 'single-1',
  started_at: START_MS + 3000,
  mode: 'serial',
  calls: [sampleCall({ duration_ms: 20 })],
})

const NONE_RAN = sampleBatch({
  batch_id: 'none-ran-1',
  started_at: START_MS + 4000,
  calls: [
    { call_id: 'n1', tool: 'refund', outcome: 'never-ran' },
    { call_id: 'n2', tool: 'notify', outcome: 'never-ran' },
  ],
})

const SEEDED = [KNOWN, SERIALIZED, WIDE, SINGLE, NONE_RAN].map((batch) => ({ ...batch, model: 'seeded' }))
/** The seeded batches and no others, whatever other tests send meanwhile. */
const LIST = '/batches?model=seeded'

test.beforeAll(({ server }) => sendBatches(server.url, SEEDED))

describe('the rows', () => {
  test('say what was ingested, newest first', async ({ page }) => {
    await openPage(page, LIST)
    await expectIds(page, ['none-ran-1', 'single-1', 'wide-1', 'serialized-1', 'known-1'])
    const rows = await readTable(batchTable(page))
    const shared = { 'Shape, each to its own wall': '', Version: '1.0.0' }
    const triage = { ...shared, Agent: 'support-triage' }
    expect(rows.map(({ Started, ...rest }) => rest)).toEqual([
      {
        ...triage,
        Wall: 'none ran',
        Calls: '2',
        Outcomes: 'never ran 2',
        'Overlap eff.': 'not defined',
        'Slowest sibling': 'none: fewer than two ran',
        Alone: '',
        Mode: 'parallel',
      },
      {
        ...triage,
        Wall: '20.0 ms',
        Calls: '1',
        Outcomes: 'ok 1',
        'Overlap eff.': 'not defined',
        'Slowest sibling': 'only one call',
        Alone: '',
        Mode: 'serial',
      },
      {
        ...triage,
        Wall: '1.20 s',
        Calls: '6',
        Outcomes: 'ok 5 timeout 1',
        'Overlap eff.': '100 %',
        'Slowest sibling': 'fetch_page',
        Alone: '1.00 ms',
        Mode: 'reads-only',
      },
      {
        ...triage,
        Wall: '300 ms',
        Calls: '2',
        Outcomes: 'ok 2',
        'Overlap eff.': '0 %',
        'Slowest sibling': 'search_notes',
        Alone: '200 ms',
        Mode: 'parallel',
      },
      {
        ...shared,
        Wall: '115 ms',
        Calls: '2',
        Outcomes: 'ok 1 error 1',
        'Overlap eff.': '75 %',
        'Slowest sibling': 'charge_card',
        Alone: '55.0 ms',
        Mode: 'parallel',
        Version: '1.9.1',
        Agent: 'refunds',
      },
    ])
    expect(rows.at(-1)?.Started).toContain(new Date(START_MS).toISOString().slice(11, 19))
  })
})

describe('finding a batch', () => {
  test('filters set in the page are in its address, and a copied address shows the same rows', async ({
    page,
    browser,
    server,
  }) => {
    await openPage(page, LIST)
    await page.getByRole('button', { name: 'Add filter' }).click()
    await page.getByRole('button', { name: 'outcome', exact: true }).click()
    await page.getByRole('checkbox', { name: 'error' }).check()
    await page.getByRole('checkbox', { name: 'timeout' }).check()
    await page.keyboard.press('Escape')
    await expectIds(page, ['wide-1', 'known-1'])

    await page.getByRole('button', { name: 'Add filter' }).click()
    await page.getByRole('button', { name: 'wall', exact: true }).click()
    await page.getByLabel('wall at least').fill('116')
    await page.getByRole('button', { name: 'Apply' }).click()
    await expectIds(page, ['wide-1'])
    await page.getByRole('button', { name: /^Sort: / }).click()
    await page.getByRole('button', { name: 'longest wall first' }).click()
    await expect.poll(() => addressOf(page).get('sort'), PATIENCE).toBe('wall_ms')
    expect(addressOf(page).getAll('outcome')).toEqual(['error', 'timeout'])
    expect(addressOf(page).get('min_wall_ms')).toBe('116')

    const colleague = await browser.newContext({ baseURL: server.url })
    onTestFinished(() => colleague.close())
    const copy = await colleague.newPage()
    await openPage(copy, page.url())
    await expectIds(copy, ['wide-1'])
    await copy.getByRole('button', { name: 'Remove the filter wall over 116 ms' }).click()
    await expectIds(copy, ['wide-1', 'known-1'])
    await copy.goBack()
    await expectIds(copy, ['wide-1'])
  })

  test('environment and agent are chosen in the top bar', async ({ page }) => {
    await openPage(page, LIST)
    await page.getByRole('button', { name: /^Environments: / }).click()
    await page.getByRole('checkbox', { name: 'staging' }).check()
    await expectIds(page, ['known-1'])
    expect(addressOf(page).getAll('environment')).toEqual(['staging'])
    await page.getByRole('button', { name: 'All environments' }).click()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: /^Agents: / }).click()
    await page.getByRole('checkbox', { name: 'refunds' }).check()
    await expectIds(page, ['known-1'])
    expect(addressOf(page).getAll('agent')).toEqual(['refunds'])
  })

  test('several tools are found in any of the batches, or in those that hold all of them', async ({
    page,
  }) => {
    await openPage(page, `${LIST}&tool=get_order&tool=search_notes`)
    await expectIds(page, ['single-1', 'serialized-1'])
    await page.getByRole('button', { name: 'tool get_order or search_notes', exact: true }).click()
    await page.getByLabel('all of these').check()
    await expectIds(page, ['serialized-1'])
    expect(addressOf(page).get('tool_match')).toBe('all')
  })

  test('the heads of the columns order the rows, and turn the order when pressed again', async ({ page }) => {
    await openPage(page, LIST)
    await page.getByRole('columnheader', { name: 'Wall' }).getByRole('button').click()
    // A batch in which nothing ran has no wall: it comes last in either order.
    await expectIds(page, ['wide-1', 'serialized-1', 'known-1', 'single-1', 'none-ran-1'])
    await page.getByRole('columnheader', { name: 'Wall' }).getByRole('button').click()
    await expectIds(page, ['single-1', 'known-1', 'serialized-1', 'wide-1', 'none-ran-1'])
    const sorted = page.locator('th[aria-sort="ascending"]')
    expect(await spokenTexts(sorted)).toEqual(['Wall'])
    expect(addressOf(page).get('order')).toBe('asc')
  })

  test('the beginning of an id finds the batch', async ({ page }) => {
    await openPage(page, LIST)
    await page.keyboard.press('/')
    await page.keyboard.type('seri')
    await expectIds(page, ['serialized-1'])
    expect(addressOf(page).get('q')).toBe('seri')
    await page.keyboard.press('Escape')
    await expect.poll(() => listedIds(page), PATIENCE).toHaveLength(5)
  })

  test('where nothing matches, the page says so and takes the filters off', async ({ page }) => {
    await openPage(page, `${LIST}&q=no-such-id&range=15m`)
    await page.getByRole('heading', { name: 'No batch matches' }).waitFor()
    await page.getByRole('button', { name: 'Clear the filters' }).click()
    await expect.poll(() => addressOf(page).toString(), PATIENCE).toBe('range=15m')
    await expect.poll(() => listedIds(page), PATIENCE).toContain('known-1')
  })

  test('a histogram of the same batches has a table, from which a step can be chosen', async ({ page }) => {
    await openPage(page, LIST)
    const histogram = page.getByRole('region', { name: 'Batches over time' })
    await histogram.getByRole('button').first().click()
    const steps = page.getByRole('dialog').getByRole('table')
    const counts = (await readTable(steps)).map((row) => Number(row.Batches))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5)
  })
})

describe('by keyboard', () => {
  test('j and k walk the rows, Enter opens one, and coming back is coming back', async ({ page }) => {
    await openPage(page, LIST)
    await expectIds(page, ['none-ran-1', 'single-1', 'wide-1', 'serialized-1', 'known-1'])
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('title'))
    for (const key of ['j', 'j', 'j', 'j', 'j', 'k']) await page.keyboard.press(key)
    await expect.poll(focused, PATIENCE).toBe('serialized-1')
    await page.getByText('row 4 of 5').waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'serialized-1' }).waitFor()
    await page.goBack()
    await expect.poll(focused, PATIENCE).toBe('serialized-1')
    await page.keyboard.press('Escape')
    await page.getByText('row 4 of 5').waitFor({ state: 'detached' })
  })

  test('? lists the keys of the page, and the palette goes to a batch, a page or an action', async ({
    page,
  }) => {
    await openPage(page, LIST)
    await expectIds(page, ['none-ran-1', 'single-1', 'wide-1', 'serialized-1', 'known-1'])
    await page.keyboard.press('?')
    const dialog = page.getByRole('dialog', { name: 'Keys of this page' })
    await dialog.getByText('Next row').waitFor()
    await dialog.getByText('Show what is new').waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })

    await page.keyboard.press('Control+k')
    await page.getByLabel('Go to').fill('serialized-1')
    await page.getByRole('button', { name: /serialized-1/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'serialized-1' }).waitFor()
  })
})

describe('names from strangers', () => {
  test('are text, and cut in their middle with the whole at hand', async ({ page, server }) => {
    const hostile = sampleBatch({
      batch_id: MARKUP,
      agent: MARKUP,
      environment: 'hostile',
      version: LONG,
      calls: [
        sampleCall({ tool: MARKUP, outcome: 'error', error_code: MARKUP }),
        sampleCall({ tool: LONG, duration_ms: 300 }),
      ],
    })
    await sendBatches(server.url, [hostile])
    await openPage(page, '/batches?environment=hostile')
    await expectIds(page, [MARKUP])
    const [row] = await readTable(batchTable(page))
    expect(row).toMatchObject({ Agent: MARKUP, 'Slowest sibling': LONG, Version: LONG })
    await expectNoSidewaysScroll(page)
    await page.getByTitle(LONG).first().waitFor()

    await batchTable(page).getByRole('link').click()
    await page.getByRole('heading', { name: MARKUP }).waitFor()
    await page.getByRole('option', { name: new RegExp(`^${RegExp.escape(MARKUP)}, read, error`) }).waitFor()
    await expectNoSidewaysScroll(page)
    expect(await page.locator('main img, main b:text-is("bold")').count()).toBe(0)
    expect(await page.title()).not.toBe('owned')
  })
})
