import type { SpanFacts } from '../dialects/facts.ts'
import { MAX_LENGTH_US } from './same-call.ts'

/** A span of a run, once, with its place among the others. */
export interface Span {
  /** Unique among all spans: trace and span id. */
  readonly key: string
  readonly facts: SpanFacts
  readonly startUs: number
  /** Never before the start nor further from it than the contract takes; a span that says so is flagged. */
  readonly endUs: number
  readonly hasWrongEnd: boolean
}

/** What a span is told by those above it. Null where none says it. */
export interface Inherited {
  readonly agent: string | null
  readonly environment: string | null
  readonly version: string | null
  readonly runId: string | null
}

interface Place extends Inherited {
  /** The nearest span above that is a tool, a model or an agent. */
  readonly nearest: Span | null
  /** A parent on the way up is not among the spans. */
  readonly isBroken: boolean
}

/** The spans of a run in an order that doesn't depend on how they came, and who is above whom. */
export interface Tree {
  readonly spans: readonly Span[]
  placeOf(span: Span): Place
}

/** Identity of a span over all traces. */
export function spanKey(traceId: string, spanId: string): string {
  return `${traceId}:${spanId}`
}

/** Earlier first; what starts together is ordered by its end, longest first, so that an outer span precedes an inner one. */
export function bySpanOrder(a: Span, b: Span): number {
  return a.startUs - b.startUs || b.endUs - a.endUs || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
}

/** Orders spans, drops repeated ones and finds what each inherits. Parents may be missing and may even form circles. */
export function buildTree(facts: Iterable<SpanFacts>): Tree {
  const byKey = new Map<string, Span>()
  for (const fact of facts) {
    const key = spanKey(fact.traceId, fact.spanId)
    const known = byKey.get(key)
    if (known === undefined || isFuller(fact, known.facts)) byKey.set(key, toSpan(key, fact))
  }
  const spans = [...byKey.values()].sort(bySpanOrder)
  const places = new Map<Span, Place>()
  return { spans, placeOf: (span) => places.get(span) ?? findPlace(span, byKey, places) }
}

/** Of two tellings of one span the later and longer one wins, whichever came first. */
export function isFuller(a: SpanFacts, b: SpanFacts): boolean {
  if (a === b) return false
  if (a.endUs !== b.endUs) return a.endUs > b.endUs
  const textA = JSON.stringify(a)
  const textB = JSON.stringify(b)
  return textA.length === textB.length ? textA > textB : textA.length > textB.length
}

function toSpan(key: string, facts: SpanFacts): Span {
  const { startUs, endUs } = facts
  const hasWrongEnd = endUs < startUs || endUs - startUs > MAX_LENGTH_US
  return { key, facts, startUs, endUs: hasWrongEnd ? startUs : endUs, hasWrongEnd }
}

const TOP: Place = {
  nearest: null,
  isBroken: false,
  agent: null,
  environment: null,
  version: null,
  runId: null,
}

/** Climbs to the first span whose place is known and unwinds from there: some frameworks nest a level a turn. */
function findPlace(span: Span, byKey: ReadonlyMap<string, Span>, places: Map<Span, Place>): Place {
  const path: Span[] = []
  const seen = new Set<Span>()
  let at: Span = span
  let place: Place = TOP
  for (;;) {
    const known = places.get(at)
    if (known !== undefined) {
      place = below(at, known)
      break
    }
    path.push(at)
    seen.add(at)
    const { parentSpanId, traceId } = at.facts
    if (parentSpanId === null) break
    const parent = byKey.get(spanKey(traceId, parentSpanId))
    if (parent === undefined || seen.has(parent)) {
      place = { ...TOP, isBroken: true }
      break
    }
    at = parent
  }
  for (let i = path.length - 1; i >= 0; i--) {
    const next = path[i] as Span
    places.set(next, place)
    place = below(next, place)
  }
  return places.get(span) ?? place
}

/** What the children of `span` are told. */
function below(span: Span, above: Place): Place {
  const { facts } = span
  const isLandmark = facts.facts.role !== 'scope' || facts.facts.isAgent
  return {
    nearest: isLandmark ? span : above.nearest,
    isBroken: above.isBroken,
    agent: facts.agent ?? above.agent,
    environment: facts.environment ?? above.environment,
    version: facts.version ?? above.version,
    runId: facts.runId ?? above.runId,
  }
}
