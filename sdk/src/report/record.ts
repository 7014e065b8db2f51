import type { Batch, Entry } from '../batch.ts'
import type { Identity } from '../endpoint.ts'
import { toInt, toMs } from '../guard.ts'
import type { Captured } from './capture.ts'
import { type CallPrints, Printer, type PrintKey } from './fingerprints.ts'

/*
 * The bounds of the ingest contract. What exceeds one is shortened or left out and counted here, because the
 * server would refuse the whole batch for it.
 */
const NAME_CHARS = 256
const TEXT_CHARS = 1_024
const MAX_CALLS = 20_000
const MAX_DEPENDENCIES = 50_000
const MAX_TOOL_CAPS = 1_000
const MAX_MARKS = 32
const MAX_SPAN_MS = 10_000_000_000
const MAX_ATTEMPT = 1_000_000

/** What the record takes of a call's values, where the host opted in. */
type CallValues = Partial<CallPrints> & { readonly captured?: Captured | undefined }

/** Builds the wire form of a batch. `altered` counts what did not fit. */
export class RecordBuilder {
  altered = 0
  readonly #identity: Identity
  readonly #printKey: PrintKey | null
  readonly #capture: ((entry: Entry) => Captured | undefined) | null
  readonly #printed = new WeakMap<Batch, CallValues[]>()

  constructor(
    identity: Identity,
    printKey: PrintKey | null,
    capture: ((entry: Entry) => Captured | undefined) | null = null,
  ) {
    this.#identity = identity
    this.#printKey = printKey
    this.#capture = capture
  }

  /** Arguments and results are looked at. */
  get prints(): boolean {
    return this.#printKey !== null || this.#capture !== null
  }

  /** Takes what the record needs of arguments and results, where the host opted in, and lets go of them. */
  print(batch: Batch): void {
    if (!this.prints || this.#printed.has(batch)) return
    const printer = this.#printKey === null ? null : new Printer(this.#printKey)
    this.#printed.set(
      batch,
      batch.entries.map((entry) => ({
        ...printer?.call(entry.args, entry.outcome === 'ok' ? entry.result : undefined),
        captured: this.#capture?.(entry),
      })),
    )
    batch.release(false)
  }

  /** JSON of one batch, valid by the ingest contract whatever the host passed in. */
  build(batch: Batch): string {
    const { agent, environment, version, tenant } = this.#identity
    const { context, decision } = batch
    const kept = batch.entries.slice(0, MAX_CALLS)
    this.altered += batch.entries.length - kept.length
    const ids = this.#uniqueIds(kept, batch.emittedCalls === null)
    this.print(batch)
    const prints = this.#printed.get(batch)
    return JSON.stringify({
      batch_id: batch.id,
      run_id: this.#name(batch.runId),
      turn: toInt(context.turn, 0),
      agent,
      environment,
      version: this.#name(context.version) ?? version,
      tenant: this.#name(context.tenant) ?? tenant,
      provider: this.#name(context.provider),
      model: this.#name(context.model),
      mode: decision.mode,
      mode_revision: decision.revision,
      parallel_requested: typeof context.parallelRequested === 'boolean' ? context.parallelRequested : null,
      concurrency: within(batch.concurrency),
      tool_caps: this.#toolCaps(batch, kept),
      started_at: batch.startedAtMs,
      model_ms: toMs(context.modelMs),
      input_tokens: toInt(context.inputTokens, 0),
      output_tokens: toInt(context.outputTokens, 0),
      emitted_calls: toInt(context.emittedCalls, 0) ?? batch.emittedCalls,
      calls: kept.map((entry, index) => ({
        ...this.#call(entry, ids),
        ...prints?.[index],
        ...(entry.resultBytes === undefined ? null : { result_bytes: entry.resultBytes }),
      })),
    })
  }

