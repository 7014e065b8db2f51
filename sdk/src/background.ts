import type { Batch } from './batch.ts'
import { messageOf } from './failure.ts'
import { toInt } from './guard.ts'
import { mintId } from './ids.ts'
import { ModeClient } from './mode/client.ts'
import type { Send } from './platform/http.ts'
import type { Platform } from './platform/platform.ts'
import type { Endpoint } from './report/delivery.ts'
import { randomKey } from './report/fingerprints.ts'
import { RecordBuilder } from './report/record.ts'
import { Reporter } from './report/reporter.ts'
import { summarise } from './report/summary.ts'
import type { ModeDecision, Observer, Stats } from './types.ts'

const SDK = { name: '@parascope/sdk', version: '0.1.0' }
const DEFAULT_URL = 'http://localhost:3000'
const NAME_CHARS = 256
const MAX_QUEUED_BATCHES = 2_048
const NO_TOOLS: ModeDecision['tools'] = new Map()

/** What the foreground hands over. */
export interface BackgroundSettings {
  readonly platform: Platform
  /** The host's options: anything may be in them. */
  readonly options: Readonly<Record<string, unknown>>
  readonly observer: Observer | null
  readonly diagnose: (code: string, message: string) => void
}

/** Whose batches these are; every name within the contract's bounds. */
export interface Identity {
  readonly agent: string
  readonly environment: string
  readonly version: string | null
  readonly tenant: string | null
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

/** The base of the API, ending in a slash; null when it is not an address to send to. */
function parseBase(url: unknown): string | null {
  try {
    const { protocol, origin, pathname } = new URL(url as string)
    return /^https?:$/.test(protocol) ? `${origin}${pathname.replace(/\/*$/, '/')}` : null
  } catch {
    return null
  }
}

function parseIdentity({ options, diagnose }: BackgroundSettings): Identity {
  const name = (key: string) => {
    const value = options[key]
    if (typeof value === 'string' && value !== '') return value.slice(0, NAME_CHARS).toWellFormed()
    if (value !== undefined && value !== null) diagnose(`config-${key}`, `${key} must be a text: ignored`)
    return null
  }
  const agent = name('agent')
  if (agent === null) diagnose('config-agent', 'agent is missing: batches are recorded under unknown')
  return {
    agent: agent ?? 'unknown',
    environment: name('environment') ?? 'default',
    version: name('version'),
    tenant: name('tenant'),
  }
}

/** Where to send to; null when the options give no usable address: then nothing is sent and no mode heard. */
function parseEndpoint(settings: BackgroundSettings, send: Send): Endpoint | null {
  const { platform, options, observer, diagnose } = settings
  const base = parseBase(options.url ?? DEFAULT_URL)
  const token = options.token ?? ''
  // A header cannot hold anything else.
  const isToken = typeof token === 'string' && /^[\x21-\x7e]*$/.test(token)
  if (base === null || !isToken) {
    const wrong = base === null ? 'url' : 'token'
    diagnose(`config-${wrong}`, `${wrong} is not usable: nothing is sent, no mode is heard`)
    return null
  }
  return {
    platform,
    base,
    headers: token === '' ? {} : { authorization: `Bearer ${token}` },
    send(request, handlers) {
      let abandon: (() => void) | null = null
      const once = () => {
        abandon ??= send(request, handlers)
      }
      try {
        observer?.quiet?.(once)
      } catch (error) {
        diagnose('hook', `observer threw: ${messageOf(error)}`)
      }
      once()
      return () => abandon?.()
    },
  }
}

/**
 * Nothing of ours may end in the host's `uncaughtException`: what runs from a timer or a socket, or is called
 * by the foreground, passes through here. A fault of ours is told; the host runs on.
 */
function createNet(diagnose: BackgroundSettings['diagnose']) {
  return <A extends unknown[]>(fn: (...args: A) => void) =>
    (...args: A): void => {
      try {
        fn(...args)
      } catch (error) {
        diagnose('internal', `a fault of the SDK: ${messageOf(error)}`)
      }
    }
}

/** Opens what talks to the server. Never throws; what is not usable is told, and left out. */
export function openBackground(settings: BackgroundSettings, send: Send): Background {
  const { options, diagnose } = settings
  const net = createNet(diagnose)
  const platform: Platform = {
    ...settings.platform,
    later: (ms, fn) => settings.platform.later(ms, net(fn)),
  }
  const identity = parseIdentity(settings)
  const endpoint = parseEndpoint({ ...settings, platform }, (request, { onHead, onText, onEnd }) =>
    send(request, { onHead: net(onHead), onText: net(onText), onEnd: net(onEnd) }),
  )
  const updates = options.modeUpdates
  const builder = new RecordBuilder(identity, options.fingerprints === true ? randomKey() : null)
  const maxQueued = toInt(options.maxQueuedBatches, 1) ?? MAX_QUEUED_BATCHES
  const reporter =
    endpoint && options.report !== false ? new Reporter(endpoint, builder, SDK, maxQueued, diagnose) : null
  const mode =
    endpoint && updates !== 'off'
      ? new ModeClient(endpoint, identity, mintId(platform.wall()), updates !== 'poll', diagnose)
      : null
  mode?.start()
  const log = createLog(options.log, diagnose)

  return {
    decide: (key) => mode?.decide(key) ?? { mode: 'parallel', revision: null, tools: NO_TOOLS },
    record: net((batch) => {
      log?.(batch)
      reporter?.add(batch)
    }),
    heard: () => mode?.heard() ?? new Promise(() => {}),
    drain: () => reporter?.drain() ?? Promise.resolve(),
    close() {
      mode?.close()
      reporter?.close()
    },
    stats: () => ({
      ...(reporter?.stats() ?? NO_STATS),
      modeRevision: mode?.revision ?? null,
      modeConnected: mode?.connected ?? false,
    }),
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
