import { performance } from 'node:perf_hooks'
import { readMode, readModeAudit } from '../mode.ts'
import type { SqliteDatabase } from '../sqlite/open.ts'
import type { StoreReads } from '../store.ts'
import { createReadContext, type ReadOptions } from './context.ts'
import { SCAN_BUDGET_MS } from './deadline.ts'
import { getBatch } from './get-batch.ts'
import { listBatches } from './list-batches.ts'
import { listRun } from './list-run.ts'

const DEFAULTS: ReadOptions = { monotonicMs: () => performance.now(), scanBudgetMs: SCAN_BUDGET_MS }

/** The reads of the SQLite store on one connection, each over a snapshot of its own. */
export function createReads(db: SqliteDatabase, options: ReadOptions = DEFAULTS) {
  const context = createReadContext(db, options)
  const snapshot = db.transaction((read: () => unknown) => read()) as <T>(read: () => T) => T
  // A read throws as a rejection, whether it fails before or after its first await.
  const answer = async <T>(read: () => T): Promise<T> => snapshot(read)
  return {
    listBatches: (query, nowMs) => answer(() => listBatches(context, query, nowMs)),
    getBatch: (batchId) => answer(() => getBatch(context, batchId)),
    listRun: (runId) => answer(() => listRun(context, runId)),
    getMode: () => answer(() => readMode(db)),
    listModeAudit: (limit) => answer(() => readModeAudit(db, limit)),
  } satisfies Partial<StoreReads>
}
