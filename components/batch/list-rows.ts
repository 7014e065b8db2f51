import type { BatchList, WireBatch } from '#lib/contract/reads.ts'

/** The pages of the list as the query cache holds them. */
export interface ListPages {
  readonly pages: BatchList[]
  readonly pageParams: unknown[]
}

/** All rows read so far, each batch once: a row may come again when its page is read while others arrive. */
export function flattenPages(pages: readonly BatchList[]): WireBatch[] {
  const byId = new Map<string, WireBatch>()
  for (const page of pages) {
    for (const batch of page.batches) if (!byId.has(batch.batch_id)) byId.set(batch.batch_id, batch)
  }
  return [...byId.values()]
}

/**
 * The rows as they are told now: what spans tell may change while somebody looks at it. Rows keep their places;
 * those that `newest` says nothing of stay as they were read.
 */
export function refreshRows(rows: WireBatch[], newest: BatchList | undefined): WireBatch[] {
  if (newest === undefined) return rows
  const told = new Map(newest.batches.map((batch) => [batch.batch_id, batch]))
  return rows.map((row) => {
    const now = told.get(row.batch_id)
    const isOther = now !== undefined && (row.provisional || now.provisional || now.revision > row.revision)
    return isOther ? now : row
  })
}

/**
 * The rows of `newest` that a list, newest first, should hold and does not. `isGap` says that even the oldest
 * of them is new: there may be more between it and the list.
 */
export function findNewRows(
  newest: BatchList,
  rows: readonly WireBatch[],
): { rows: WireBatch[]; isGap: boolean } {
  const known = new Set(rows.map((row) => row.batch_id))
  const oldest = rows.at(-1)
  const fresh = newest.batches.filter(
    (batch) => !known.has(batch.batch_id) && (oldest === undefined || batch.started_at >= oldest.started_at),
  )
  const isGap = fresh.length > 0 && fresh.length === newest.batches.length && newest.next_cursor !== null
  return { rows: fresh, isGap }
}

/**
 * The list with its new rows in place, newest first. After a gap it begins anew with the newest page: rows
 * further down would otherwise be missing in silence.
 */
export function mergeNewRows(
  list: ListPages,
  newest: BatchList,
  news: ReturnType<typeof findNewRows>,
): ListPages {
  const [first, ...rest] = list.pages
  if (news.isGap || !first) return { pages: [newest], pageParams: [null] }
  const batches = [...news.rows, ...first.batches].sort((a, b) => b.started_at - a.started_at)
  return { pages: [{ ...first, batches }, ...rest], pageParams: list.pageParams }
}

/** The list as it was after its first page. */
export function firstPageOf(list: ListPages): ListPages {
  return { pages: list.pages.slice(0, 1), pageParams: list.pageParams.slice(0, 1) }
}

/** How far a time-boxed scan has come; null when the last page was exhaustive. */
export function scannedTo(pages: readonly BatchList[]): number | null {
  return pages.at(-1)?.scanned_to ?? null
}
