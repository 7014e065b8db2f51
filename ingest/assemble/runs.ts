import type { SpanFacts } from '../dialects/facts.ts'
import { isUniqueId } from './same-call.ts'
import type { Inherited, Span } from './tree.ts'

/** Where a span comes from, completed from its run. */
export interface Origin extends Inherited {
  readonly runId: string
}

type Field = keyof Inherited | 'service'
const FIELDS: readonly Field[] = ['agent', 'environment', 'version', 'runId', 'service']

/** The first span of a trace that says something, and what. */
interface Told {
  readonly at: string
  readonly value: string
}

interface Trace {
  readonly id: string
  /** Of its first span. */
  at: string
  head: Trace | null
  readonly told: Map<Field, Told>
}

/**
 * What the traces of a component say as wholes: who the agent is, which conversation it belongs to, and which
 * traces are one run because they share a call id. Grows by a span at a time and comes to the same whatever the
 * order; `revision` changes with every answer that may have changed.
 */
export class RunIndex {
  readonly #traces = new Map<string, Trace>()
  readonly #callTraces = new Map<string, Trace>()
  /** The traces joined to a head, itself among them. */
  readonly #groups = new Map<Trace, Trace[]>()
  #revision = 0

  get revision(): number {
    return this.#revision
  }

  add(facts: SpanFacts): void {
    const at = orderKey(facts)
    const trace = this.#trace(facts.traceId, at)
    if (at < trace.at) {
      trace.at = at
      // The order of the traces of a run decides what they say as one.
      if (this.#members(trace).length > 1) this.#revision++
    }
    for (const field of FIELDS) this.#tell(trace, field, facts[field] ?? null, at)
    for (const callId of joiningIds(facts)) {
      const other = this.#callTraces.get(callId)
      if (other === undefined) this.#callTraces.set(callId, trace)
      else if (this.#head(other) !== this.#head(trace)) this.#join(this.#head(other), this.#head(trace))
    }
  }

  originOf({ facts }: Span, above: Inherited): Origin {
    const trace = this.#traces.get(facts.traceId)
    const members = trace === undefined ? [] : this.#members(trace)
    const first = members[0] ?? trace
    const ofTrace = (field: Field) => trace?.told.get(field)?.value ?? null
    const ofRun = (field: Field) => {
      for (const { told } of members) if (told.has(field)) return told.get(field)?.value ?? null
      return null
    }
    return {
      agent: facts.agent ?? above.agent ?? ofTrace('agent') ?? facts.service ?? ofTrace('service'),
      environment: facts.environment ?? above.environment ?? ofTrace('environment') ?? ofRun('environment'),
      version: facts.version ?? above.version ?? ofTrace('version') ?? ofRun('version'),
      runId: facts.runId ?? above.runId ?? ofTrace('runId') ?? ofRun('runId') ?? first?.id ?? facts.traceId,
    }
  }

  #trace(id: string, at: string): Trace {
    const known = this.#traces.get(id)
    if (known !== undefined) return known
    const trace: Trace = { id, at, head: null, told: new Map() }
    this.#traces.set(id, trace)
    this.#groups.set(trace, [trace])
    return trace
  }

  #tell(trace: Trace, field: Field, value: string | null, at: string): void {
    if (value === null) return
    const known = trace.told.get(field)
    // One span told twice may say two things: then the choice must not depend on which came first.
    if (known !== undefined && (known.at < at || (known.at === at && known.value <= value))) return
    trace.told.set(field, { at, value })
    if (known?.value !== value) this.#revision++
  }

  #members(trace: Trace): Trace[] {
    const members = this.#groups.get(this.#head(trace)) ?? [trace]
    return members.length === 1
      ? members
      : [...members].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  }

  #head(trace: Trace): Trace {
    let head = trace
    while (head.head !== null) head = head.head
    if (trace !== head) trace.head = head
    return head
  }

  #join(a: Trace, b: Trace): void {
    const [of, to] = [this.#groups.get(a) ?? [], this.#groups.get(b) ?? []]
    const [small, large] = of.length < to.length ? [a, b] : [b, a]
    const moved = small === a ? of : to
    const kept = small === a ? to : of
    kept.push(...moved)
    this.#groups.delete(small)
    small.head = large
    this.#revision++
  }
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
