import type { CursorTable } from '#db/derived.ts'
import type { LogWriter } from '#db/write.ts'
import type { Consumer, LogEntry } from './consumer.ts'

/** Reads entries of the log in order. */
export interface LogReader {
  /** At most `limit` entries after `seq`. */
  readAfter(seq: number, limit: number): LogEntry[]
}

export interface RunnerOptions {
  readonly log: Pick<LogWriter, 'transaction' | 'lastSeq'>
  readonly reader: LogReader
  readonly cursors: CursorTable
  readonly consumers: readonly Consumer[]
  /** Milliseconds on a monotonic clock. */
  readonly monotonicMs: () => number
}

/** Entries read at once: small, so that a slice can end on time. */
const READ_ENTRIES = 32
/** Unflushed work is written when the log has been caught up with, and at the latest after this long. */
const FLUSH_WHEN_CAUGHT_UP_MS = 200
const FLUSH_AT_THE_LATEST_MS = 2_000
/** Bounds what waits in memory, also during a rebuild. */
const FLUSH_PENDING_ROWS = 20_000

interface Tracked {
  readonly consumer: Consumer
  /** Entries up to here are on disk in derived form. */
  cursor: number
  flushedAtMs: number
}

/** Drives the consumers along the log in short slices on the writer's thread. */
export class JobRunner {
  readonly #options: RunnerOptions
  readonly #tracked: readonly Tracked[]
  /** Entries up to here have been applied in memory by every consumer. */
  #position: number

  constructor(options: RunnerOptions) {
    this.#options = options
    this.#tracked = options.consumers.map((consumer) => this.#open(consumer))
    this.#position = this.flushedSeq()
  }

  /**
   * Works for about `budgetMs`. True when there is more to do at once. A failed read or write leaves memory
   * and cursors at the last flush and is thrown on.
   */
  runSlice(budgetMs: number): boolean {
    const now = this.#options.monotonicMs
    const untilMs = now() + budgetMs
    let more = true
    while (more && now() < untilMs) more = this.#applyNext()
    const due = this.#tracked.filter((item) => this.#isDue(item, !more))
    if (due.length > 0) this.#flush(due, Math.max(untilMs, now() + budgetMs / 2))
    return more
  }

  /** Catches up with the log and writes everything. */
  flush(): void {
    while (this.#applyNext());
    this.flushGathered()
  }

  /** Writes what has been derived so far, however far behind the log that is. */
  flushGathered(): void {
    const due = this.#tracked.filter(({ cursor }) => cursor < this.#position)
    if (due.length > 0) this.#flush(due, Number.POSITIVE_INFINITY)
  }

  /** Drops all derived state; the next slices build it anew. */
  rebuild(): void {
    try {
      for (const item of this.#tracked) {
        this.#restart(item.consumer)
        item.cursor = 0
      }
    } finally {
      // Those that were dropped start over also when dropping a later one failed.
      this.#forget()
    }
  }

  /** The position up to which every consumer's work is on disk. */
  flushedSeq(): number {
    return Math.min(...this.#tracked.map(({ cursor }) => cursor))
  }

  #open(consumer: Consumer): Tracked {
    const stored = this.#options.cursors.read(consumer.name)
    const isCurrent = stored?.version === consumer.version && stored.cursor <= this.#options.log.lastSeq
    if (!isCurrent) this.#restart(consumer)
    return { consumer, cursor: isCurrent ? stored.cursor : 0, flushedAtMs: this.#options.monotonicMs() }
  }

  #restart(consumer: Consumer): void {
    this.#options.log.transaction(() => {
      consumer.clear()
      this.#options.cursors.write(consumer.name, 0, consumer.version)
    })
    consumer.discard()
  }

  #applyNext(): boolean {
    try {
      const entries = this.#options.reader.readAfter(this.#position, READ_ENTRIES)
      for (const entry of entries) {
        // After a restart the cursors differ: who has this entry on disk already must not count it again.
        for (const { consumer, cursor } of this.#tracked) if (cursor < entry.seq) consumer.apply(entry)
        this.#position = entry.seq
      }
      return entries.length === READ_ENTRIES
    } catch (error) {
      // Some consumers have seen the entry and some have not: only what is on disk is sure.
      this.#forget()
      throw error
    }
  }

  /** Back to the last flush: what has gathered since is derived again from the log. */
  #forget(): void {
    for (const { consumer } of this.#tracked) consumer.discard()
    this.#position = this.flushedSeq()
  }

  #isDue({ consumer, cursor, flushedAtMs }: Tracked, caughtUp: boolean): boolean {
    if (cursor >= this.#position) return false
    const ageMs = this.#options.monotonicMs() - flushedAtMs
    return (
      consumer.pending > (consumer.maxPending ?? FLUSH_PENDING_ROWS) ||
      ageMs >= (caughtUp ? FLUSH_WHEN_CAUGHT_UP_MS : FLUSH_AT_THE_LATEST_MS)
    )
  }

  /** Flushes consumers in one transaction until the time is up; the rest keep their own, older cursor. */
  #flush(due: readonly Tracked[], untilMs: number): void {
    const { log, cursors, monotonicMs } = this.#options
    const flushed: Tracked[] = []
    try {
      log.transaction(() => {
        for (const item of due) {
          item.consumer.flush()
          cursors.write(item.consumer.name, this.#position, item.consumer.version)
          flushed.push(item)
          if (monotonicMs() >= untilMs) break
        }
      })
    } catch (error) {
      this.#forget()
      throw error
    }
    for (const item of flushed) {
      item.cursor = this.#position
      item.flushedAtMs = monotonicMs()
      item.consumer.committed?.()
    }
  }
}
