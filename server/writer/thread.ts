import { performance } from 'node:perf_hooks'
import { workerData } from 'node:worker_threads'
import { appendToolMarks } from '#db/coupling.ts'
import { createGuardEvidence } from '#db/guard-evidence.ts'
import { createAlertsById } from '#db/queries/alerts-by-id.ts'
import { openForWriting } from '#db/sqlite/open.ts'
import { LogWriter } from '#db/write.ts'
import type { Excerpt } from '#ingest/dialects/fingerprint.ts'
import { commitIngest, type IngestRequest, prepareIngest } from '#ingest/pipeline.ts'
import type { SpanRequest } from '#ingest/spans/prepare.ts'
import { createJobs } from '#jobs/jobs.ts'
import type { AlertAction } from '#lib/contract/alerts.ts'
import type { ChannelInput } from '#lib/contract/channels.ts'
import type { ToolMarks } from '#lib/contract/coupling.ts'
import type { IngestAnswer } from '#lib/contract/ingest.ts'
import type { ModePut } from '#lib/contract/mode.ts'
import type { SendResult } from '../notifier/send-webhook.ts'
import { hostThread } from '../threads/thread-host.ts'
import { createAlertWriter } from './alert-writer.ts'
import { createAnnouncer } from './announcer.ts'
import { createGroupCommit } from './group-commit.ts'
import { createGuardWatch } from './guard-watch.ts'
import { createJobLoop, describeError } from './job-loop.ts'
import { writeGuards } from './mode-guard.ts'
import { type TriggerMessage, writeTrigger } from './mode-trigger.ts'
import { expireRules, type ModeWrite, putMode } from './mode-writer.ts'
import {
  type AttemptedDelivery,
  createTestDelivery,
  planDeliveries,
  putChannel,
  recordDelivery,
  removeChannel,
} from './notification-writer.ts'
import type { AlertsEvent, SpanAnswer, WriterData } from './protocol.ts'
import { createSpanIntake } from './span-intake.ts'
import { describeStorageFault, type StorageFault, storageUnavailable } from './storage-fault.ts'
import { createStorageHealth } from './storage-health.ts'

/*
 * The one writer. Everything that changes the database happens on this thread: ingest, jobs, the mode.
 */

/** How often rules are looked at for their end, and a faulty storage is tried again. */
const TICK_MS = 500
/** Of the arguments, the result or the error of a call, where contents are captured. */
const EXCERPT_CHARS = 1_000
/** How often spans are looked at that wait to become batches. */
const SPAN_TICK_MS = 100

const { file, maxBodyBytes, falseAlarms, spans: spanSettings, publicUrl } = workerData as WriterData
const db = openForWriting(file)
const log = new LogWriter(db)
const readAlerts = createAlertsById(db)
const jobs = createJobs(db, log, () => performance.now(), {
  falseAlarms,
  onAlerts: (changes) => host.emit('alerts', changes),
  onFault: (detector, error, batchId) =>
    host.emit('detectorFault', { detector, batchId, ...describeError(error) }),
})
const guards = createGuardWatch({ evidence: createGuardEvidence(db), readAlerts })
const alertWriter = createAlertWriter(db, Date.now())
const health = createStorageHealth({
  monotonicMs: () => performance.now(),
  onChange: (fault) => host.emit('storage', { fault }),
})

const commits = createGroupCommit({
  log,
  describeFault: describeStorageFault,
  toError: storageUnavailable,
  onCommit: health.succeeded,
  onFault: health.failed,
})

const announcer = createAnnouncer(
  (event) => host.emit('committed', event),
  () => log.lastSeq,
)

const spans = createSpanIntake({
  db,
  log,
  toExcerpt: spanSettings.capturesContent ? await loadExcerpt() : null,
  commits,
  settings: spanSettings,
  maxBodyBytes,
  onShown: ({ added, changed }) => announcer.announce(added, changed),
  onFault: (error) => host.emit('assemblyFault', describeError(error)),
})

const loop = createJobLoop({
  jobs: {
    runSlice(budgetMs) {
      const hasSpans = spans.runSlice(budgetMs / 2)
      return jobs.runSlice(budgetMs / 2) || hasSpans
    },
    flushedSeq: () => jobs.flushedSeq(),
  },
  lastSeq: () => log.lastSeq,
  onProgress: (progress) => host.emit('derived', progress),
  onError(error) {
    const fault = describeStorageFault(error)
    if (fault !== null) reportFault(fault)
    return fault !== null
  },
})

