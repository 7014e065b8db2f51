import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { BrowserContextOptions } from 'playwright-core'
import { test as base, expect, inject } from 'vitest'
import { launchBrowser } from './browser.ts'
import { type ServerOptions, startServer } from './server-process.ts'

/** How wide and in which theme a test looks at the product. */
export const VIEWS = {
  wideLight: { viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  wideDark: { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' },
  phoneLight: { viewport: { width: 390, height: 844 }, colorScheme: 'light', hasTouch: true },
  phoneDark: { viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true },
} as const satisfies Record<string, BrowserContextOptions>

const serverOptions: ServerOptions = {}
const view: BrowserContextOptions = VIEWS.wideLight

/*
 * `test` with a server for each file, a browser for each worker and a page for each test. Override
 * `serverOptions` or `view` for another kind. A page that reports an error of its own fails its test, unless
 * the test takes the error out of `faults` because it meant to cause it.
 */
export const test = base
  .extend('found', { scope: 'worker' }, () => inject('browser'))
  .extend('browser', { scope: 'worker' }, async ({ found }, { onCleanup }) => {
    const browser = await launchBrowser(found)
    onCleanup(() => browser.close())
    return browser
  })
  .extend('serverOptions', { scope: 'file' }, serverOptions)
  .extend('server', { scope: 'file' }, async ({ serverOptions: options }, { onCleanup }) => {
    const server = await startServer(options)
    onCleanup(() => server.stop())
    return server
  })
  .extend('view', view)
  .extend('faults', (): string[] => [])
  .extend('page', async ({ browser, server, view: options, faults, task }, { onCleanup }) => {
    const context = await browser.newContext({
      baseURL: server.url,
      timezoneId: 'UTC',
      locale: 'en-GB',
      ...options,
    })
    const page = await context.newPage()
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text())
    })
    onCleanup(async () => {
      if (task.result?.state === 'fail') {
        const folder = await mkdtemp(path.join(tmpdir(), 'parascope-e2e-failed-'))
        const file = path.join(folder, `${task.name.replace(/\W+/g, '-').slice(0, 80)}.png`)
        await page.screenshot({ path: file, fullPage: true })
        console.error(`${task.name}: see ${file}, taken at ${page.url()}`)
      }
      await context.close()
      expect(faults, 'the page reported errors').toEqual([])
    })
    return page
  })
