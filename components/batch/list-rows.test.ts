import { expect, test } from 'vitest'
import type { BatchList, WireBatch } from '#lib/contract/reads.ts'
import { findNewRows, flattenPages, mergeNewRows, refreshRows } from './list-rows.ts'

const row = (id: string, startedAt: number) => ({ batch_id: id, started_at: startedAt }) as WireBatch
const page = (batches: WireBatch[], nextCursor: string | null = null): BatchList => ({
  batches,
  next_cursor: nextCursor,
  scanned_to: null,
})
const ids = (rows: readonly WireBatch[]) => rows.map((batch) => batch.batch_id).join('')

test('new is what belongs above or among the rows read, not what lies further down', () => {
  const rows = [row('e', 50), row('c', 30)]
  const newest = page([row('f', 60), row('e', 50), row('d', 40), row('c', 30), row('b', 20)], 'x')
  expect(ids(findNewRows(newest, rows).rows)).toBe('fd')
  expect(findNewRows(newest, rows).isGap).toBe(false)
})

test('new rows fall into their place by start and keep the pages below', () => {
  const list = {
    pages: [page([row('e', 50), row('c', 30)], 'p2'), page([row('b', 20)])],
    pageParams: [null, 'p2'],
  }
  const newest = page([row('f', 60), row('e', 50), row('d', 40)], 'x')
  const merged = mergeNewRows(list, newest, findNewRows(newest, flattenPages(list.pages)))
  expect(ids(flattenPages(merged.pages))).toBe('fedcb')
  expect(merged.pageParams).toEqual([null, 'p2'])
  expect(merged.pages[0]?.next_cursor).toBe('p2')
})

test('a gap between the newest page and the list starts the list anew', () => {
  const list = { pages: [page([row('a', 10)])], pageParams: [null] }
  const newest = page([row('f', 60), row('e', 50)], 'more')
  const news = findNewRows(newest, flattenPages(list.pages))
  expect(news.isGap).toBe(true)
  expect(mergeNewRows(list, newest, news)).toEqual({ pages: [newest], pageParams: [null] })
})

test('a row that came twice is shown once', () => {
  expect(ids(flattenPages([page([row('b', 20), row('a', 10)]), page([row('a', 10)])]))).toBe('ba')
})

test('rows that could still change are told anew in their place; all others stay as they were read', () => {
  const told = (id: string, provisional: boolean, revision: number, size: number) =>
    ({ ...row(id, 10), provisional, revision, size }) as WireBatch
  const rows = [told('a', true, 1, 1), told('b', false, 1, 1), told('c', false, 1, 1), told('d', true, 1, 1)]
  const newest = page([told('c', false, 2, 3), told('b', false, 1, 9), told('a', false, 1, 2)])
  expect(refreshRows(rows, newest).map((batch) => [batch.batch_id, batch.size])).toEqual([
    ['a', 2],
    ['b', 1],
    ['c', 3],
    ['d', 1],
  ])
  expect(refreshRows(rows, undefined)).toBe(rows)
})
