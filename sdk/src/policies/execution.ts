import type { Batch, Entry } from '../batch.ts'
import type { Core } from '../core.ts'
import { codeOf, isRetriable, toFailure } from '../failure.ts'
import { isObject, read, toText } from '../guard.ts'
import type { FailureEnvelope, Outcome } from '../types.ts'
import { arrange, enterCall } from './enter.ts'
import { findLooksDependent } from './hints.ts'
import { currentOf, type Leg, releaseUnused } from './leg.ts'
import type { PolicyPlan } from './options.ts'
import { cutResult } from './result-limit.ts'
import type { PolicyContext, PolicyEnvelope } from './types.ts'

/** Calls at once without any cap that are worth a word. */
const FAN_OUT = 32

/** Runs one batch to its barrier, under the policies of its executor. */
export class PolicyExecution {
  readonly #core: Core
  readonly #plan: PolicyPlan
  readonly #batch: Batch
  readonly #resolve: (results: PolicyEnvelope[]) => void
  /** By position of the call, which is the `seq` of all of its attempts. */
  readonly #legs: Leg[] = []
  #unfinished = 0
  #stopListening: (() => void) | null = null
  #wakeAt = Number.POSITIVE_INFINITY
  #cancelWake: (() => void) | null = null

  constructor(core: Core, plan: PolicyPlan, batch: Batch, resolve: (results: PolicyEnvelope[]) => void) {
    this.#core = core
    this.#plan = plan
    this.#batch = batch
    this.#resolve = resolve
  }

  start(calls: readonly unknown[], signal: unknown): void {
    const batch = this.#batch
    const begin = (entry: Entry) => this.#begin(this.#legs[entry.seq] as Leg, entry)
    for (const call of calls) this.#legs.push(enterCall(this.#core, this.#plan, batch, call, begin))
    this.#unfinished = calls.length
    batch.emittedCalls = calls.length
    const order = arrange(this.#plan, batch, this.#legs)
    for (const entry of order) entry.gate = () => this.#mayStart(this.#legs[entry.seq] as Leg)
    if (batch.concurrency === null && calls.length > FAN_OUT && batch.decision.mode === 'parallel') {
      this.#core.diagnose('fan-out', `${calls.length} calls were let go at once: nothing caps them`)
    }
    if (isObject(signal)) this.#listen(signal as AbortSignal)
    if (this.#unfinished > 0) batch.schedule(order, this.#core.platform.capture())
  }

  /** Asked last before a call starts: limits first, since a circuit's trial must not wait for them. */
  #mayStart(leg: Leg): boolean {
    const nowMs = this.#core.platform.now()
    const waitMs = Math.max(0, ...leg.plan.limits.map((limit) => limit.waitMs(nowMs)))
    if (waitMs > 0) {
      leg.heldSince ??= nowMs
      this.#wakeIn(waitMs, nowMs)
      return false
    }
    if (leg.plan.breaker !== null) {
      leg.admission = leg.plan.breaker.admit()
      if (leg.admission === null) {
        this.#conclude(leg, leg.lastFailure ?? this.#circuitOpen(leg))
        return false
      }
    }
    for (const limit of leg.plan.limits) limit.take(nowMs)
    const entry = currentOf(leg)
    if (leg.heldSince !== null) {
      entry.heldMs = (entry.heldMs ?? 0) + nowMs - leg.heldSince
      entry.marks = [...(entry.marks ?? []), 'rate-limited']
      leg.heldSince = null
    }
    return true
  }

  #circuitOpen(leg: Leg): FailureEnvelope {
    const reason = new Error(`not run: ${leg.plan.tool} failed too often, its circuit is open`)
    return toFailure(leg.givenId as string, 'error', 'circuit-open', true, reason)
  }

