import type { SpanFacts } from '../dialects/facts.ts'
import { isUniqueId } from './same-call.ts'
import type { Inherited, Span } from './tree.ts'

/** Where a span comes from, completed from its run. */
export interface Origin extends Inherited {
  readonly runId: string
}

type Field = keyof Inherited | 'service'
const FIELDS: readonly Field[] = ['agent', 'environment', 'version', 'runId', 'service']
/** What goes from trace to trace of a run; each may have an agent of its own. */
const RUN_FIELDS: readonly Field[] = ['environment', 'version', 'runId']

/** Where something stands among the spans, and what it says. */
interface Told {
  readonly at: string
  readonly value: string
}

type Telling = Map<Field, Told>

interface Trace {
  readonly id: string
  readonly told: Telling
  group: Group
}

/** Traces that are one run because they share call ids. */
interface Group {
  readonly traces: Trace[]
  /** The trace that began first. */
  first: Told
  readonly told: Telling
}

/**
 * What the traces of a component say as wholes: who the agent is, which conversation it belongs to, and which
 * traces are one run because they share a call id. Grows by a span at a time and comes to the same whatever the
 * order.
 */
export class RunIndex {
  readonly #traces = new Map<string, Trace>()
  readonly #callTraces = new Map<string, Trace>()
  readonly #changed = new Set<string>()

  /** Traces whose spans may be told something else since this was asked last. */
  takeChanged(): string[] {
    const changed = [...this.#changed]
    this.#changed.clear()
    return changed
  }

  add(facts: SpanFacts): void {
    const at = orderKey(facts)
    const trace = this.#trace(facts.traceId, at)
    const { group } = trace
    const before = tellingOf(group)
    if (at < group.first.at) group.first = { at, value: facts.traceId }
    for (const field of FIELDS) {
      const value = facts[field] ?? null
      if (value === null) continue
      if (tell(trace.told, field, { at, value })) this.#changed.add(trace.id)
      tell(group.told, field, { at, value })
    }
    if (tellingOf(group) !== before) this.#mark(group)
    for (const callId of joiningIds(facts)) {
      const other = this.#callTraces.get(callId)
      if (other === undefined) this.#callTraces.set(callId, trace)
      else if (other.group !== trace.group) this.#join(other.group, trace.group)
    }
  }

  originOf({ facts }: Span, above: Inherited): Origin {
    const trace = this.#traces.get(facts.traceId)
    const ofTrace = (field: Field) => trace?.told.get(field)?.value ?? null
    const ofRun = (field: Field) => trace?.group.told.get(field)?.value ?? null
    const find = (field: keyof Inherited) => facts[field] ?? above[field] ?? ofTrace(field)
    return {
      agent: find('agent') ?? facts.service ?? ofTrace('service'),
      environment: find('environment') ?? ofRun('environment'),
      version: find('version') ?? ofRun('version'),
      runId: find('runId') ?? ofRun('runId') ?? trace?.group.first.value ?? facts.traceId,
    }
  }

  #trace(id: string, at: string): Trace {
    const known = this.#traces.get(id)
    if (known !== undefined) return known
    const group: Group = { traces: [], first: { at, value: id }, told: new Map() }
    const trace: Trace = { id, told: new Map(), group }
    group.traces.push(trace)
    this.#traces.set(id, trace)
    return trace
  }

  /** The group with fewer traces goes into the other, and only those that are now told something else are marked. */
  #join(a: Group, b: Group): void {
    const [small, large] = a.traces.length < b.traces.length ? [a, b] : [b, a]
    const [ofSmall, ofLarge] = [tellingOf(small), tellingOf(large)]
    if (small.first.at < large.first.at) large.first = small.first
    for (const [field, told] of small.told) tell(large.told, field, told)
    const now = tellingOf(large)
    if (now !== ofLarge) this.#mark(large)
    if (now !== ofSmall) this.#mark(small)
    for (const trace of small.traces) {
      trace.group = large
      large.traces.push(trace)
    }
  }

  #mark({ traces }: Group): void {
    for (const { id } of traces) this.#changed.add(id)
  }
}

/** Keeps what the first span says; true when that is something else than before. */
function tell(telling: Telling, field: Field, told: Told): boolean {
  const known = telling.get(field)
  if (known !== undefined) {
    // One span told twice may say two things: then the choice must not depend on which came first.
    if (known.at < told.at || (known.at === told.at && known.value <= told.value)) return false
  }
  telling.set(field, told)
  return known?.value !== told.value
}

/** What a group tells its traces, to see whether it has changed. */
function tellingOf({ first, told }: Group): string {
  return JSON.stringify([first.value, ...RUN_FIELDS.map((field) => told.get(field)?.value ?? null)])
}

/** Sorts as the spans do. */
function orderKey({ startUs, traceId, spanId }: SpanFacts): string {
  return `${String(startUs).padStart(17, '0')} ${traceId} ${spanId}`
}

/** Of a long history the newest ids: the older ones have joined what they join. */
const MAX_HISTORY = 64

/** The call ids of a span by which traces can be joined. */
export function joiningIds({ facts }: SpanFacts): string[] {
  if (facts.role === 'scope') return []
  const ids =
    facts.role === 'tool'
      ? [facts.callId]
      : [...(facts.emitted ?? []), ...facts.returned.slice(-MAX_HISTORY)].map(({ callId }) => callId)
  return ids.filter((id) => id !== null && isUniqueId(id)) as string[]
}
