import type { AlertDetail, AlertList } from '#lib/contract/alerts.ts'
import type { ChannelList, DeliveryList } from '#lib/contract/channels.ts'
import type { Coupling } from '#lib/contract/coupling.ts'
import type { Markers } from '#lib/contract/markers.ts'
import type { ModeAudit, ModeAuditLine, ModeState } from '#lib/contract/mode.ts'
import type { ComparisonQuery, ModeComparison } from '#lib/contract/mode-comparison.ts'
import type { OtlpReceipt } from '#lib/contract/otlp.ts'
import type {
  AlertQuery,
  CouplingQuery,
  FilterQuery,
  ListQuery,
  MarkerQuery,
  WindowQuery,
} from '#lib/contract/query.ts'
import type {
  BatchDetail,
  BatchHistogram,
  BatchList,
  BatchSizes,
  Facets,
  Overview,
  Run,
  Siblings,
  ToolDetail,
  ToolList,
} from '#lib/contract/reads.ts'
import type { AlertKind } from '#lib/model/alert.ts'

/**
 * What the pages and the API may ask of a store. Async throughout, because the reads run on a thread of
 * their own and because a second store will need it. Answers are in the public shape of the contract.
 * `nowMs` is passed in where a relative `range` must be resolved: the store has no clock.
 */
export interface StoreReads {
  /** Keyset-paged and time-boxed: may hold fewer rows than asked, then with `next_cursor` and `scanned_to`. */
  listBatches(query: ListQuery, nowMs: number): Promise<BatchList>
  /** An id that is gone is answered with the batch that holds its calls. Null when no batch has it or had it. */
  getBatch(batchId: string, nowMs: number): Promise<BatchDetail | null>
  /** The batches of one run in order of turn and start; null when none names it. */
  listRun(runId: string): Promise<Run | null>
  getHistogram(query: FilterQuery, nowMs: number): Promise<BatchHistogram>
  listTools(query: FilterQuery, nowMs: number): Promise<ToolList>
  /** Null when no call of this tool was ever recorded. */
  getTool(tool: string, query: FilterQuery, nowMs: number): Promise<ToolDetail | null>
  listBatchSizes(query: FilterQuery, nowMs: number): Promise<BatchSizes>
  listSiblings(query: FilterQuery, nowMs: number): Promise<Siblings>
  getOverview(query: FilterQuery, nowMs: number): Promise<Overview>
  /** A page of the export, oldest batch first; `cursor` is null for the first page. */
  listExport(query: FilterQuery, cursor: string | null, nowMs: number): Promise<ExportPage>
  listFacets(query: WindowQuery, nowMs: number): Promise<Facets>
  /** Keyset-paged, newest detection first. */
  listAlerts(query: AlertQuery, nowMs: number): Promise<AlertList>
  /** Null when no alert has this id. */
  getAlert(id: string, nowMs: number): Promise<AlertDetail | null>
  /** How many alerts of each kind are neither resolved nor muted. */
  countAlerts(nowMs: number): Promise<Record<AlertKind, number>>
  /** The audit of the tools; its pairs are counted by whole days. */
  listCoupling(query: CouplingQuery, nowMs: number): Promise<Coupling>
  /** By name, without their secrets. */
  listChannels(): Promise<ChannelList>
  /** What a channel was told, newest first; null when there is no such channel. */
  listDeliveries(channelId: string, limit: number): Promise<DeliveryList | null>
  listMarkers(query: MarkerQuery, nowMs: number): Promise<Markers>
  getOtlpReceipt(): Promise<OtlpReceipt>
  getMode(): Promise<ModeState>
  /** Newest first, with every hash checked. */
  listModeAudit(limit: number): Promise<ModeAudit>
  /** Parallel against serial runs. What the time does not suffice for is read when it is asked again. */
  compareModes(query: ComparisonQuery, nowMs: number): Promise<ModeComparison>
  /** Lines of the trail as they are stored, oldest first. */
  listModeLines(afterRevision: number, limit: number): Promise<ModeAuditLine[]>
}

/** Some lines of an export, without line breaks; time-boxed, so a page may be empty and yet not the last. */
export interface ExportPage {
  readonly lines: readonly string[]
  readonly nextCursor: string | null
}
