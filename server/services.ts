import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ParascopeRuntime } from '#db/runtime.ts'
import type { ModeState } from '#lib/contract/mode.ts'
import { coalesce } from './coalesce.ts'
import { createExecutorStreams } from './executor-streams.ts'
import { createExecutorRegistry, type ExecutorRegistry } from './executors.ts'
import { createBodyBudget } from './http/body.ts'
import type { RouteContext } from './http/context.ts'
import { createStreamHub, type StreamHub } from './http/event-stream.ts'
import { logger } from './log.ts'
import { createServerMetrics, type ServerMetrics } from './metrics.ts'
import { createNotifier, type Notifier } from './notifier/notifier.ts'
import type { SendPolicy } from './notifier/send-webhook.ts'
import { noticeChange } from './ofrep/notices.ts'
import { type Reader, startReader } from './reader/client.ts'
import { createServerState, type ServerState } from './state.ts'
import { startWriter, type Writer, type WriterListener } from './writer/client.ts'
import type { SpanSettings } from './writer/protocol.ts'

/** A thousand executors that apply a revision are told to people in a few events. */
const EXECUTORS_CHANGED_MS = 100
const MODE_RUNBOOK = new URL('../docs/mode-runbook.md', import.meta.url)
/** Memory for bodies that are still arriving, all senders together. */
const BODY_BUDGET_BYTES = 96 << 20

export interface ServicesOptions {
  readonly dataDir: string
  readonly maxBodyBytes: number
  readonly publicUrl: string | null
  /** Expected false alarms per agent and month. */
  readonly falseAlarms: number
  readonly spans: SpanSettings
  readonly webhooks: SendPolicy
  /** Of those who may tighten the mode from outside; null = nobody may. */
  readonly triggerSecret: string | null
  /** A thread that the process cannot do without has died. */
  readonly onFailure: (error: Error) => void
}

/** Everything of a process that is not HTTP: the threads, what they tell, and who is told. */
export interface Services {
  readonly context: RouteContext
  readonly runtime: ParascopeRuntime
  readonly state: ServerState
  /** Ends the streams, so that connections can close. */
  closeStreams(): void
  /** Finishes everything accepted. */
  stop(): Promise<void>
}

