import type { OtlpSpan, OtlpValue } from '#ingest/otlp/span.ts'
import type { Expected, ExpectedCall } from './recordings.ts'
import type { RenamedRun } from './rename-ids.ts'

/*
 * What a batch must say, from what really happened and from how much of it these spans tell. The truth has its own
 * clocks within the tools; a span tells of a call when it lies around it, names it, and began after the model call
 * that emitted it. Which dialect it is in, and whether we can read it, is no question here.
 */

/** Times of a span and of the tool's own clock differ by so little. */
const TOLERANCE_MS = 2
/** A span that is further from the call than this is of something else. */
const NEAR_MS = 50

/** How a call may be told: with its times, as emitted only, or not at all. */
export type Telling = 'times' | 'emission' | 'none'

export interface TrueCall {
  /** Null where no span says it. */
  readonly callId: string | null
  readonly tool: string
  readonly told: Telling
  readonly outcome: string
  /** The tool's own clock, and how far the span that tells it best is from that. */
  readonly startMs: number
  readonly endMs: number
  readonly startToleranceMs: number
  readonly endToleranceMs: number
  /** The failure was answered like a result, so that no span need know of it. */
  readonly mayBeSwallowed: boolean
}

export interface TrueTurn {
  readonly turn: number
  readonly modelStartMs: number
  readonly modelEndMs: number
  /** Calls that the spans tell. */
  readonly calls: readonly TrueCall[]
  /** How many ran at once, as far as spans can tell; null where they do not tell times. */
  readonly peak: number | null
  /** Calls waited within their spans: these begin when they were dispatched. */
  readonly isQueued: boolean
}

/** The turns that the model took and that the spans of this variant tell anything of. */
export function readTruth({ expected, callIds }: RenamedRun, spans: readonly OtlpSpan[]): TrueTurn[] {
  const texts = spans.map(textsOf)
  const turns: TrueTurn[] = []
  for (const planned of expected.turns) {
    const model = expected.modelCalls.find(({ turn }) => turn === planned.turn)
    if (model === undefined) continue
    const [fromMs, emittedMs] = [model.startUnixMs, model.endUnixMs]
    const told = planned.calls.map((call) => {
      const callId = (call.callId && (callIds.get(call.callId) ?? call.callId)) || null
      const span = findTellingSpan(call, fromMs, spans, texts)
      const isIdTold = callId !== null && texts.some((own) => own.some((text) => text.includes(callId)))
      return {
        call,
        callId: isIdTold ? callId : null,
        span,
        isEmissionTold: isIdTold || tellsEmission(call, texts),
      }
    })
    const isQueued = expected.runtimeSerialised === true && peakOf(told.flatMap(({ span }) => span ?? [])) > 1
    const calls = told.map(({ call, callId, span, isEmissionTold }) =>
      toTrueCall(call, callId, span, isEmissionTold, isQueued, expected),
    )
    turns.push({
      turn: planned.turn,
      modelStartMs: fromMs,
      modelEndMs: emittedMs,
      calls: calls.filter((call) => call.told !== 'none'),
      peak:
        calls.every((call) => call.told === 'times') && !isQueued ? (planned.peakConcurrency ?? null) : null,
      isQueued,
    })
  }
  return turns.filter(({ calls }) => calls.length > 0)
}

interface Interval {
  readonly startMs: number
  readonly endMs: number
}

function toTrueCall(
  call: ExpectedCall,
  callId: string | null,
  span: Interval | null,
  isEmissionTold: boolean,
  isQueued: boolean,
  expected: Expected,
): TrueCall {
  const [startMs, endMs] = [call.observed?.startUnixMs ?? 0, call.observed?.endUnixMs ?? 0]
  return {
    callId,
    tool: call.name,
    told: span !== null ? 'times' : isEmissionTold ? 'emission' : 'none',
    outcome: call.observed?.outcome ?? 'unknown',
    startMs,
    endMs,
    startToleranceMs: Math.max(TOLERANCE_MS, span && !isQueued ? Math.abs(span.startMs - startMs) : 0),
    endToleranceMs: Math.max(TOLERANCE_MS, span ? Math.abs(span.endMs - endMs) : 0),
    mayBeSwallowed: expected.toolErrorsCaughtInToolBody === true,
  }
}

/** The times of the span that comes closest to the call, of those that are named after its tool where there are. */
function findTellingSpan(
  { name, observed }: ExpectedCall,
  modelStartMs: number,
  spans: readonly OtlpSpan[],
  texts: readonly (readonly string[])[],
): Interval | null {
  if (!observed) return null
  const found = spans.flatMap((span, i) => {
    const interval = intervalOf(span)
    if (interval.startMs < modelStartMs || interval.startMs > observed.startUnixMs + NEAR_MS) return []
    const endAwayMs = Math.abs(interval.endMs - observed.endUnixMs)
    const own = texts[i] ?? []
    if (endAwayMs > NEAR_MS || !own.some((text) => text.includes(name))) return []
    const isNamed = span.name.includes(name) || own.includes(name)
    return [{ interval, isNamed, awayMs: endAwayMs + Math.abs(interval.startMs - observed.startUnixMs) }]
  })
  found.sort((a, b) => Number(b.isNamed) - Number(a.isNamed) || a.awayMs - b.awayMs)
  return found[0]?.interval ?? null
}

/** Without an id, a call is told where its tool and everything that it was called with stand in one span. */
function tellsEmission({ name, args }: ExpectedCall, texts: readonly (readonly string[])[]): boolean {
  const parts = [name, ...leavesOf(args)]
  const hasAll = (own: readonly string[]) => parts.every((part) => own.some((text) => text.includes(part)))
  return parts.length > 1 && texts.some(hasAll)
}

function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(leavesOf)
}

function intervalOf({ startUnixNano, endUnixNano }: OtlpSpan): Interval {
  return { startMs: Number(startUnixNano / 1000n) / 1000, endMs: Number(endUnixNano / 1000n) / 1000 }
}

/** Everything that a span says in words. */
function textsOf(span: OtlpSpan): string[] {
  const parts = [span.name]
  const collect = (value: OtlpValue | undefined) => {
    if (typeof value === 'string') parts.push(value)
    else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array))
      for (const item of Object.values(value)) collect(item)
  }
  collect(span.attributes)
  for (const event of span.events) collect(event.attributes)
  return parts
}

/** Starts are cut to milliseconds by many instrumentations, so that less than one is no overlap. */
const CLOCK_MS = 1

/** How many of the intervals there are at one time, at most. */
export function peakOf(intervals: readonly Interval[]): number {
  const edges = intervals.flatMap(({ startMs, endMs }) => [
    { atMs: startMs, by: 1 },
    { atMs: Math.max(endMs - CLOCK_MS, startMs), by: -1 },
  ])
  edges.sort((a, b) => a.atMs - b.atMs || b.by - a.by)
  let running = 0
  let peak = 0
  for (const { by } of edges) {
    running += by
    peak = Math.max(peak, running)
  }
  return peak
}
