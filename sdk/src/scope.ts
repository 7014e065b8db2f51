import type { Background } from './background.ts'
import type { Batch } from './batch.ts'
import { CORE, type Core } from './core.ts'
import { createExecutor } from './executor.ts'
import { messageOf } from './failure.ts'
import { isObject, keysOf, read, snapshot, toText } from './guard.ts'
import type { Platform } from './platform/platform.ts'
import type {
  Diagnostic,
  ModeDecision,
  Observer,
  Parascope,
  ParascopeOptions,
  Stats,
  TurnContext,
} from './types.ts'
import { Wrapping } from './wrap.ts'

/** Batches kept until the part that sends them is loaded. */
const MAX_EARLY = 1_000
const UNHEARD: ModeDecision = { mode: 'parallel', revision: null, tools: new Map() }

/** Tells each kind of trouble once, to a listener that may itself be trouble. */
function createDiagnose(listener: unknown): Core['diagnose'] {
  const told = new Set<string>()
  return (code, message) => {
    if (typeof listener !== 'function' || told.has(code)) return
    told.add(code)
    try {
      listener({ code, message } satisfies Diagnostic)
    } catch {
      // There is nobody left to tell.
    }
  }
}

/** `createParascope` for one platform. Never throws: what is not usable is told, and left out. */
export function createScope(platform: Platform, options: ParascopeOptions): Parascope {
  // Read at once: the host may go on to use the object for something else.
  const scope = new Scope(platform, snapshot(options, keysOf(options)))
  const parascope: Parascope & { readonly [CORE]: Core } = {
    [CORE]: scope,
    executor: (executorOptions) => createExecutor(scope, executorOptions),
    wrap: (fn, wrapOptions) => scope.wrapping.wrap(fn, wrapOptions),
    turn: (context, fn) => scope.wrapping.turn(context, fn),
    mode: (query) => scope.decide(toText(read(query, 'runId'))),
    ready: (timeoutMs = 1_000) => scope.within(timeoutMs, (background) => background.heard()),
    stats: () => scope.stats(),
    flush: (timeoutMs = 2_000) => scope.within(timeoutMs, (background) => background.drain()),
    shutdown: (timeoutMs = 2_000) => scope.shutdown(timeoutMs),
  }
  return parascope
}

/** One agent's executors and wrapped functions, and the way from them to the server. */
class Scope implements Core {
  readonly platform: Platform
  readonly observer: Observer | null
  readonly keepsValues: boolean
  readonly diagnose: Core['diagnose']
  readonly wrapping = new Wrapping(this)
  lingering?: Set<() => void>
  readonly #loading: Promise<Background | null>
  #background: Background | null = null
  #early: Batch[] = []
  #dropped = 0
  #closing: Promise<boolean> | null = null

  constructor(platform: Platform, options: Readonly<Record<string, unknown>>) {
    this.platform = platform
    this.diagnose = createDiagnose(options.onDiagnostic)
    this.observer = (options.observer as Observer | undefined) ?? null
    this.keepsValues = options.fingerprints === true || isObject(options.capture)
    const { observer, diagnose } = this
    this.#loading = platform.loadBackground({ platform, options, observer, diagnose, core: this }).then(
      (background) => {
        this.#background = background
        for (const batch of this.#early.splice(0)) background.record(batch)
        return background
      },
      (error) => {
        diagnose('background', `nothing is sent, no mode is heard: ${messageOf(error)}`)
        return null
      },
    )
  }

  threw(what: string, error: unknown): void {
    this.diagnose('hook', `${what} threw: ${messageOf(error)}`)
  }

  decide(key: string): ModeDecision {
    return this.#background?.decide(key) ?? UNHEARD
  }

  turnContext(): TurnContext {
    return this.wrapping.context()
  }

  record(batch: Batch): void {
    batch.release(this.keepsValues)
    if (this.#background !== null) this.#background.record(batch)
    else if (this.#early.length < MAX_EARLY) this.#early.push(batch)
    else this.#dropped++
  }

  stats(): Stats {
    const stats = this.#background?.stats() ?? NO_STATS
    return { ...stats, queued: stats.queued + this.#early.length, dropped: stats.dropped + this.#dropped }
  }

  /** True when `done` came in time. Holds the process while the host waits, but no longer than `timeoutMs`. */
  within(timeoutMs: number, done: (background: Background) => Promise<void>): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.platform.hold(timeoutMs, () => resolve(false))
      this.#loading.then(async (background) => {
        if (background !== null) await done(background)
        cancel()
        resolve(background !== null)
      })
    })
  }

  shutdown(timeoutMs: number): Promise<boolean> {
    this.#closing ??= this.within(timeoutMs, (background) => background.drain()).then((sent) => {
      this.#loading.then((background) => background?.close())
      return sent
    })
    return this.#closing
  }
}

const NO_STATS: Stats = {
  queued: 0,
  sent: 0,
  accepted: 0,
  duplicates: 0,
  rejected: 0,
  dropped: 0,
  retries: 0,
  altered: 0,
  unclassified: [],
  modeRevision: null,
  modeConnected: false,
}
