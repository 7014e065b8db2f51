import { type AssembledTable, openAssembledTable } from '#db/assembled.ts'
import { type ComponentTable, openComponentTable } from '#db/components.ts'
import { openSpanTable, type SpanTable } from '#db/spans.ts'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import type { LogWriter } from '#db/write.ts'
import { findSuperseded } from '../assemble/supersede.ts'
import { AssemblerCache, type CachedAssembler } from './assembler-cache.ts'
import { AssemblyWriter, type Outcome, type Shown } from './assembly-writer.ts'
import type { Absorbed, SpanBuffer, TakenSpans } from './buffer.ts'
import { decodeFacts } from './facts-text.ts'
import { createSpanPurge, type SpanPurge } from './purge.ts'

/** Spans of one turn come in several requests; waiting this long saves assembling it for each. */
const GATHER_MS = 100
/** Taken from the tables at once. */
const PAGE = 64
const EVER_MS = Number.MAX_SAFE_INTEGER

export interface SpanAssemblerOptions {
  readonly db: SqliteDatabase
  readonly log: LogWriter
  readonly buffer: SpanBuffer
  /** A batch is final when it has not changed for so long. */
  readonly quietMs: number
  /** Spans stay in the buffer for so long after the last one of their component. */
  readonly keepMs: number
  /** Epoch ms, and ms on a monotonic clock. */
  readonly nowMs: () => number
  readonly monotonicMs: () => number
  /** A component could not be assembled because of an error of ours; its spans stay. */
  readonly onFault: (error: unknown) => void
  readonly isStorageFault: (error: unknown) => boolean
}

/**
 * Makes batches of the spans in the buffer, in slices between the writes. What it remembers can be read again from
 * the tables at any time, so that a restart changes nothing.
 */
export class SpanAssembler {
  readonly #options: SpanAssemblerOptions
  readonly #spans: SpanTable
  readonly #components: ComponentTable
  readonly #assembled: AssembledTable
  readonly #writer: AssemblyWriter
  readonly #purge: SpanPurge
  readonly #cache = new AssemblerCache()
  /** What components in memory have absorbed, to be compared with what comes of them. */
  readonly #absorbed = new Map<number, Absorbed[]>()
  #isSettling = false

