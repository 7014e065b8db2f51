import type { Core } from './core.ts'
import { toList, toText } from './guard.ts'
import { mintId } from './ids.ts'
import type { Restore } from './platform/platform.ts'
import type { Linked } from './schedule/dependencies.ts'
import { type Kind, kindOf, Scheduler, tighter } from './schedule/scheduler.ts'
import type { CallObservation, Effect, Mode, ModeDecision, Outcome, TurnContext } from './types.ts'

/** A tool's declarations after checking; null is undeclared. */
export interface Policy {
  readonly effect: Effect | null
  readonly resources: ((args: unknown) => unknown) | null
  readonly maxConcurrency: number | null
  readonly deadlineMs: number | null
}

/** One call of a batch: what is scheduled, timed and recorded. */
export interface Entry extends Linked {
  /** As the caller named it; recorded unique and within bounds. */
  readonly callId: string
  /** A mode of its own, where a rule or a policy narrowed it. It and `kind` are final once it is scheduled. */
  ownMode: Mode | null
  kind: Kind
  readonly policy: Policy
  args: unknown
  result: unknown
  group: string | null
  dependsOn: readonly string[]
  resources: readonly string[]
  /** From the batch's start, ms. */
  startMs: number
  durationMs: number
  outcome: Outcome | null
  errorCode: string | null
  observation: CallObservation | null
  prerequisites: Entry[] | null
  dependents: Entry[] | null
  start: (entry: Entry) => void
  /** The asynchronous context that it starts in; without one, where it is scheduled. */
  restore?: Restore | null | undefined
  /** The attempt before this one, of which it is recorded as a further attempt. */
  retryOf?: Entry
  /** How long a policy held it back once it could have started, ms. */
  heldMs?: number
  marks?: string[]
  /** The whole size of a result that was cut. */
  resultBytes?: number
}

const nothing = () => {}

const MAX_RESOURCES = 1_000

/** The calls of one turn: decides the mode when it opens, then schedules and times them. */
export class Batch {
  readonly id: string
  /** Epoch ms, read once; every other time counts from here by the monotonic clock. */
  readonly startedAtMs: number
  readonly decision: ModeDecision
  readonly runId: string | null
  readonly context: TurnContext
  readonly concurrency: number | null
  readonly toolCaps: ReadonlyMap<string, number>
  readonly entries: Entry[] = []
  emittedCalls: number | null = null
  readonly #core: Core
  readonly #startedAt: number
  readonly #scheduler: Scheduler<Entry>

  constructor(
    core: Core,
    context: TurnContext,
    concurrency: number | null,
    toolCaps: ReadonlyMap<string, number>,
  ) {
    this.#core = core
    this.startedAtMs = core.platform.wall()
    this.#startedAt = core.platform.now()
    this.id = mintId(this.startedAtMs)
    this.context = context
    this.runId = toText(context.runId) || observedRun(core) || null
    this.decision = core.decide(this.runId ?? this.id)
    this.concurrency = concurrency
    this.toolCaps = toolCaps
    this.#scheduler = new Scheduler(this.decision.mode, concurrency, toolCaps, (entry) =>
      this.startNow(entry),
    )
  }

  /** A further call in order of emission. It waits until it is scheduled. */
  enter(callId: string, tool: string, args: unknown, policy: Policy, start: (entry: Entry) => void): Entry {
    const { mode, tools } = this.decision
    const ownMode = tools.get(tool) ?? null
    const reads = policy.effect === 'read'
    const kind: Kind = kindOf(mode, ownMode ?? mode, reads)
    const entry: Entry = {
      tool,
      kind,
      waits: 0,
      state: 'waiting',
      next: null,
      seq: this.entries.length,
      prerequisites: null,
      dependents: null,
      callId,
      ownMode,
      policy,
      args,
      result: undefined,
      group: null,
      dependsOn: [],
      resources: [],
      startMs: 0,
      durationMs: 0,
      outcome: null,
      errorCode: null,
      observation: null,
      start,
    }
    this.entries.push(entry)
    return entry
  }

  /** The mode that a call runs under. */
  modeOf(entry: Entry): Mode {
    return tighter(this.decision.mode, entry.ownMode ?? 'parallel')
  }

  /**
   * A call that waits is started from where another one ends, and must see nothing of that one's asynchronous
   * context: it starts in `restore`, unless it has one of its own.
   */
  schedule(entries: readonly Entry[], restore: Restore | null): void {
    for (const entry of entries) {
      entry.restore ??= restore
      this.#scheduler.add(entry)
    }
    this.#scheduler.pump()
  }

  /** Notes the end of a call. Follow with `resume`, once all is noted that ended with it. */
  end(entry: Entry, outcome: Outcome, errorCode: string | null): void {
    if (outcome !== 'never-ran') {
      entry.durationMs = Math.max(0, this.#core.platform.now() - this.#startedAt - entry.startMs)
    }
    entry.outcome = outcome
    entry.errorCode = errorCode
    this.#scheduler.end(entry)
    if (entry.observation !== null) this.#observeEnd(entry)
  }

  /** Lets go of what is the host's, once the last call has ended: a queued record holds no results. */
  release(keepValues: boolean): void {
    for (const entry of this.entries) {
      entry.start = nothing
      entry.restore = entry.gate = undefined
      if (!keepValues) entry.args = entry.result = undefined
    }
  }

  /** Starts what may start now. */
  resume(): void {
    this.#scheduler.pump()
  }

  /** Starts a call at once; past the queue, for a caller that cannot wait. */
  startNow(entry: Entry): void {
    const begin = () => {
      // Before the tool has the arguments, which it may change.
      if (entry.policy.resources !== null) this.#readResources(entry, entry.policy.resources)
      entry.startMs = this.#core.platform.now() - this.#startedAt
      if (this.#core.observer === null) entry.start(entry)
      else this.#startObserved(entry)
    }
    if (entry.restore) entry.restore.runInAsyncScope(begin)
    else begin()
  }

  #readResources(entry: Entry, resources: (args: unknown) => unknown): void {
    try {
      const paths = toList(resources(entry.args), MAX_RESOURCES)
      entry.resources = paths.map(toText).filter((path) => path !== '')
    } catch (error) {
      this.#core.threw('resources', error)
    }
  }

  #startObserved(entry: Entry): void {
    let started = false
    const start = () => {
      if (started) return
      started = true
      entry.start(entry)
    }
    try {
      const { callId, tool, seq } = entry
      entry.observation = this.#core.observer?.call({ batchId: this.id, callId, tool, seq }) ?? null
      entry.observation?.run(start)
    } catch (error) {
      this.#core.threw('observer', error)
    }
    start()
  }

  #observeEnd(entry: Entry): void {
    const { observation, outcome, errorCode } = entry
    entry.observation = null
    try {
      observation?.end({ outcome: outcome as Outcome, errorCode })
    } catch (error) {
      this.#core.threw('observer', error)
    }
  }
}

function observedRun(core: Core): string {
  try {
    return toText(core.observer?.runId?.())
  } catch {
    // An observer that fails to name the run names none.
    return ''
  }
}
