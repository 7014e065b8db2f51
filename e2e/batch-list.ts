import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { PATIENCE } from './page-tools.ts'

/** The table of the page Batches. */
export function batchTable(page: Page): Locator {
  return page.getByRole('table')
}

/** Ids of the rows in their order, from the links that open them. */
export function listedIds(page: Page): Promise<string[]> {
  return batchTable(page)
    .getByRole('link')
    .evaluateAll((links) => links.map((link) => link.getAttribute('title') ?? ''))
}

/** Waits until these batches are listed, in this order. */
export async function expectIds(page: Page, ids: readonly string[]): Promise<void> {
  await expect.poll(() => listedIds(page), PATIENCE).toEqual(ids)
}
