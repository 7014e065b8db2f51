import type { CursorTable } from '#db/derived.ts'
import type { LogWriter } from '#db/write.ts'
import type { Consumer, LogEntry } from './consumer.ts'

/** Reads entries of the log in order. */
export interface LogReader {
  /** At most `limit` entries after `seq`. */
  readAfter(seq: number, limit: number): LogEntry[]
}

export interface RunnerOptions {
  readonly log: LogWriter
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

/** Drives the consumers along the log in short slices on the writer's thread. */
export interface JobRunner {
  /**
   * Works for about `budgetMs`. True when there is more to do at once. A failed write leaves memory and
   * cursors at the last flush and is thrown on.
   */
  runSlice(budgetMs: number): boolean
  /** Writes everything that has gathered. */
  flush(): void
  /** Drops all derived state; the next slices build it anew. */
  rebuild(): void
  /** The position up to which every consumer's work is on disk. */
  flushedSeq(): number
}

interface Tracked {
  readonly consumer: Consumer
  /** Entries up to here are on disk in derived form. */
  cursor: number
  flushedAtMs: number
}

export function createJobRunner(options: RunnerOptions): JobRunner {
  const { log, reader, cursors, monotonicMs } = options
  const tracked = options.consumers.map((consumer) => open(consumer))
  let position = lowestCursor()

  function open(consumer: Consumer): Tracked {
    const stored = cursors.read(consumer.name)
    const current = stored !== null && stored.version === consumer.version && stored.cursor <= log.lastSeq()
    if (!current) restart(consumer)
    return { consumer, cursor: current ? stored.cursor : 0, flushedAtMs: monotonicMs() }
  }

  function restart(consumer: Consumer): void {
    log.transaction(() => {
      consumer.clear()
      cursors.write(consumer.name, 0, consumer.version)
    })
    consumer.discard()
  }

  function lowestCursor(): number {
    return Math.min(...tracked.map(({ cursor }) => cursor))
  }

  function applyNext(): boolean {
    const entries = reader.readAfter(position, READ_ENTRIES)
    for (const entry of entries) {
      // After a restart the cursors differ: who has this entry on disk already must not count it again.
      for (const { consumer, cursor } of tracked) if (cursor < entry.seq) consumer.apply(entry)
      position = entry.seq
    }
    return entries.length === READ_ENTRIES
  }

  function isDue({ consumer, cursor, flushedAtMs }: Tracked, caughtUp: boolean): boolean {
    if (cursor >= position) return false
    const ageMs = monotonicMs() - flushedAtMs
    return (
      consumer.pending > FLUSH_PENDING_ROWS ||
      ageMs >= (caughtUp ? FLUSH_WHEN_CAUGHT_UP_MS : FLUSH_AT_THE_LATEST_MS)
    )
  }

  /** Flushes consumers in one transaction until the time is up; the rest keep their own, older cursor. */
  function flushSome(due: readonly Tracked[], untilMs: number): void {
    let flushed: Tracked[] = []
    try {
      log.transaction(() => {
        flushed = []
        for (const item of due) {
          item.consumer.flush()
          cursors.write(item.consumer.name, position, item.consumer.version)
          flushed.push(item)
          if (monotonicMs() >= untilMs) break
        }
      })
    } catch (error) {
      for (const { consumer } of tracked) consumer.discard()
      position = lowestCursor()
      throw error
    }
    for (const item of flushed) {
      item.cursor = position
      item.flushedAtMs = monotonicMs()
    }
  }

  return {
    runSlice(budgetMs) {
      const untilMs = monotonicMs() + budgetMs
      let more = true
      while (more && monotonicMs() < untilMs) more = applyNext()
      const due = tracked.filter((item) => isDue(item, !more))
      if (due.length > 0) flushSome(due, Math.max(untilMs, monotonicMs() + budgetMs / 2))
      return more
    },
    flush() {
      while (applyNext());
      const due = tracked.filter(({ cursor }) => cursor < position)
      if (due.length > 0) flushSome(due, Number.POSITIVE_INFINITY)
    },
    rebuild() {
      for (const item of tracked) {
        restart(item.consumer)
        item.cursor = 0
      }
      position = 0
    },
    flushedSeq: lowestCursor,
  }
}
