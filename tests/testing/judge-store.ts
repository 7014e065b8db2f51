import { inspectStore } from './inspect-store.ts'
import type { Ledger } from './ledger.ts'

/** What a data folder holds, held against what senders know. */
export interface StoreFinding {
  readonly acknowledged: number
  readonly stored: number
  /** Stored before anybody could be told. */
  readonly unacknowledged: number
  /** One line for each promise that was broken; empty when all were kept. */
  readonly broken: readonly string[]
}

/**
 * Every acknowledged batch is there, once, as it was sent; the file is whole; derived state is what a rebuild
 * from the log comes to. The folder stays as it is.
 */
export function judgeStore(dataDir: string, ledger: Ledger): StoreFinding {
  const report = inspectStore(dataDir)
  const { lost, changed, unknown, unacknowledged } = ledger.compare(report.hashes)
  const broken: string[] = []
  const name = (what: string, ids: readonly string[]) => {
    if (ids.length > 0) broken.push(`${ids.length} ${what}, as ${ids[0]}`)
  }
  name('acknowledged batches lost', lost)
  name('batches stored twice', report.duplicated)
  name('batches stored otherwise than sent', changed)
  name('batches stored that nobody sent', unknown)
  if (report.integrity !== 'ok') broken.push(`integrity_check: ${report.integrity}`)
  for (const [table, rows] of Object.entries(report.rebuilt)) {
    if (report.incremental[table] !== rows)
      broken.push(`${table} has ${report.incremental[table]}, a rebuild ${rows}`)
  }
  return { acknowledged: ledger.acknowledged.size, stored: report.hashes.size, unacknowledged, broken }
}
