import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { test, VIEWS } from './harness.ts'
import { expectNoSidewaysScroll, forgive, isDark, openPage, PATIENCE } from './page-tools.ts'
import { sampleBatch, sampleCall, sendBatches } from './sample-batches.ts'

const LONG = `${'long_'.repeat(50)}tail`

test.beforeAll(async ({ server }) => {
  const rule = { environment: LONG, agent: LONG, mode: 'serial', reason: LONG }
  await fetch(new URL('/api/v1/mode', server.url), {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ revision: 0, rules: [rule, { ...rule, tool: LONG }] }),
  })
  await sendBatches(server.url, [
    sampleBatch({
      batch_id: 'seen-1',
      environment: 'seen',
      calls: [sampleCall(), sampleCall({ tool: 'get_shipment', duration_ms: 448 })],
    }),
    sampleBatch({
      batch_id: LONG,
      run_id: LONG,
      agent: LONG,
      environment: LONG,
      version: LONG,
      model: LONG,
      calls: [sampleCall({ tool: LONG }), sampleCall({ tool: LONG, outcome: 'error', error_code: LONG })],
    }),
  ])
})

const ADDRESSES = [
  '/',
  '/batches',
  '/batches/seen-1',
  '/batches/seen-1?table=true',
  `/batches/${LONG}`,
  '/tools',
  '/tools/get_shipment',
  `/tools/${LONG}?table=latency`,
  '/alerts',
  '/alerts?state=all&kind=serialized',
  '/mode',
  '/connect',
  '/connect?way=http',
  '/no/such/page',
]

/** Looks at the page in both themes: it is painted in each, and never wider than the screen. */
async function expectToFit(page: Page): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await expect.poll(() => isDark(page), PATIENCE).toBe(colorScheme === 'dark')
    await expectNoSidewaysScroll(page)
  }
}

describe.for([
  ['on a wide screen', VIEWS.wideLight],
  ['on a phone', VIEWS.phoneLight],
] as const)('%s', ([, view]) => {
  test.override('view', view)

  test('every page fits, in both themes, whatever names it shows', async ({ page, faults }) => {
    for (const address of ADDRESSES) {
      await openPage(page, address)
      await page.getByRole('main').getByRole('heading').first().waitFor()
      await expectToFit(page)
    }
    forgive(faults, /404/)
  })
})

/** Nothing more is fetched ahead once nothing has come for this long. */
const SETTLED_MS = 500

/** Which pages have been fetched ahead, as far as what stands for them while they are on their way. */
function watchPrefetches(page: Page) {
  const come = new Set<string>()
  let lastMs = 0
  page.on('response', (response) => {
    if (response.request().headers()['next-router-prefetch'] === undefined) return
    come.add(new URL(response.url()).pathname)
    lastMs = performance.now()
  })
  return {
    forget: () => come.clear(),
    hasCome: (path: string) => come.has(path) && performance.now() - lastMs > SETTLED_MS,
  }
}

describe('on a phone', () => {
  test.override('view', VIEWS.phoneDark)

  test('what stands for a page that is on its way fits too', async ({ page }) => {
    await page.route(
      (url) => url.searchParams.has('_rsc'),
      async (route) => {
        // Only what is fetched ahead comes; the page itself never does.
        if (route.request().headers()['next-router-prefetch'] !== undefined) await route.continue()
      },
    )
    const tabs = page.getByRole('navigation', { name: 'Pages' })
    const ahead = watchPrefetches(page)
    for (const [label, path] of [
      ['Batches', '/batches'],
      ['Tools', '/tools'],
      ['Mode', '/mode'],
    ] as const) {
      ahead.forget()
      await openPage(page, '/connect')
      // Before, a press would wait for the page itself, which never comes.
      await expect.poll(() => ahead.hasCome(path), PATIENCE).toBe(true)
      await tabs.getByRole('link', { name: label, exact: true }).click()
      await page
        .getByRole('main')
        .getByRole('status', { name: /^Reading / })
        .first()
        .waitFor()
      await expectNoSidewaysScroll(page)
    }
  })

  test('the facts of a batch are in a sheet', async ({ page }) => {
    await openPage(page, '/batches/seen-1')
    await page.getByText(/held the turn 348 ms alone$/).waitFor()
    await page.getByRole('button', { name: 'Facts' }).click()
    await page.getByRole('dialog', { name: 'Facts' }).getByText('Held the turn 348 ms alone').waitFor()
    await expectNoSidewaysScroll(page)
  })

  test('the switch asks in a dialog that fits', async ({ page }) => {
    await openPage(page, '/mode')
    await page.getByRole('button', { name: 'Serial now: seen' }).click()
    const confirm = page.getByRole('button', { name: 'Make seen serial' })
    await confirm.scrollIntoViewIfNeeded()
    await expectNoSidewaysScroll(page)
    const box = await confirm.boundingBox()
    expect(box?.x).toBeGreaterThanOrEqual(0)
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(VIEWS.phoneDark.viewport.width)
  })
})
