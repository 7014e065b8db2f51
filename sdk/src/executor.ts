import { Batch, type Entry, type Policy } from './batch.ts'
import type { Core } from './core.ts'
import { codeOf, isRetriable, toFailure } from './failure.ts'
import { isObject, keysOf, read, toInt, toList, toText } from './guard.ts'
import { parsePolicy, toDeadline, UNDECLARED } from './policy.ts'
import { link, orderAfterPrerequisites } from './schedule/dependencies.ts'
import { snapshotTurn } from './turn-context.ts'
import type { CallContext, Envelope, ExecutorOptions, RunBatch, ToolCall } from './types.ts'

/** The contract's bound on one call's edges. */
const MAX_DEPENDENCIES = 1_000

/** An executor's options after checking. */
interface Plan {
  readonly run: (call: unknown, context: CallContext) => unknown
  readonly concurrency: number | null
  readonly deadlineMs: number | null
  readonly policies: ReadonlyMap<string, Policy>
  readonly toolCaps: ReadonlyMap<string, number>
  readonly skip: boolean
}

/** What one running call can be stopped with. */
interface Control {
  controller: AbortController | null
  stopped: { readonly reason: unknown } | null
  cancelTimer: (() => void) | null
}

function parsePlan(core: Core, options: unknown): Plan {
  const run = read(options, 'run') as (...args: unknown[]) => unknown
  if (typeof run !== 'function') core.diagnose('config-run', 'run is not usable: every call will fail')
  const declared = read(options, 'concurrency') ?? null
  const concurrency = toInt(declared, 1)
  if (concurrency !== declared && declared !== Number.POSITIVE_INFINITY) {
    core.diagnose('config-concurrency', 'concurrency is not usable: ignored')
  }
  const policies = new Map<string, Policy>()
  const toolCaps = new Map<string, number>()
  const tools = read(options, 'tools')
  for (const tool of keysOf(tools)) {
    const policy = parsePolicy(tool, read(tools, tool), core.diagnose)
    policies.set(tool, policy)
    if (policy.maxConcurrency !== null) toolCaps.set(tool, policy.maxConcurrency)
  }
  return {
    run: (call, context) => run.call(options, call, context),
    concurrency,
    deadlineMs: toDeadline(read(options, 'deadlineMs')),
    policies,
    toolCaps,
    skip: read(options, 'onDependencyFailure') !== 'run',
  }
}

/** See `Parascope.executor`. */
export function createExecutor<C extends ToolCall, R>(
  core: Core,
  options: ExecutorOptions<C, R>,
): RunBatch<C, Awaited<R>> {
  const plan = parsePlan(core, options)
  return (calls, context) => {
    const list = toList(calls, Number.POSITIVE_INFINITY)
    if (list.length === 0) return Promise.resolve([])
    return new Promise((resolve) => {
      const batch = new Batch(
        core,
        snapshotTurn(context, core.turnContext()),
        plan.concurrency,
        plan.toolCaps,
      )
      new Execution(core, plan, batch, list.length, resolve as (results: Envelope[]) => void).start(
        list,
        read(context, 'signal'),
      )
    })
  }
}

/** Runs one batch to its barrier. */
class Execution {
  readonly #core: Core
  readonly #plan: Plan
  readonly #batch: Batch
  readonly #resolve: (results: Envelope[]) => void
  // By position of the call.
  readonly #calls: unknown[] = []
  readonly #givenIds: unknown[] = []
  readonly #controls: Control[] = []
  readonly #results: Envelope[]
  #unfinished = 0
  #stopListening: (() => void) | null = null

  constructor(core: Core, plan: Plan, batch: Batch, size: number, resolve: (results: Envelope[]) => void) {
    this.#results = new Array(size)
    this.#core = core
    this.#plan = plan
    this.#batch = batch
    this.#resolve = resolve
  }

  start(calls: readonly unknown[], signal: unknown): void {
    const byId = new Map<string, Entry>()
    const begin = (entry: Entry) => this.#begin(entry)
    let linked = false
    for (const call of calls) linked = this.#enter(call, byId, begin) || linked
    this.#unfinished = calls.length
    this.#batch.emittedCalls = calls.length
    let order: readonly Entry[] = this.#batch.entries
    if (linked) {
      link(
        order,
        (entry) => entry.dependsOn,
        (id) => byId.get(id),
      )
      if (order.some((entry) => entry.kind > 1)) order = orderAfterPrerequisites(order)
    }
    if (signal !== undefined && signal !== null) this.#listen(signal as AbortSignal)
    if (this.#unfinished > 0) this.#batch.schedule(order, this.#core.platform.capture())
  }

  /** Reads a call once, whatever it is. True when it declares dependencies. */
  #enter(call: unknown, byId: Map<string, Entry>, begin: (entry: Entry) => void): boolean {
    const givenId = read(call, 'callId') ?? `call#${this.#calls.length}`
    const id = toText(givenId)
    const tool = toText(read(call, 'tool')) || 'unknown'
    const policy = this.#plan.policies.get(tool) ?? UNDECLARED
    const entry = this.#batch.enter(id, tool, read(call, 'args'), policy, begin)
    this.#calls.push(call)
    this.#givenIds.push(givenId)
    this.#controls.push({ controller: null, stopped: null, cancelTimer: null })
    if (!byId.has(id)) byId.set(id, entry)
    const group = read(call, 'group')
    if (group !== undefined && group !== null) entry.group = toText(group)
    const dependsOn = read(call, 'dependsOn')
    if (dependsOn === undefined || dependsOn === null) return false
    entry.dependsOn = toList(dependsOn, MAX_DEPENDENCIES).map(toText)
    return entry.dependsOn.length > 0
  }