  #wakeIn(waitMs: number, nowMs: number): void {
    if (nowMs + waitMs >= this.#wakeAt) return
    this.#cancelWake?.()
    this.#wakeAt = nowMs + waitMs
    // A timer may be a little early: then the limit is asked again.
    this.#cancelWake = this.#core.platform.hold(Math.ceil(waitMs), () => {
      this.#wakeAt = Number.POSITIVE_INFINITY
      this.#batch.resume()
    })
  }

  #begin(leg: Leg, entry: Entry): void {
    if (leg.at > 0) this.#batch.entries.push(entry)
    leg.controller = null
    leg.stopped = null
    const { deadlineMs } = leg.plan
    if (deadlineMs !== null)
      leg.cancelTimer = this.#core.platform.hold(deadlineMs, () => this.#expire(leg, deadlineMs))
    const isLate = () => leg.envelope !== null || currentOf(leg) !== entry || entry.state === 'ended'
    const succeed = (data: unknown) => isLate() || this.#succeed(leg, data)
    const fail = (error: unknown) => isLate() || this.#fail(leg, 'error', codeOf(error), error)
    try {
      const value = this.#plan.run(leg.call, this.#contextOf(leg, entry))
      if (isObject(value)) Promise.resolve(value).then(succeed, fail)
      else succeed(value)
    } catch (error) {
      // The tool's own, or of a promise of its making that cannot be followed.
      fail(error)
    }
  }

  #contextOf(leg: Leg, entry: Entry): PolicyContext {
    const attempt = leg.at
    return {
      batchId: this.#batch.id,
      callId: entry.callId,
      mode: this.#batch.modeOf(entry),
      attempt: attempt + 1,
      idempotencyKey: leg.idempotencyKey,
      sibling: (callId) =>
        this.#legs.find((other) => currentOf(other).callId === callId)?.envelope ?? undefined,
      get signal() {
        // One for each attempt: the first's deadline must not abort the second.
        if (leg.at !== attempt) return AbortSignal.abort()
        leg.controller ??= new AbortController()
        if (leg.stopped !== null) leg.controller.abort(leg.stopped.reason)
        return leg.controller.signal
      },
    }
  }

  #expire(leg: Leg, deadlineMs: number): void {
    const reason = new DOMException(`no answer within the deadline of ${deadlineMs} ms`, 'TimeoutError')
    const { controller } = leg
    leg.stopped = { reason }
    this.#fail(leg, 'timeout', 'deadline', reason)
    controller?.abort(reason)
  }

  #succeed(leg: Leg, data: unknown): void {
    leg.admission?.ok()
    leg.result = data
    const { maxResultBytes } = leg.plan
    const callId = leg.givenId as string
    if (maxResultBytes !== null) {
      try {
        const cut = cutResult(data, maxResultBytes)
        if (cut !== null) {
          const entry = currentOf(leg)
          entry.resultBytes = cut.bytes
          entry.marks = [...(entry.marks ?? []), 'truncated']
          this.#conclude(leg, { callId, status: 'ok', data: cut.text, truncated: true })
          return
        }
      } catch (error) {
        this.#core.diagnose(
          'result-size',
          `a result of ${leg.plan.tool} cannot be measured: ${toText(error)}`,
        )
      }
    }
    this.#conclude(leg, { callId, status: 'ok', data })
  }

  #fail(leg: Leg, status: 'error' | 'timeout', code: string, error: unknown): void {
    leg.admission?.failed(error)
    const { retry, policy } = leg.plan
    const retriable = isRetriable(error, codeOf(error), leg.idempotencyKey === null ? policy.effect : 'read')
    const envelope = toFailure(leg.givenId as string, status, code, retriable, error)
    if (leg.at + 1 >= leg.attempts.length || !retry?.isWorth(error, leg.idempotencyKey !== null)) {
      this.#conclude(leg, envelope)
      return
    }
    const failed = currentOf(leg)
    if (this.#core.keepsValues) failed.result = error
    this.#batch.end(failed, status, code)
    this.#endAttempt(leg)
    this.#tryAgain(leg, envelope)
  }

  /** The next attempt takes its place after a pause; what succeeded is not touched. */
  #tryAgain(leg: Leg, envelope: FailureEnvelope): void {
    leg.at++
    leg.pauses ??= leg.plan.retry?.pauses() ?? null
    const next = currentOf(leg)
    next.marks = leg.idempotencyKey === null ? [] : ['idempotency-key']
    next.resources = (leg.attempts[0] as Entry).resources
    const failedAt = this.#core.platform.now()
    leg.lastFailure = envelope
    leg.cancelTimer = this.#core.platform.hold(leg.pauses?.next() ?? 0, () => {
      next.heldMs = this.#core.platform.now() - failedAt
      next.waits = 0
      this.#batch.resume()
    })
    this.#batch.resume()
  }

  #endAttempt(leg: Leg): void {
    leg.cancelTimer?.()
    leg.cancelTimer = null
    leg.admission = null
  }

  /** The one way in which a call ends for good. What comes later is ignored. */
  #conclude(leg: Leg, envelope: PolicyEnvelope): void {
    const isOk = envelope.status === 'ok'
    const failsFast = !isOk && leg.plan.failsFast && envelope.status !== 'cancelled'
    this.#finish(leg, envelope)
    if (failsFast) {
      const reason = new Error(`cancelled: ${toText(leg.givenId)}, a sibling that it needs, failed`)
      this.#cancelAll('sibling-failed', reason)
    }
    if (this.#unfinished > 0) this.#batch.resume()
    else this.#complete()
  }

  #finish(first: Leg, firstEnvelope: PolicyEnvelope): void {
    const ending: [Leg, PolicyEnvelope][] = [[first, firstEnvelope]]
    for (const [leg, envelope] of ending) {
      if (leg.envelope !== null) continue
      leg.envelope = envelope
      this.#unfinished--
      this.#endEntries(leg, envelope)
      this.#endAttempt(leg)
      const [entry] = leg.attempts
      for (const dependent of entry?.dependents ?? []) {
        dependent.waits--
        const other = this.#legs[dependent.seq] as Leg
        const isBarred =
          envelope.status !== 'ok' && this.#plan.skip && other.declared.has(entry?.callId ?? '')
        if (!isBarred || other.envelope !== null) continue
        const reason = new Error(`not run: ${toText(leg.givenId)}, which it depends on, did not end well`)
        ending.push([
          other,
          toFailure(other.givenId as string, 'cancelled', 'dependency-failed', false, reason),
        ])
      }
    }
  }

  /** Notes how the current attempt ended, and that those after it never will start. */
  #endEntries(leg: Leg, envelope: PolicyEnvelope): void {
    const isOk = envelope.status === 'ok'
    for (const [position, entry] of leg.attempts.entries()) {
      if (entry.state === 'ended') continue
      const isCurrent = position === leg.at && entry.state === 'running'
      const outcome: Outcome = isCurrent ? envelope.status : 'never-ran'
      if (this.#core.keepsValues && isCurrent) entry.result = isOk ? envelope.data : envelope.cause
      this.#batch.end(entry, outcome, isOk ? null : envelope.errorCode)
    }
  }

  #cancelAll(code: string, reason: unknown): void {
    const pending = this.#legs.filter(({ envelope }) => envelope === null)
    const running = pending.filter((leg) => currentOf(leg).state === 'running')
    // Those that wait first, lest the end of a running one start them.
    for (const leg of new Set([...pending.filter((leg) => !running.includes(leg)), ...running])) {
      leg.admission?.cancelled()
      this.#finish(leg, toFailure(leg.givenId as string, 'cancelled', code, false, reason))
    }
    for (const leg of running) {
      leg.stopped = { reason }
      leg.controller?.abort(reason)
    }
  }

  #listen(signal: AbortSignal): void {
    const abort = () => {
      this.#cancelAll('aborted', read(signal, 'reason'))
      if (this.#unfinished === 0) this.#complete()
    }
    try {
      if (signal.aborted) abort()
      else signal.addEventListener('abort', abort, { once: true })
      this.#stopListening = () => signal.removeEventListener('abort', abort)
    } catch (error) {
      this.#core.threw('signal', error)
    }
  }

  #complete(): void {
    this.#stopListening?.()
    this.#stopListening = null
    this.#cancelWake?.()
    this.#noteLooksDependent()
    for (const leg of this.#legs) releaseUnused(leg)
    this.#resolve(this.#legs.map(({ envelope }) => envelope as PolicyEnvelope))
    this.#core.record(this.#batch)
  }

  #noteLooksDependent(): void {
    const calls = this.#legs.map((leg) => ({
      callId: currentOf(leg).callId,
      tool: leg.plan.tool,
      empty: leg.emptyArgs,
      data: leg.result,
      known: new Set([...(leg.attempts[0]?.dependsOn ?? []), ...leg.soft]),
      entry: leg.attempts[0] as Entry,
    }))
    for (const [call, source] of findLooksDependent(calls)) {
      const { entry } = call as (typeof calls)[number]
      entry.marks = [...(entry.marks ?? []), `looks-dependent:${source.callId}`]
      this.#core.diagnose(
        'looks-dependent',
        `${call.tool} was called beside ${source.tool}, whose result would fill an argument it left empty`,
      )
    }
  }
}