/** Starts the threads and wires their events to the streams. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const state = createServerState()
  const people = createStreamHub()
  const flagStreams = createStreamHub()
  const registry = createExecutorRegistry()
  let mode: ModeState = { revision: 0, default: 'parallel', rules: [] }
  let metrics: ServerMetrics | null = null
  const executorsChanged = coalesce(
    () => people.broadcast('executors', { revision: mode.revision }),
    EXECUTORS_CHANGED_MS,
  )
  const executorStreams = createExecutorStreams({ mode: () => mode, registry, onChange: executorsChanged })
  const listener: WriterListener = {
    ...createStateListener(state, people),
    mode(event) {
      mode = event.mode
      registry.revisionChanged(mode.revision, event.atMs)
      executorStreams.publish(mode)
      noticeChange(mode, flagStreams, people)
      metrics?.modeFlips.inc()
    },
  }
  const { writer, reader, notifier, stop } = await startThreads(options, listener)
  const stored = await reader.reads.getMode()
  // A rule may have ended meanwhile: what the writer told is newer than what was read.
  if (stored.revision > mode.revision) {
    mode = stored
    registry.revisionChanged(mode.revision, null)
  }
  const streams = { people, executors: executorStreams, flags: flagStreams }
  metrics = createMetrics(writer, reader, state, registry, streams)

  return {
    state,
    context: {
      writer,
      reads: reader.reads,
      ...routeSettings(options),
      executors: registry,
      executorsChanged,
      executorStreams,
      flagStreams,
      notifier,
      state,
      metrics,
      mode: () => mode,
      people,
    },
    runtime: {
      reads: reader.reads,
      mode: () => mode,
      listExecutors: () => registry.list(Date.now()),
      readModeRunbook: () => readFile(MODE_RUNBOOK, 'utf8'),
      falseAlarms: options.falseAlarms,
    },
    closeStreams() {
      for (const hub of Object.values(streams)) hub.close()
    },
    stop,
  }
}

function routeSettings({ maxBodyBytes, publicUrl, triggerSecret }: ServicesOptions) {
  return { budget: createBodyBudget(BODY_BUDGET_BYTES), maxBodyBytes, publicUrl, triggerSecret }
}

async function startThreads(options: ServicesOptions, listener: WriterListener) {
  const { dataDir, maxBodyBytes, falseAlarms, spans, publicUrl, onFailure } = options
  const file = join(dataDir, 'parascope.db')
  let notifier: Notifier | null = null
  const waking: WriterListener = {
    ...listener,
    alerts(event) {
      listener.alerts(event)
      notifier?.wake()
    },
    mode(event) {
      listener.mode(event)
      if (event.action === 'guard' || event.action === 'trigger') notifier?.wake()
    },
  }
  const writer = await startWriter({ file, maxBodyBytes, falseAlarms, spans, publicUrl }, waking, onFailure)
  const reader = await startReader({ file }, onFailure)
  notifier = createNotifier({
    writer,
    policy: options.webhooks,
    nowMs: Date.now,
    onError: (error) => logger.error({ err: error }, 'channels could not be told of alerts'),
  })
  const told = notifier
  return {
    writer,
    reader,
    notifier: told,
    async stop() {
      await told.stop()
      await writer.stop()
      await reader.stop()
    },
  }
}

function createStateListener(state: ServerState, people: StreamHub): Omit<WriterListener, 'mode'> {
  return {
    committed(event) {
      state.derived = { ...state.derived, lastSeq: event.lastSeq }
      const { count, batchIds: ids, failing, lastStartedAtMs: last_started_at } = event
      people.broadcast('batches', { count, ids, failing, last_started_at })
    },
    derived(event) {
      const { fault } = event
      if (fault !== null && state.derived.fault === null)
        logger.error({ err: fault }, 'nothing more is derived')
      state.derived = event
      people.broadcast('derived', { through_seq: event.flushedSeq, rebuilding: event.rebuilding })
    },
    alerts: (event) => people.broadcast('alerts', event),
    detectorFault({ detector, batchId, ...err }) {
      const before = state.detectorFaults.get(detector) ?? 0
      state.detectorFaults.set(detector, before + 1)
      // Once: a bug that every batch meets would fill the log.
      if (before === 0) logger.error({ err, detector, batchId }, 'a detector has failed')
    },
    assemblyFault: (err) => logger.error({ err }, 'spans of a run could not be made into batches'),
    storage({ fault }) {
      state.storageFault = fault
      if (fault === null) logger.info('the storage is healthy again')
      else logger.error({ fault }, 'the storage fails')
      people.broadcast('storage', { fault })
    },
  }
}

function createMetrics(
  writer: Writer,
  reader: Reader,
  state: ServerState,
  registry: ExecutorRegistry,
  streams: Readonly<Record<'people' | 'executors' | 'flags', { readonly size: number }>>,
) {
  return createServerMetrics({
    queuedBytes: () => writer.queuedBytes,
    queuedRequests: () => writer.queuedRequests,
    openAlerts: () => reader.reads.countAlerts(Date.now()),
    streams: () => ({
      people: streams.people.size,
      executors: streams.executors.size,
      flags: streams.flags.size,
    }),
    executors: () => registry.list(Date.now()),
    derivedLag: () => Math.max(0, state.derived.lastSeq - state.derived.flushedSeq),
    derivedHealthy: () => state.derived.fault === null,
    detectorFaults: () => Object.fromEntries(state.detectorFaults),
    storageHealthy: () => state.storageFault === null,
  })
}
