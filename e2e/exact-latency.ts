import type { IngestBatch, IngestCall } from '#lib/contract/ingest.ts'

/*
 * What the figures of tools must be, computed the plain way from the batches that were sent: every duration
 * sorted, every batch looked at. It shares no code with the product.
 */

export interface ExactPercentiles {
  /** Calls, run or not. */
  readonly calls: number
  /** Those that ran. */
  readonly n: number
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
}

export interface ExactLedger {
  /** Batches of parallel intent with two calls or more that held the tool. */
  readonly batches: number
  readonly slowest: number
  readonly blockedMs: number
}

interface TimedCall {
  readonly call: IngestCall
  readonly startUs: number
  readonly endUs: number
}

const us = (ms: number) => Math.round(ms * 1000)

function timedCalls(batch: IngestBatch): TimedCall[] {
  return batch.calls.flatMap((call) => {
    const { start_ms: start, duration_ms: duration } = call
    if (start == null || duration == null) return []
    return [{ call, startUs: us(start), endUs: us(start) + us(duration) }]
  })
}

/** Percentiles by lower nearest rank, in ms, of the calls under each key. */
export function exactPercentiles(
  batches: readonly IngestBatch[],
  keyOf: (call: IngestCall, batch: IngestBatch) => string | null,
): Map<string, ExactPercentiles> {
  const durations = new Map<string, { calls: number; sorted: number[] }>()
  for (const batch of batches) {
    for (const call of batch.calls) {
      const key = keyOf(call, batch)
      if (key === null) continue
      const entry = durations.get(key) ?? { calls: 0, sorted: [] }
      entry.calls += 1
      if (call.duration_ms != null) entry.sorted.push(us(call.duration_ms))
      durations.set(key, entry)
    }
  }
  return new Map(Array.from(durations, ([key, { calls, sorted }]) => [key, summarise(calls, sorted)]))
}

function summarise(calls: number, values: number[]): ExactPercentiles {
  const sorted = values.sort((a, b) => a - b)
  // In whole hundredths: 0.95 of a count is not exact in binary.
  const at = (hundredths: number) => {
    const value = sorted[Math.floor((hundredths * (sorted.length - 1)) / 100)]
    return value === undefined ? null : value / 1000
  }
  return { calls, n: sorted.length, p50: at(50), p95: at(95), p99: at(99) }
}

/** For each tool in how many batches it was the slowest sibling, and how long those waited for it alone. */
export function exactLedger(batches: readonly IngestBatch[]): Map<string, ExactLedger> {
  const ledger = new Map<string, { batches: number; slowest: number; blockedUs: number }>()
  for (const batch of batches) {
    const ran = timedCalls(batch)
    if (ran.length < 2 || !(batch.mode == null || batch.mode === 'parallel')) continue
    const byEnd = ran.toSorted(
      (a, b) => b.endUs - a.endUs || b.endUs - b.startUs - (a.endUs - a.startUs) || seqOf(batch, a, b),
    )
    const [last, second] = byEnd as [TimedCall, TimedCall]
    for (const tool of new Set(batch.calls.map((call) => call.tool))) {
      const entry = ledger.get(tool) ?? { batches: 0, slowest: 0, blockedUs: 0 }
      entry.batches += 1
      if (tool === last.call.tool) {
        entry.slowest += 1
        entry.blockedUs += last.endUs - Math.max(last.startUs, second.endUs)
      }
      ledger.set(tool, entry)
    }
  }
  return new Map(
    Array.from(ledger, ([tool, { blockedUs, ...counts }]) => [
      tool,
      { ...counts, blockedMs: blockedUs / 1000 },
    ]),
  )
}

function seqOf(batch: IngestBatch, a: TimedCall, b: TimedCall): number {
  return batch.calls.indexOf(a.call) - batch.calls.indexOf(b.call)
}

/** How many siblings were in flight when a call started, itself included; null when it never ran. */
export function inFlightAtStart(call: IngestCall, batch: IngestBatch): string | null {
  const timed = timedCalls(batch)
  const own = timed.find((candidate) => candidate.call === call)
  if (!own) return null
  const others = timed.filter(
    (other) => other !== own && other.startUs <= own.startUs && other.endUs > own.startUs,
  )
  return String(others.length + 1)
}

export function sizeBand(batch: IngestBatch): string {
  const size = batch.calls.length
  if (size <= 2) return String(size)
  if (size <= 4) return '3-4'
  return size <= 8 ? '5-8' : '9+'
}
