import { performance } from 'node:perf_hooks'
import type { JobRunner } from '#jobs/runner.ts'
import type { DerivedEvent, DerivedFault } from './protocol.ts'

/** A slice of work for consumers; nobody who writes waits longer for it. */
const SLICE_MS = 5
/** While batches come faster than they can be written the consumers get one slice in this long. */
const SATURATED_INTERVAL_MS = 100
/** The thread is saturated when it was busy for more than this share of the time since the last slice. */
const SATURATED_UTILISATION = 0.9
/** Batches are said to keep coming for this long after the last one. */
const WRITING_FOR_MS = 20
const INTERVAL_MS = 5
/** How soon to look again for work that is not due yet, and after a failed write. */
const IDLE_INTERVAL_MS = 50
const RETRY_INTERVAL_MS = 1_000

export interface JobLoopOptions {
  readonly jobs: Pick<JobRunner, 'runSlice' | 'flushedSeq'>
  readonly lastSeq: () => number
  readonly onProgress: (progress: DerivedEvent) => void
  /**
   * A slice failed; memory and cursors are at the last flush. True when it may go better the next time; else
   * nothing more is derived until a rebuild, and the writes go on.
   */
  readonly onError: (error: unknown) => boolean
}

/** Runs the consumers in slices between the writes. */
export interface JobLoop {
  /** Something was written: there may be work. */
  wake(): void
  startRebuild(): void
  stop(): void
}

export function createJobLoop(options: JobLoopOptions): JobLoop {
  const { jobs, lastSeq, onProgress, onError } = options
  let timer: NodeJS.Timeout | null = null
  let stopped = false
  let rebuilding = false
  let fault: DerivedFault | null = null
  let lastWriteMs = Number.NEGATIVE_INFINITY
  let reportedSeq = jobs.flushedSeq()
  let utilisation = performance.eventLoopUtilization()

  function schedule(delayMs: number): void {
    if (timer === null && !stopped && fault === null) timer = setTimeout(step, delayMs)
  }

  function step(): void {
    timer = null
    let more = false
    try {
      more = jobs.runSlice(SLICE_MS)
    } catch (error) {
      if (onError(error)) schedule(RETRY_INTERVAL_MS)
      else halt(error)
      return
    }
    report()
    if (more) schedule(nextSliceIn())
    else if (jobs.flushedSeq() < lastSeq()) schedule(IDLE_INTERVAL_MS)
  }

  function halt(error: unknown): void {
    fault = describeError(error)
    rebuilding = false
    tell()
  }

  /** Nobody waits when nothing is written; senders come first when the thread can't keep up with them. */
  function nextSliceIn(): number {
    const used = performance.eventLoopUtilization(utilisation)
    utilisation = performance.eventLoopUtilization()
    if (performance.now() - lastWriteMs > WRITING_FOR_MS) return 0
    return used.utilization > SATURATED_UTILISATION ? SATURATED_INTERVAL_MS : INTERVAL_MS
  }

  function report(): void {
    const flushedSeq = jobs.flushedSeq()
    if (flushedSeq === reportedSeq) return
    reportedSeq = flushedSeq
    if (flushedSeq >= lastSeq()) rebuilding = false
    tell()
  }

  function tell(): void {
    onProgress({ flushedSeq: jobs.flushedSeq(), lastSeq: lastSeq(), rebuilding, fault })
  }

  return {
    wake() {
      lastWriteMs = performance.now()
      schedule(IDLE_INTERVAL_MS)
    },
    startRebuild() {
      rebuilding = true
      fault = null
      // A rebuild that ends where it began has made progress all the same.
      reportedSeq = -1
      schedule(0)
    },
    stop() {
      stopped = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}

/** In words that can cross to another thread. */
export function describeError(error: unknown): DerivedFault {
  const known = error instanceof Error ? error : new Error(String(error))
  return { message: known.message, stack: known.stack ?? null }
}