  #begin(entry: Entry): void {
    const deadlineMs = entry.policy.deadlineMs ?? this.#plan.deadlineMs
    if (deadlineMs !== null) this.#setDeadline(entry, deadlineMs)
    try {
      const value = this.#plan.run(this.#calls[entry.seq], this.#contextOf(entry))
      // What cannot be a promise need not be waited for.
      if (!isObject(value)) this.#succeed(entry, value)
      else {
        Promise.resolve(value).then(
          (data) => this.#succeed(entry, data),
          (error) => this.#fail(entry, error),
        )
      }
    } catch (error) {
      // The tool's own, or of a promise of its making whose `then` or `constructor` throws.
      this.#fail(entry, error)
    }
  }

  #contextOf(entry: Entry): CallContext {
    const control = this.#controls[entry.seq] as Control
    return {
      batchId: this.#batch.id,
      callId: entry.callId,
      mode: this.#batch.modeOf(entry),
      // Made when first asked for: most tools never do, and it is the dearest part of a call.
      get signal() {
        if (control.controller === null) {
          control.controller = new AbortController()
          if (control.stopped !== null) control.controller.abort(control.stopped.reason)
        }
        return control.controller.signal
      },
    }
  }

  #setDeadline(entry: Entry, deadlineMs: number): void {
    const control = this.#controls[entry.seq] as Control
    control.cancelTimer = this.#core.platform.hold(deadlineMs, () => {
      const reason = new DOMException(`no answer within the deadline of ${deadlineMs} ms`, 'TimeoutError')
      const { effect } = entry.policy
      const retriable = isRetriable(reason, 'TimeoutError', effect)
      this.#end(entry, toFailure(this.#idOf(entry), 'timeout', 'deadline', retriable, reason))
      this.#stop(entry, reason)
    })
  }

  #listen(signal: AbortSignal): void {
    const abort = () => {
      const reason = read(signal, 'reason')
      const pending = this.#batch.entries.filter((entry) => entry.state !== 'ended')
      const running = pending.filter((entry) => entry.state === 'running')
      // Those that wait first, lest the end of a running one start them.
      for (const entry of [...pending.filter((entry) => entry.state === 'waiting'), ...running]) {
        this.#end(entry, toFailure(this.#idOf(entry), 'cancelled', 'aborted', false, reason))
      }
      for (const entry of running) this.#stop(entry, reason)
    }
    try {
      if (signal.aborted) abort()
      else signal.addEventListener('abort', abort, { once: true })
      this.#stopListening = () => signal.removeEventListener('abort', abort)
    } catch (error) {
      this.#core.threw('signal', error)
    }
  }

  /** Aborts a call's signal, if the tool has it or ever asks for it. */
  #stop(entry: Entry, reason: unknown): void {
    const control = this.#controls[entry.seq] as Control
    control.stopped = { reason }
    control.controller?.abort(reason)
  }

  #idOf(entry: Entry): string {
    return this.#givenIds[entry.seq] as string
  }

  #succeed(entry: Entry, data: unknown): void {
    this.#end(entry, { callId: this.#idOf(entry), status: 'ok', data })
  }

  #fail(entry: Entry, error: unknown): void {
    const code = codeOf(error)
    const retriable = isRetriable(error, code, entry.policy.effect)
    this.#end(entry, toFailure(this.#idOf(entry), 'error', code, retriable, error))
  }

  /** The one way in which a call ends. What comes later is ignored. */
  #end(entry: Entry, envelope: Envelope): void {
    if (entry.state === 'ended') return
    this.#finish(entry, envelope)
    if (this.#unfinished > 0) this.#batch.resume()
    else this.#complete()
  }

  #finish(first: Entry, firstEnvelope: Envelope): void {
    const ending: [Entry, Envelope][] = [[first, firstEnvelope]]
    for (const [entry, envelope] of ending) {
      if (entry.state === 'ended') continue
      const outcome = entry.state === 'waiting' ? 'never-ran' : envelope.status
      const isOk = envelope.status === 'ok'
      if (this.#core.keepsValues) entry.result = isOk ? envelope.data : envelope.cause
      this.#batch.end(entry, outcome, isOk ? null : envelope.errorCode)
      this.#results[entry.seq] = envelope
      this.#controls[entry.seq]?.cancelTimer?.()
      this.#unfinished--
      for (const dependent of entry.dependents ?? []) {
        dependent.waits--
        if (isOk || !this.#plan.skip || dependent.state !== 'waiting') continue
        const reason = new Error(
          `not run: ${toText(this.#idOf(entry))}, which it depends on, did not end well`,
        )
        ending.push([
          dependent,
          toFailure(this.#idOf(dependent), 'cancelled', 'dependency-failed', false, reason),
        ])
      }
    }
  }

  #complete(): void {
    this.#stopListening?.()
    this.#resolve(this.#results)
    this.#core.record(this.#batch)
  }
}