  constructor(options: SpanAssemblerOptions) {
    const { db, log, buffer, keepMs } = options
    this.#options = options
    this.#spans = openSpanTable(db)
    this.#components = openComponentTable(db)
    this.#assembled = openAssembledTable(db)
    this.#writer = new AssemblyWriter(db, log)
    this.#purge = createSpanPurge({
      db,
      buffer,
      keepMs,
      onRemove: (component) => this.#cache.drop(component),
    })
    // Memory may be ahead of what is on disk then.
    log.onRollback(() => {
      this.#cache.clear()
      this.#absorbed.clear()
    })
  }

  /** Spans are on disk: what is in memory of their components learns of them. */
  feed(taken: TakenSpans): void {
    for (const held of taken.absorbed) {
      this.#cache.drop(held.component)
      this.#absorbed.delete(held.component)
      if (!this.#cache.has(held.into)) continue
      this.#cache.feed(held.into, held.facts.map(decodeFacts))
      this.#absorbed.set(held.into, [...(this.#absorbed.get(held.into) ?? []), held])
    }
    for (const [component, facts] of taken.fed) this.#cache.feed(component, facts)
  }

  /**
   * Works for about `budgetMs`. What people can see otherwise now goes into `shown`. True when there is more to do
   * at once.
   */
  runSlice(budgetMs: number, shown: Shown): boolean {
    const { log, nowMs, monotonicMs, quietMs } = this.#options
    const untilMs = monotonicMs() + budgetMs
    const isOver = () => monotonicMs() >= untilMs
    const now = nowMs()
    if (this.#isSettling && !this.isWaiting()) this.#isSettling = false
    const gatheredMs = this.#isSettling ? EVER_MS : now - GATHER_MS
    const quietSinceMs = this.#isSettling ? EVER_MS : now - quietMs
    if (!this.#hasWork(now, gatheredMs, quietSinceMs)) return false
    // The spans are durable, and what comes of them is made again should it be lost.
    return log.orderedTransaction(() => {
      if (this.#assembleDirty(gatheredMs, isOver, shown) || isOver()) return true
      if (this.#finaliseQuiet(quietSinceMs, isOver, shown) || isOver()) return true
      return this.#purge.runSlice(now)
    })
  }

  /** The next slices bring everything to the log without waiting for quiet, as at the end of an import. */
  settle(): void {
    this.#isSettling = true
  }

  /** Whether something will have to be done, now or later. */
  isWaiting(): boolean {
    return this.#components.listDirty(EVER_MS, 1).length > 0 || this.#assembled.hasWaiting()
  }

  #hasWork(nowMs: number, gatheredMs: number, quietSinceMs: number): boolean {
    if (this.#components.listDirty(gatheredMs, 1).length > 0) return true
    return this.#assembled.listWaiting(quietSinceMs, 1).length > 0 || this.#purge.hasWork(nowMs)
  }

  #assembleDirty(beforeMs: number, isOver: () => boolean, shown: Shown): boolean {
    const dirty = this.#components.listDirty(beforeMs, PAGE)
    for (const component of dirty) {
      this.#assemble(component, shown)
      if (isOver()) return true
    }
    return dirty.length === PAGE
  }

  #assemble(component: number, shown: Shown): void {
    const { nowMs, isStorageFault, onFault } = this.#options
    const entry = this.#cache.get(component)
    try {
      const outcome =
        entry === undefined ? this.#assembleNew(component) : this.#assembleMore(component, entry)
      this.#writer.write(component, outcome, nowMs(), shown)
    } catch (error) {
      this.#cache.drop(component)
      if (isStorageFault(error)) throw error
      onFault(error)
    }
    this.#absorbed.delete(component)
    this.#components.setClean(component)
  }

  #assembleNew(component: number): Outcome {
    const entry = this.#cache.create(component)
    const facts = this.#spans.readComponent(component).map(decodeFacts)
    this.#cache.count(entry, facts.length)
    entry.assembler.add(facts)
    entry.isSettled = true
    const changed = entry.assembler.batches
    return { changed, superseded: findSuperseded(this.#assembled.listOfComponent(component), changed) }
  }

  #assembleMore(component: number, entry: CachedAssembler): Outcome {
    const pending = entry.pending
    entry.pending = []
    const { changed, superseded } = entry.assembler.add(pending)
    const taken = this.#absorbed.get(component)?.flatMap(({ batches }) => batches) ?? []
    if (taken.length === 0) return { changed, superseded }
    const ids = new Set(taken.map(({ batchId }) => batchId))
    const kept = entry.assembler.batches.filter(({ batchId }) => ids.has(batchId))
    return { changed, superseded: [...superseded, ...findSuperseded(taken, [...kept, ...changed])] }
  }

  #finaliseQuiet(quietSinceMs: number, isOver: () => boolean, shown: Shown): boolean {
    const waiting = this.#assembled.listWaiting(quietSinceMs, PAGE)
    for (const component of new Set(waiting.map((row) => row.component))) {
      const { lastSpanMs } = this.#components.tallyOf(component)
      if (lastSpanMs <= quietSinceMs) this.#settleWhole(component, lastSpanMs, shown)
    }
    for (const { batchId } of waiting) {
      // Settling may have changed it, or taken it away.
      const row = this.#assembled.read(batchId)
      if (row !== null && row.changedMs <= quietSinceMs) this.#writer.finalise(row, shown)
      if (isOver()) return true
    }
    return waiting.length === PAGE
  }

  /** What windows may have missed, once no more spans come. Its batches have waited since the last one. */
  #settleWhole(component: number, lastSpanMs: number, shown: Shown): void {
    const entry = this.#cache.get(component)
    if (entry === undefined || entry.isSettled || entry.pending.length > 0) return
    entry.isSettled = true
    this.#writer.write(component, entry.assembler.settle(), lastSpanMs, shown)
  }
}
