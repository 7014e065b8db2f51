import type { ToolFacts } from '../dialects/facts.ts'
import { CLOCK_US, isSameTool, isUniqueId, mayBeSame } from './same-call.ts'
import { bySpanOrder, type Span, type Tree } from './tree.ts'

/** One execution of a tool, by however many spans it was seen. */
export interface ToolRun {
  /** The outermost: what the agent waited for. */
  readonly span: Span
  readonly spans: readonly Span[]
  readonly facts: ToolFacts
}

/** How many containers are tried for a span that has lost its parent. */
const MAX_OPEN = 64

/** Executions of tools in order of their start: spans nested in or beside a span of the same call are that call. */
export function findToolRuns(tree: Tree): ToolRun[] {
  const tools = tree.spans.filter(({ facts }) => facts.facts.role === 'tool')
  const groups = new Groups(tools)
  for (const span of tools) {
    const above = tree.placeOf(span).nearest
    if (above?.facts.facts.role === 'tool' && isSameCall(above, span)) groups.join(above, span)
  }
  joinTwins(tools, groups)
  joinContained(
    tools.filter((span) => span.facts.parentSpanId === null || tree.placeOf(span).isBroken),
    groups,
  )
  return groups
    .list()
    .map(toToolRun)
    .sort((a, b) => bySpanOrder(a.span, b.span))
}

function isSameCall(a: Span, b: Span): boolean {
  const [one, other] = [toolOf(a), toolOf(b)]
  if (one.callId !== null && other.callId !== null) return one.callId === other.callId
  return isSameTool(one.tool, other.tool) && mayBeSame(one.argumentsKey, other.argumentsKey)
}

/** Two spans of one call id at one time are two views of one execution; one after the other they are attempts. */
function joinTwins(tools: readonly Span[], groups: Groups): void {
  const open = new Map<string, Span>()
  for (const span of tools) {
    const { callId } = toolOf(span)
    if (callId === null) continue
    const key = isUniqueId(callId) ? callId : `${span.facts.traceId} ${callId}`
    const before = open.get(key)
    if (before !== undefined && span.startUs < before.endUs && isSameCall(before, span))
      groups.join(before, span)
    if (before === undefined || span.endUs > before.endUs) open.set(key, span)
  }
}

/**
 * Without a parent, a span that knows less of itself than another of the same tool, and lies within it, is taken
 * for its inside (the client of a tool server, and the server). Of equals only those are that speak two dialects.
 */
function joinContained(orphans: readonly Span[], groups: Groups): void {
  let open: Span[] = []
  for (const span of orphans) {
    open = open.filter(({ endUs }) => endUs + CLOCK_US >= span.startUs).slice(-MAX_OPEN)
    const outer = open.find((other) => holds(other, span))
    if (outer !== undefined) groups.join(outer, span)
    open.push(span)
  }
}

function holds(outer: Span, inner: Span): boolean {
  if (outer.facts.traceId !== inner.facts.traceId || inner.endUs > outer.endUs + CLOCK_US) return false
  const [one, other] = [toolOf(outer), toolOf(inner)]
  if (other.callId !== null || !isSameCall(outer, inner)) return false
  const more = knowledge(one) - knowledge(other)
  return more > 0 || (more === 0 && outer.facts.dialect !== inner.facts.dialect)
}

function knowledge({ callId, argumentsKey }: ToolFacts): number {
  return (callId === null ? 0 : 2) + (argumentsKey === null ? 0 : 1)
}

function toToolRun(spans: readonly Span[]): ToolRun {
  const span = spans[0] as Span
  const all = spans.map(toolOf)
  const own = all[0] as ToolFacts
  const told = <T>(read: (facts: ToolFacts) => T | null): T | null => {
    for (const facts of all) if (read(facts) !== null) return read(facts)
    return null
  }
  return {
    span,
    spans,
    facts: {
      role: 'tool',
      tool: own.tool,
      callId: told(({ callId }) => callId),
      argumentsKey: told(({ argumentsKey }) => argumentsKey),
      argsFp: told(({ argsFp }) => (argsFp.length > 0 ? argsFp : null)) ?? [],
      argsBytes: told(({ argsBytes }) => argsBytes),
      resultFp: told(({ resultFp }) => (resultFp.length > 0 ? resultFp : null)) ?? [],
      resultBytes: told(({ resultBytes }) => resultBytes),
      outcome: told(({ outcome }) => (outcome === 'unknown' ? null : outcome)) ?? 'unknown',
      errorCode: told(({ errorCode }) => errorCode),
      ...mergeCaptured(all),
    },
  }
}

/** Contents that were captured: of each, what the outermost of the spans tells that tells it. */
function mergeCaptured(all: readonly ToolFacts[]): Pick<ToolFacts, 'captured'> {
  const captured = all.flatMap((facts) => facts.captured ?? [])
  if (captured.length === 0) return {}
  const told = (what: 'args' | 'result' | 'error') =>
    captured.find((one) => one[what] !== null)?.[what] ?? null
  return { captured: { args: told('args'), result: told('result'), error: told('error') } }
}

function toolOf(span: Span): ToolFacts {
  return span.facts.facts as ToolFacts
}

/** Spans that belong together, each group in the order of its spans. */
export class Groups {
  readonly #spans: readonly Span[]
  readonly #heads = new Map<Span, Span>()

  constructor(spans: readonly Span[]) {
    this.#spans = spans
  }

  join(a: Span, b: Span): void {
    const [one, other] = [this.#head(a), this.#head(b)]
    if (one === other) return
    const [first, second] = bySpanOrder(one, other) < 0 ? [one, other] : [other, one]
    this.#heads.set(second, first)
  }

  list(): Span[][] {
    const lists = new Map<Span, Span[]>()
    for (const span of this.#spans) {
      const head = this.#head(span)
      const list = lists.get(head)
      if (list === undefined) lists.set(head, [span])
      else list.push(span)
    }
    return [...lists.values()]
  }

  #head(span: Span): Span {
    let head = span
    for (let next = this.#heads.get(head); next !== undefined; next = this.#heads.get(head)) head = next
    if (head !== span) this.#heads.set(span, head)
    return head
  }
}
