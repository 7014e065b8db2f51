import { performance } from 'node:perf_hooks'
import { readMode, readModeAudit, readModeLines } from '../mode.ts'
import { listChannels, listDeliveries } from '../notifications.ts'
import type { SqliteDatabase } from '../sqlite/open.ts'
import type { StoreReads } from '../store.ts'
import { createReadContext, DEFAULT_LIMITS, type ReadOptions } from './context.ts'
import { getBatch } from './get-batch.ts'
import { getHistogram } from './get-histogram.ts'
import { getOtlpReceipt } from './get-otlp-receipt.ts'
import { getOverview } from './get-overview.ts'
import { getTool } from './get-tool.ts'
import { countAlerts, getAlert, listAlerts } from './list-alerts.ts'
import { listBatchSizes } from './list-batch-sizes.ts'
import { listBatches } from './list-batches.ts'
import { listCoupling } from './list-coupling.ts'
import { listExport } from './list-export.ts'
import { listFacets } from './list-facets.ts'
import { listMarkers } from './list-markers.ts'
import { listRun } from './list-run.ts'
import { listSiblings, listTools } from './list-tools.ts'
import { createModeComparison } from './mode-comparison.ts'

const DEFAULTS: ReadOptions = { monotonicMs: () => performance.now(), limits: DEFAULT_LIMITS }

/** The reads of the SQLite store on one connection, each over a snapshot of its own. */
export function createReads(db: SqliteDatabase, options: ReadOptions = DEFAULTS): StoreReads {
  const context = createReadContext(db, options)
  const snapshot = db.transaction((read: () => unknown) => read()) as <T>(read: () => T) => T
  // A read throws as a rejection, whether it fails before or after its first await.
  const answer = async <T>(read: () => T): Promise<T> => snapshot(read)
  const compareModes = createModeComparison(context, options.monotonicMs)
  return {
    listBatches: (query, nowMs) => answer(() => listBatches(context, query, nowMs)),
    getBatch: (batchId, nowMs) => answer(() => getBatch(context, batchId, nowMs)),
    listRun: (runId) => answer(() => listRun(context, runId)),
    getHistogram: (query, nowMs) => answer(() => getHistogram(context, query, nowMs)),
    listTools: (query, nowMs) => answer(() => listTools(context, query, nowMs)),
    getTool: (tool, query, nowMs) => answer(() => getTool(context, tool, query, nowMs)),
    listBatchSizes: (query, nowMs) => answer(() => listBatchSizes(context, query, nowMs)),
    listSiblings: (query, nowMs) => answer(() => listSiblings(context, query, nowMs)),
    getOverview: (query, nowMs) => answer(() => getOverview(context, query, nowMs)),
    listFacets: (query, nowMs) => answer(() => listFacets(context, query, nowMs)),
    listExport: (query, cursor, nowMs) => answer(() => listExport(context, query, cursor, nowMs)),
    listAlerts: (query, nowMs) => answer(() => listAlerts(context, query, nowMs)),
    getAlert: (id, nowMs) => answer(() => getAlert(context, id, nowMs)),
    countAlerts: (nowMs) => answer(() => countAlerts(context, nowMs)),
    listCoupling: (query, nowMs) => answer(() => listCoupling(context, query, nowMs)),
    listChannels: () => answer(() => listChannels(db)),
    listDeliveries: (channelId, limit) => answer(() => listDeliveries(db, channelId, limit)),
    listMarkers: (query, nowMs) => answer(() => listMarkers(context, query, nowMs)),
    getOtlpReceipt: () => answer(() => getOtlpReceipt(context)),
    getMode: () => answer(() => readMode(db)),
    listModeAudit: (limit) => answer(() => readModeAudit(db, limit)),
    compareModes: (query, nowMs) => answer(() => compareModes(query, nowMs)),
    listModeLines: (afterRevision, limit) => answer(() => readModeLines(db, afterRevision, limit)),
  }
}