  #call(entry: Entry, ids: Ids): Record<string, unknown> {
    const timed = entry.outcome !== 'never-ran' && entry.outcome !== 'unknown'
    const id = ids.of.get(entry)
    return {
      call_id: id?.id,
      attempt: id?.attempt === 1 ? undefined : id?.attempt,
      seq: entry.seq,
      tool: this.#name(entry.tool),
      start_ms: timed ? round(entry.startMs) : undefined,
      duration_ms: timed ? round(entry.durationMs) : undefined,
      outcome: entry.outcome,
      error_code: entry.errorCode === null ? undefined : this.#cut(entry.errorCode, TEXT_CHARS),
      effect: entry.policy.effect ?? undefined,
      mode: entry.ownMode ?? undefined,
      resources: some(entry.resources.filter((path) => this.#fits(path))),
      depends_on: some(this.#dependencies(entry, ids)),
      group: this.#name(entry.group) ?? undefined,
      held_ms: entry.heldMs ? round(Math.min(entry.heldMs, MAX_SPAN_MS)) : undefined,
      marks: some((entry.marks ?? []).slice(0, MAX_MARKS).map((mark) => this.#cut(mark, TEXT_CHARS))),
    }
  }

  #dependencies({ dependsOn }: Entry, ids: Ids): string[] {
    const named = dependsOn.filter((id) => id !== '')
    const kept = named.slice(0, MAX_DEPENDENCIES - ids.dependencies)
    ids.dependencies += kept.length
    this.altered += named.length - kept.length
    return kept.map((id) => ids.first.get(id) ?? this.#cut(id, NAME_CHARS))
  }

  /**
   * Ids are unique in a record but for further attempts: a second call of the same id gets a suffix, unless it
   * retries one that failed. `mayRetry`: the calls came one by one, so that such a one can be told.
   */
  #uniqueIds(entries: readonly Entry[], mayRetry: boolean): Ids {
    const ids: Ids = { of: new Map(), first: new Map(), dependencies: 0 }
    const taken = new Set<string>()
    const latest = new Map<string, Entry>()
    for (const entry of entries) {
      const before = entry.retryOf ?? (mayRetry ? latest.get(entry.callId) : undefined)
      const known = before && ids.of.get(before)
      latest.set(entry.callId, entry)
      if (known && (before === entry.retryOf || retries(entry, before)) && known.attempt < MAX_ATTEMPT) {
        ids.of.set(entry, { id: known.id, attempt: known.attempt + 1 })
        continue
      }
      let id = this.#cut(entry.callId || `call#${entry.seq}`, NAME_CHARS)
      if (taken.has(id)) {
        this.altered++
        id = `${id.slice(0, NAME_CHARS - 16).toWellFormed()}#${entry.seq}`
        while (taken.has(id)) id += '+'
      }
      taken.add(id)
      ids.of.set(entry, { id, attempt: 1 })
      if (!ids.first.has(entry.callId)) ids.first.set(entry.callId, id)
    }
    return ids
  }

  #toolCaps(batch: Batch, entries: readonly Entry[]): Record<string, number> | undefined {
    if (batch.toolCaps.size === 0) return undefined
    const caps = new Map<string, number>()
    for (const { tool } of entries) {
      const cap = within(batch.toolCaps.get(tool) ?? null)
      if (cap !== null) caps.set(this.#cut(tool, NAME_CHARS), cap)
    }
    return caps.size === 0 ? undefined : Object.fromEntries([...caps].slice(0, MAX_TOOL_CAPS))
  }

  /** A path is left out rather than shortened: it would name something else. */
  #fits(path: string): boolean {
    const fits = path.length <= TEXT_CHARS && path.isWellFormed()
    if (!fits) this.altered++
    return fits
  }

  #name(value: unknown): string | null {
    return typeof value === 'string' && value !== '' ? this.#cut(value, NAME_CHARS) : null
  }

  /** Half of a surrogate pair, left by somebody's cut or by ours, is no text. */
  #cut(text: string, chars: number): string {
    const cut = text.slice(0, chars).toWellFormed()
    if (cut !== text) this.altered++
    return cut
  }
}

/** The ids of one record, and how many dependencies it names so far. */
interface Ids {
  readonly of: Map<Entry, { readonly id: string; readonly attempt: number }>
  /** By the id that the caller gave. */
  readonly first: Map<string, string>
  dependencies: number
}

/** Whether a call under the id of an earlier one tries again what failed there. */
function retries(entry: Entry, before: Entry): boolean {
  const failed = before.outcome === 'error' || before.outcome === 'timeout'
  return failed && entry.tool === before.tool && entry.startMs >= before.startMs + before.durationMs
}

/** A cap beyond the contract's bound says the same as none. */
const within = (cap: number | null) => (cap !== null && cap <= 1_000_000 ? cap : null)
/** Whole microseconds. */
const round = (ms: number) => Math.round(ms * 1_000) / 1_000
const some = (list: readonly string[]) => (list.length > 0 ? list : undefined)
