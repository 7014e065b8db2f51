import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { AlertList } from '#lib/contract/alerts.ts'
import type { BatchList, ToolList } from '#lib/contract/reads.ts'
import { findBrowser, launchBrowser } from './browser.ts'

/*
 * Pictures of every page of a running server, in both themes and two widths:
 * node e2e/screenshots.ts http://localhost:3000 docs/screenshots
 */

const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const
const THEMES = ['dark', 'light'] as const
/** Charts and fonts settle within this; nothing on a page says that its picture is complete. */
const SETTLE_MS = 600

type Shot = readonly [name: string, address: string]

async function read<T>(url: string, address: string): Promise<T> {
  const response = await fetch(new URL(address, url))
  if (!response.ok) throw new Error(`${address} answered ${response.status}`)
  return (await response.json()) as T
}

/** The batch with the most to see: failures, a slowest sibling, some calls. */
async function findShownBatch(url: string): Promise<string | null> {
  const { batches } = await read<BatchList>(url, '/api/v1/batches?limit=500&min_size=4')
  const scored = batches.map((batch) => ({
    id: batch.batch_id,
    score:
      Object.values(batch.outcomes).filter((count) => count > 0).length * 10 +
      Math.min(9, batch.size) +
      (batch.serialization !== null && batch.serialization > 0.1 ? 10 : 0),
  }))
  return scored.sort((a, b) => b.score - a.score)[0]?.id ?? null
}

async function listShots(url: string): Promise<Shot[]> {
  const batch = await findShownBatch(url)
  const { tools } = await read<ToolList>(url, '/api/v1/tools')
  const { alerts } = await read<AlertList>(url, '/api/v1/alerts?state=all&limit=200')
  const alert = alerts.find(({ kind }) => kind === 'serialized') ?? alerts[0]
  const [costliest] = tools.toSorted((a, b) => b.blocked_ms - a.blocked_ms)
  return [
    ['overview', '/'],
    ['batches', '/batches'],
    ...(batch === null ? [] : [['batch', `/batches/${encodeURIComponent(batch)}`] as const]),
    ['tools', '/tools'],
    ...(costliest ? [['tool', `/tools/${encodeURIComponent(costliest.tool)}`] as const] : []),
    ['coupling', '/coupling'],
    ['alerts', '/alerts?state=all'],
    ...(alert ? [['alert', `/alerts/${encodeURIComponent(alert.id)}`] as const] : []),
    ['mode', '/mode'],
    ['connect', '/connect'],
    ['settings', '/settings'],
  ]
}

async function shoot(page: Page, [name, address]: Shot, file: string): Promise<void> {
  await page.goto(address, { waitUntil: 'load' })
  await page.locator('main h1, main h2').first().waitFor({ state: 'attached' })
  await page.waitForTimeout(SETTLE_MS)
  await page.screenshot({ path: file })
  console.log(`${name}: ${file}`)
}

async function shootAll(browser: Browser, url: string, folder: string): Promise<void> {
  const shots = await listShots(url)
  for (const [width, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of THEMES) {
      const options: BrowserContextOptions = { baseURL: url, viewport, colorScheme, reducedMotion: 'reduce' }
      const context = await browser.newContext(options)
      const page = await context.newPage()
      for (const shot of shots) {
        await shoot(page, shot, path.join(folder, `${shot[0]}-${width}-${colorScheme}.png`))
      }
      await context.close()
    }
  }
}

const [url, folder] = process.argv.slice(2)
if (url === undefined || folder === undefined || !URL.canParse(url)) {
  console.error('usage: node e2e/screenshots.ts URL FOLDER')
  process.exitCode = 1
} else {
  await mkdir(folder, { recursive: true })
  const browser = await launchBrowser(await findBrowser())
  await shootAll(browser, url, folder).finally(() => browser.close())
}