const host = hostThread({
  ingest,
  takeSpans,
  settleSpans() {
    spans.settle()
    loop.wake()
  },
  putMode: (put: ModePut, setBy: string, nowMs: number) => writeMode(() => putMode(db, put, setBy, nowMs)),
  triggerMode: (message: TriggerMessage, nowMs: number) =>
    writeMode(() => writeTrigger(db, message, publicUrl, nowMs)),
  putChannel: (id: string | null, input: ChannelInput, nowMs: number) =>
    commit(() => putChannel(db, id, input, nowMs)),
  removeChannel: (id: string) => commit(() => removeChannel(db, id)),
  markTool: (tool: string, marks: ToolMarks, by: string, nowMs: number) =>
    commit(() => appendToolMarks(db, tool, marks, by, nowMs)),
  planDeliveries: (nowMs: number) => commit(() => planDeliveries(db, { readAlerts, publicUrl }, nowMs)),
  createTestDelivery: (channelId: string, nowMs: number) =>
    commit(() => createTestDelivery(db, channelId, publicUrl, nowMs)),
  recordDelivery: (delivery: AttemptedDelivery, result: SendResult, nowMs: number) =>
    commit(() => recordDelivery(db, delivery, result, nowMs)),
  actOnAlert,
  rebuild() {
    try {
      jobs.rebuild()
    } catch (error) {
      const fault = describeStorageFault(error)
      if (fault === null) throw error
      reportFault(fault)
      throw storageUnavailable(fault)
    } finally {
      loop.startRebuild()
    }
  },
  async stop() {
    clearInterval(ticker)
    clearInterval(spanTicker)
    // Commits keep their order: when this one is done, everything accepted before it is on disk.
    await commit(() => undefined).catch(ignoreKnownFault)
    loop.stop()
    try {
      saveDerived()
    } finally {
      db.close()
      // The answer leaves at the end of this turn; the port may close in the one after.
      setImmediate(() => setImmediate(() => host.close()))
    }
  },
})

/** Read by nobody who has not asked for contents. */
async function loadExcerpt(): Promise<Excerpt> {
  const { toExcerpt } = await import('@parascope/sdk/redact')
  return (value) => toExcerpt(value, EXCERPT_CHARS)
}

/** What the storage does not take now is derived again from the log by the next process. */
function saveDerived(): void {
  try {
    jobs.flushGathered()
  } catch (error) {
    const fault = describeStorageFault(error)
    if (fault === null) throw error
    reportFault(fault)
  }
}

async function ingest(request: IngestRequest): Promise<IngestAnswer> {
  const { answer, added } = await commits.write({
    prepare: () => prepareIngest(request, maxBodyBytes),
    work: (prepared) => commitIngest(prepared, log),
    size: (prepared) => prepared.byteLength,
  })
  announcer.announce(added)
  loop.wake()
  return answer
}

async function takeSpans(request: SpanRequest): Promise<SpanAnswer> {
  const answer = await spans.take(request)
  loop.wake()
  return answer
}

/** A write that needs nothing prepared. */
function commit<T>(work: () => T): Promise<T> {
  return commits.write({ prepare: () => undefined, work })
}

async function writeMode<Write extends ModeWrite>(write: () => Write): Promise<Write> {
  const result = await commit(write)
  const { mode, changed, action } = result
  if (changed) host.emit('mode', { mode, action, atMs: Date.now() })
  return result
}

async function actOnAlert(id: string, action: AlertAction, by: string, nowMs: number): Promise<void> {
  await tellAlerts(() => alertWriter.act(id, action, by, nowMs))
}

async function tellAlerts(change: () => AlertsEvent | null): Promise<void> {
  const changes = await commit(change)
  if (changes !== null) host.emit('alerts', changes)
}

/** Of derived state nobody knows how much it was. */
function reportFault(fault: StorageFault): void {
  health.failed(fault, Number.POSITIVE_INFINITY)
}

/** The group commit has already reported a fault of the storage; anything else must be seen. */
function ignoreKnownFault(error: unknown): void {
  if (health.fault === null) throw error
}

const ticker = setInterval(() => {
  if (health.fault !== null) {
    void commit(() => log.count('probes', 1)).catch(ignoreKnownFault)
    return
  }
  void writeMode(() => expireRules(db, Date.now())).catch(ignoreKnownFault)
  void writeMode(() => writeGuards(db, guards, publicUrl, Date.now())).catch(ignoreKnownFault)
  void tellAlerts(() => alertWriter.takeEndedSilences(Date.now())).catch(ignoreKnownFault)
}, TICK_MS)

const spanTicker = setInterval(() => {
  if (health.fault === null && spans.isWaiting()) loop.wake()
}, SPAN_TICK_MS)

host.emit('ready', null)
loop.wake()
