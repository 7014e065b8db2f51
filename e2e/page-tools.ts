import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

/** How long a page may take to show what it should; generous, because cores are shared with the server. */
export const PATIENCE = { timeout: 15_000, interval: 50 } as const

/**
 * Opens a page and resolves once it answers: what the server has drawn is seen before any of it can be pressed.
 * React marks the elements it has taken over; nothing that a person sees tells them apart.
 */
export async function openPage(page: Page, address: string): Promise<void> {
  await Promise.all([page.waitForResponse(/\/api\/v1\/stream$/), page.goto(address)])
  await page.waitForFunction(() =>
    [...document.querySelectorAll('h1, h2, button, main a')].every((element) =>
      Object.keys(element).some((key) => key.startsWith('__reactFiber')),
    ),
  )
  // Its keys are bound in what React still has to do then.
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)))
}

/** What a screen reader would say of each element: what is hidden left out, pictures by their names. */
function sayAll(elements: readonly Element[]): string[] {
  const say = (node: Node): string => {
    if (node instanceof Text) return node.data
    if (!(node instanceof Element)) return ''
    if (node.getAttribute('aria-hidden') === 'true' || !node.checkVisibility()) return ''
    return node.getAttribute('aria-label') ?? [...node.childNodes].map(say).join(' ')
  }
  return elements.map((element) => say(element).replace(/\s+/g, ' ').trim())
}

/** What a screen reader would say of the elements, in their order; none while there are none. */
export function spokenTexts(locator: Locator): Promise<string[]> {
  return locator.evaluateAll(sayAll)
}

/** The rows of a table that are in the document: what a screen reader would say of each cell, by its column. */
export async function readTable(table: Locator): Promise<Record<string, string>[]> {
  const heads = await table.locator('thead tr:first-child > th').evaluateAll(sayAll)
  // One look at the cells, because rows may come and go between two. Rows that keep room for others have none.
  const cells = await table.locator('tbody > tr > *').evaluateAll(sayAll)
  const rows: Record<string, string>[] = []
  for (let at = 0; at < cells.length; at += heads.length) {
    const named = heads.map((head, index) => [head, cells[at + index] ?? ''] as const)
    // A column without a name is one that this width has no room for.
    rows.push(Object.fromEntries(named.filter(([head]) => head !== '')))
  }
  return rows
}

/** Takes errors out of the page's faults that the test meant to cause; at least one must have been there. */
export function forgive(faults: string[], pattern: RegExp): void {
  const others = faults.filter((fault) => !pattern.test(fault))
  expect(others.length, `no fault matches ${pattern}`).toBeLessThan(faults.length)
  faults.splice(0, faults.length, ...others)
}

/**
 * The page must not be wider than the screen. Only frames of their own may scroll sideways: one around a table,
 * or one that can be reached by keyboard, such as code.
 */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const wide = await page.evaluate(() => {
    const isFrame = (element: Element) =>
      element.hasAttribute('tabindex') || element.matches(':has(> table:only-child)')
    const scrolls = (element: Element) =>
      element === document.documentElement || /auto|scroll/.test(getComputedStyle(element).overflowX)
    return [...document.querySelectorAll('*')]
      .filter((element) => element.scrollWidth > element.clientWidth + 1 && scrolls(element))
      .filter((element) => !isFrame(element))
      .map(
        (element) => `${element.tagName} ${element.className}: ${element.scrollWidth - element.clientWidth}`,
      )
  })
  expect(wide, `${page.url()} scrolls sideways`).toEqual([])
}

/** Whether the page is dark, by what it is painted with. */
export function isDark(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const [red = 0] =
      getComputedStyle(document.body)
        .backgroundColor.match(/\d+(\.\d+)?/g)
        ?.map(Number) ?? []
    return red < 128
  })
}

/** The parameters of the address, as the page has written them. */
export function addressOf(page: Page): URLSearchParams {
  return new URL(page.url()).searchParams
}
