import type { Batch } from './batch.ts'
import type { Core } from './core.ts'
import { type HostSettings, openEndpoint, parseIdentity } from './endpoint.ts'
import { messageOf } from './failure.ts'
import { toInt } from './guard.ts'
import { openMode } from './mode/open.ts'
import type { OpenFile } from './platform/files.ts'
import type { Send } from './platform/http.ts'
import { createCapture } from './report/capture.ts'
import { randomKey } from './report/fingerprints.ts'
import { RecordBuilder } from './report/record.ts'
import { Reporter } from './report/reporter.ts'
import { summarise } from './report/summary.ts'
import type { ModeDecision, Stats } from './types.ts'

const SDK = { name: '@parascope/sdk', version: '0.1.0' }
const NAME_CHARS = 256
const MAX_QUEUED_BATCHES = 2_048
const MAX_UNCLASSIFIED = 1_000
const NO_TOOLS: ModeDecision['tools'] = new Map()

/** What the foreground hands over. */
export interface BackgroundSettings extends HostSettings {
  readonly core?: Pick<Core, 'lingering'>
}

/** All that talks to the server. Nothing here ever runs between a tool call and its host. */
export interface Background {
  /** From memory; microseconds. */
  decide(key: string): ModeDecision
  record(batch: Batch): void
  /** Resolves once a mode has been heard. */
  heard(): Promise<void>
  /** Sends at once; resolves when nothing is left. */
  drain(): Promise<void>
  close(): void
  stats(): Stats
}

/** Opens what talks to the server. Never throws; what is not usable is told, and left out. */
export function openBackground(settings: BackgroundSettings, send: Send, openFile: OpenFile): Background {
  const { options, diagnose } = settings
  const identity = parseIdentity(settings)
  const { net, endpoint } = openEndpoint(settings, send)
  const builder = new RecordBuilder(
    identity,
    options.fingerprints === true ? randomKey() : null,
    createCapture(options.capture, (error) => diagnose('hook', `redact threw: ${messageOf(error)}`)),
  )
  const unclassified = new Set<string>()
  const maxQueued = toInt(options.maxQueuedBatches, 1) ?? MAX_QUEUED_BATCHES
  const reporter =
    endpoint && options.report !== false ? new Reporter(endpoint, builder, SDK, maxQueued, diagnose) : null
  const mode =
    endpoint && options.modeUpdates !== 'off'
      ? openMode({ endpoint, identity, options, diagnose, openFile, listener: null }).client
      : null
  const log = createLog(options.log, diagnose)

  return {
    decide: (key) => mode?.decide(key) ?? { mode: 'parallel', revision: null, tools: NO_TOOLS },
    record: net((batch) => {
      noteUnclassified(unclassified, batch)
      log?.(batch)
      reporter?.add(batch)
    }),
    heard: () => mode?.heard() ?? new Promise(() => {}),
    drain() {
      for (const close of settings.core?.lingering ?? []) close()
      return reporter?.drain() ?? Promise.resolve()
    },
    close() {
      mode?.close()
      reporter?.close()
    },
    stats: () => ({
      ...(reporter?.stats() ?? NO_STATS),
      unclassified: [...unclassified],
      modeRevision: mode?.revision ?? null,
      modeConnected: mode?.connected ?? false,
    }),
  }
}

function noteUnclassified(names: Set<string>, { entries }: Batch): void {
  for (const { tool, policy } of entries) {
    if (policy.effect === null && names.size < MAX_UNCLASSIFIED) names.add(tool.slice(0, NAME_CHARS))
  }
}

function createLog(log: unknown, diagnose: BackgroundSettings['diagnose']): ((batch: Batch) => void) | null {
  // biome-ignore lint/suspicious/noConsole: the host asked for the line
  const tell = typeof log === 'function' ? log : log === true ? (line: string) => console.info(line) : null
  if (tell === null) return null
  return (batch) => {
    try {
      tell(summarise(batch))
    } catch (error) {
      diagnose('hook', `log threw: ${messageOf(error)}`)
    }
  }
}

const NO_STATS = {
  queued: 0,
  sent: 0,
  accepted: 0,
  duplicates: 0,
  rejected: 0,
  dropped: 0,
  retries: 0,
  altered: 0,
}
