import { Batch, type Entry } from '../batch.ts'
import type { Core } from '../core.ts'
import { codeOf } from '../failure.ts'
import { isObject, read, toText } from '../guard.ts'
import type { Restore } from '../platform/platform.ts'
import { snapshotTurn } from '../turn-context.ts'
import type { CallContext, Outcome, TurnContext } from '../types.ts'
import type { Plan } from './plan.ts'

/*
 * The calls of one model response, where the framework runs each tool by itself.
 *
 * Frameworks that start the tools of a response together do so in one burst: each tool's function is called
 * from its own chain of promises, a few microtasks apart, and nobody says which was the last. Dispatching
 * each as it comes would start the first before the second is known, in the order of arrival, which a slower
 * validation changes, and with a size that is learnt at the end. So a step gathers before it dispatches:
 *
 *   known what the model emitted   until all of these have arrived; at the latest for one turn of the event
 *                                  loop, because some may never come (refused arguments, an unknown tool, a
 *                                  cap of the framework's own)
 *   not known                      until no call has come for QUIET_MICROTASKS: some microseconds
 *
 * What comes later joins the batch while it is open, so that a framework with a cap of its own still gets one
 * batch that obeys the mode. The batch ends when all emitted calls have; where these are not known, when none
 * has come for a while after the last ended, when the next step begins, or when the host flushes.
 */

const QUIET_MICROTASKS = 32
const LINGER_MS = 100

/** What the model emitted in one response. */
export interface Emission {
  /** Ids of the calls that will come here, in order of emission. */
  readonly ids: readonly string[]
  /** All that the model emitted, also what will not come here. */
  readonly total: number
  readonly facts?: TurnContext | undefined
}

/** One call as a framework makes it. */
export interface StepCall<T> {
  readonly callId: string
  readonly tool: string
  readonly args: unknown
  /** The framework's own signal. */
  readonly signal?: AbortSignal | null | undefined
  /** Runs in the asynchronous context in which the call came. */
  run(context: CallContext): T | PromiseLike<T>
  /** The error code of a value that tells of a failure; null when it does not. */
  failureOf?(value: T): string | null
}

interface Leg {
  readonly call: StepCall<unknown>
  readonly restore: Restore | null
  controller: AbortController | null
  stopped: { readonly reason: unknown } | null
  resolve(value: unknown): void
  reject(error: unknown): void
  entry: Entry | null
  release: (() => void)[]
}

/** Batches of one adapter, each by what tells it apart. */
export class Steps {
  readonly #core: Core
  readonly #plan: Plan
  readonly #lingerMs: number
  readonly #open = new WeakMap<object, { readonly mark: unknown; readonly step: Step }>()

  /** @param lingerMs how long a batch whose size is not known waits for a further call */
  constructor(core: Core, plan: Plan, lingerMs = LINGER_MS) {
    this.#core = core
    this.#plan = plan
    this.#lingerMs = lingerMs
  }

  /**
   * Runs a call in the batch of `key` and `mark`: its result or error is that of `run`. A new mark under one
   * key is the next step, and ends the one before. `emitted` is asked when a call opens a batch.
   */
  call<T>(
    key: object,
    mark: unknown,
    call: StepCall<T>,
    emitted: () => Emission | null,
    facts?: TurnContext,
  ): Promise<T> {
    const known = this.#open.get(key)
    if (known !== undefined && known.mark === mark && known.step.takes(call.callId))
      return known.step.add(call)
    known?.step.endIfIdle()
    const step = new Step(this.#core, this.#plan, this.#lingerMs, emitted(), facts)
    this.#open.set(key, { mark, step })
    return step.add(call)
  }
}

/** One batch, from its first call to its record. */
class Step {
  readonly #core: Core
  readonly #plan: Plan
  readonly #lingerMs: number
  readonly #emission: Emission | null
  readonly #context: TurnContext
  readonly #ids = new Set<string>()
  readonly #gathered: Leg[] = []
  #batch: Batch | null = null
  #inFlight = 0
  #over = false
  #stopLingering: (() => void) | null = null

  constructor(
    core: Core,
    plan: Plan,
    lingerMs: number,
    emission: Emission | null,
    facts: TurnContext | undefined,
  ) {
    this.#core = core
    this.#plan = plan
    this.#lingerMs = lingerMs
    this.#emission = emission
    const surrounding = snapshotTurn(plan.context(), core.turnContext())
    this.#context = snapshotTurn(surrounding, snapshotTurn(emission?.facts, facts ?? {}))
  }

  /** A call that came before under the same id was made anew, by whoever repeats the step. */
  takes(callId: string): boolean {
    return !this.#over && !this.#ids.has(callId)
  }

  add<T>(call: StepCall<T>): Promise<T> {
    this.#ids.add(call.callId)
    this.#stopLingering?.()
    this.#inFlight++
    return new Promise<T>((resolve, reject) => {
      const leg: Leg = {
        call,
        restore: this.#core.platform.capture(),
        controller: null,
        stopped: null,
        resolve: resolve as Leg['resolve'],
        reject,
        entry: null,
        release: [],
      }
      this.#follow(leg)
      if (this.#batch !== null) {
        this.#batch.schedule([this.#enter(this.#batch, leg)], leg.restore)
        return
      }
      this.#gathered.push(leg)
      if (this.#isComplete()) this.#dispatch()
      else if (this.#gathered.length === 1) this.#gather()
    })
  }

  endIfIdle(): void {
    if (this.#inFlight === 0) this.#end()
  }

  #isComplete(): boolean {
    return this.#emission?.ids.every((id) => this.#ids.has(id)) ?? false
  }

  async #gather(): Promise<void> {
    if (this.#emission === null) {
      let arrived = 1
      for (let quiet = 0; quiet < QUIET_MICROTASKS; quiet++) {
        await null
        if (this.#gathered.length === arrived) continue
        arrived = this.#gathered.length
        quiet = 0
      }
    } else {
      await new Promise<void>((resolve) => this.#core.platform.hold(0, resolve))
    }
    this.#dispatch()
  }

  #dispatch(): void {
    if (this.#batch !== null) return
    const batch = new Batch(this.#core, this.#context, this.#plan.concurrency, this.#plan.toolCaps)
    this.#batch = batch
    batch.emittedCalls = this.#emission?.total ?? null
    const places = new Map(this.#emission?.ids.map((id, place) => [id, place]))
    const placeOf = ({ call }: Leg) => places.get(call.callId) ?? places.size
    this.#gathered.sort((a, b) => placeOf(a) - placeOf(b))
    batch.schedule(
      this.#gathered.splice(0).map((leg) => this.#enter(batch, leg)),
      null,
    )
  }

  #enter(batch: Batch, leg: Leg): Entry {
    const { callId, tool, args } = leg.call
    const entry = batch.enter(callId, tool, args, this.#plan.policyOf(tool), () => this.#start(batch, leg))
    entry.restore = leg.restore
    leg.entry = entry
    return entry
  }

  /** The call's own signal: aborts with the framework's, which calls share, and at the call's deadline. */
  #follow(leg: Leg): void {
    const { signal } = leg.call
    if (!isObject(signal)) return
    const abort = () => {
      stop(leg, read(signal, 'reason'))
      // What never started never will; what runs decides for itself, as it would without us.
      if (leg.entry?.state === 'waiting') this.#settle(leg, 'never-ran', read(signal, 'reason'), 'aborted')
    }
    try {
      if (signal.aborted) stop(leg, signal.reason)
      else signal.addEventListener('abort', abort, { once: true })
      leg.release.push(() => signal.removeEventListener('abort', abort))
    } catch (error) {
      this.#core.threw('signal', error)
    }
  }

  #start(batch: Batch, leg: Leg): void {
    const { entry, call } = leg
    if (entry === null) return
    const deadlineMs = entry.policy.deadlineMs ?? this.#plan.deadlineMs
    if (deadlineMs !== null) this.#setDeadline(leg, deadlineMs)
    const context: CallContext = {
      // Made when first asked for: most tools never do, and it is the dearest part of a call.
      get signal() {
        return signalOf(leg)
      },
      batchId: batch.id,
      callId: call.callId,
      mode: batch.modeOf(entry),
    }
    try {
      Promise.resolve(call.run(context)).then(
        (value) => this.#settle(leg, 'ok', value, call.failureOf?.(value)),
        (error) => this.#settle(leg, outcomeOf(error), error),
      )
    } catch (error) {
      this.#settle(leg, outcomeOf(error), error)
    }
  }

  #setDeadline(leg: Leg, deadlineMs: number): void {
    const cancel = this.#core.platform.hold(deadlineMs, () => {
      const reason = new DOMException(`no answer within the deadline of ${deadlineMs} ms`, 'TimeoutError')
      this.#settle(leg, 'timeout', reason, 'deadline')
      stop(leg, reason)
    })
    leg.release.push(cancel)
  }

  /** The one way in which a call ends. What comes later is ignored. */
  #settle(leg: Leg, outcome: Outcome, value: unknown, code?: string | null): void {
    const { entry } = leg
    if (entry === null || entry.state === 'ended') return
    for (const release of leg.release) release()
    if (this.#core.keepsValues) entry.result = value
    if (outcome !== 'ok') {
      this.#batch?.end(entry, outcome, code ?? codeOf(value))
      leg.reject(value)
    } else {
      this.#batch?.end(entry, code ? 'error' : 'ok', code ?? null)
      leg.resolve(value)
    }
    this.#inFlight--
    this.#batch?.resume()
    if (this.#inFlight > 0) return
    if (this.#isComplete()) this.#end()
    else this.#linger()
  }

  #linger(): void {
    const core = this.#core
    const end = () => this.endIfIdle()
    const cancel = core.platform.later(this.#lingerMs, end)
    core.lingering ??= new Set()
    core.lingering.add(end)
    this.#stopLingering = () => {
      cancel()
      core.lingering?.delete(end)
    }
  }

  #end(): void {
    if (this.#over || this.#batch === null) return
    this.#over = true
    this.#stopLingering?.()
    this.#core.record(this.#batch)
  }
}

function signalOf(leg: Leg): AbortSignal {
  if (leg.controller === null) {
    leg.controller = new AbortController()
    if (leg.stopped !== null) leg.controller.abort(leg.stopped.reason)
  }
  return leg.controller.signal
}

function stop(leg: Leg, reason: unknown): void {
  leg.stopped = { reason }
  leg.controller?.abort(reason)
}

function outcomeOf(error: unknown): Outcome {
  const name = toText(read(error, 'name'))
  return name === 'AbortError' ? 'cancelled' : name === 'TimeoutError' ? 'timeout' : 'error'
}
