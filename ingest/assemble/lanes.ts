import type { ModelCall } from './model-calls.ts'
import { isUniqueId } from './same-call.ts'
import type { ToolRun } from './tool-runs.ts'
import type { Inherited, Span, Tree } from './tree.ts'

/** Where turns are counted and tools find their models: an agent, the inside of a tool, or the rest of a trace. */
export interface Lane {
  readonly id: string
  /** Called by another agent or tool of the run. */
  readonly isInner: boolean
  /** The lane that called it. */
  readonly outerId: string | null
}

export interface Lanes {
  laneOf(span: Span): Lane
  /** Filled from the spans above, then from the rest of the trace, then from the traces joined to it. */
  inheritedBy(span: Span): Inherited & { readonly runId: string }
}

/** Sorts the spans of a component into lanes and runs. */
export function findLanes(tree: Tree, models: readonly ModelCall[], tools: readonly ToolRun[]): Lanes {
  const seams = findSeams(tree, models, tools)
  const topAgents = findTopAgents(tree, seams)
  const runs = findRuns(tree, models, tools)
  const laneOf = (span: Span): Lane => {
    const seam = nearestSeam(span, tree, seams)
    if (seam !== null) return toLane(seam)
    const { traceId } = span.facts
    // A span that has lost its way up belongs to the agent of its trace, if there is only one.
    const agent = tree.placeOf(span).isBroken ? topAgents.get(traceId) : undefined
    return agent == null ? { id: `trace:${traceId}`, isInner: false, outerId: null } : toLane(agent)
  }
  const toLane = (seam: Span): Lane => {
    const isInner = seam.facts.facts.role === 'tool' || nearestSeam(seam, tree, seams) !== null
    return { id: seam.key, isInner, outerId: isInner ? laneOf(seam).id : null }
  }
  return { laneOf, inheritedBy: runs }
}

/** The nearest span above at which a lane begins. */
function nearestSeam(span: Span, tree: Tree, seams: ReadonlySet<Span>): Span | null {
  let above = tree.placeOf(span).nearest
  while (above !== null && !seams.has(above)) above = tree.placeOf(above).nearest
  return above
}

/**
 * Tools begin a lane, for what they call inside. Agents do, but not one inside another agent that makes a single
 * model call and runs no tool: that is a step of the outer one under the name of an agent.
 */
function findSeams(tree: Tree, models: readonly ModelCall[], tools: readonly ToolRun[]): Set<Span> {
  const work = new Map<Span, number>()
  const count = (span: Span, by: number) => {
    let above = tree.placeOf(span).nearest
    while (above !== null && above.facts.facts.role === 'model') above = tree.placeOf(above).nearest
    if (above !== null) work.set(above, (work.get(above) ?? 0) + by)
  }
  for (const { span, facts } of models) if (!facts.failed) count(span, 1)
  for (const { span } of tools) count(span, 2)
  const seams = new Set<Span>(tools.map(({ span }) => span))
  for (const span of tree.spans) {
    if (span.facts.facts.role !== 'scope' || !span.facts.facts.isAgent) continue
    const above = tree.placeOf(span).nearest
    const isStep = above?.facts.facts.role === 'scope' && (work.get(span) ?? 0) === 1
    if (!isStep) seams.add(span)
  }
  return seams
}

/** The outermost agent of each trace; null where there are several. */
function findTopAgents(tree: Tree, seams: ReadonlySet<Span>): Map<string, Span | null> {
  const agents = new Map<string, Span | null>()
  for (const span of seams) {
    if (span.facts.facts.role !== 'scope' || nearestSeam(span, tree, seams) !== null) continue
    const { traceId } = span.facts
    agents.set(traceId, agents.has(traceId) ? null : span)
  }
  return agents
}

type Fields = { -readonly [K in keyof Inherited]: Inherited[K] }

/** Traces that share a call id are one run; a conversation id names it, else the trace that began first. */
function findRuns(tree: Tree, models: readonly ModelCall[], tools: readonly ToolRun[]) {
  const traces = joinTraces(tree, models, tools)
  const ofTrace = new Map<string, Fields>()
  const ofGroup = new Map<string, Fields>()
  const services = new Map<string, string>()
  for (const span of tree.spans) {
    const { traceId } = span.facts
    fill(ofTrace, traceId, span)
    fill(ofGroup, traces(traceId), span)
    const { service } = span.facts
    if (service != null && !services.has(traceId)) services.set(traceId, service)
  }
  return (span: Span) => {
    const { facts } = span
    const levels = [
      facts,
      tree.placeOf(span),
      ofTrace.get(facts.traceId),
      { ...(ofGroup.get(traces(facts.traceId)) as Fields), agent: null },
    ]
    const first = (field: keyof Inherited): string | null => {
      for (const level of levels) if (level?.[field] != null) return level[field]
      return null
    }
    return {
      agent: first('agent') ?? facts.service ?? services.get(facts.traceId) ?? null,
      environment: first('environment'),
      version: first('version'),
      runId: first('runId') ?? traces(facts.traceId),
    }
  }
}

function fill(map: Map<string, Fields>, key: string, { facts }: Span): void {
  const fields = map.get(key)
  if (fields === undefined) {
    const { agent, environment, version, runId } = facts
    map.set(key, { agent, environment, version, runId })
    return
  }
  fields.agent ??= facts.agent
  fields.environment ??= facts.environment
  fields.version ??= facts.version
  fields.runId ??= facts.runId
}

/** For each trace the one that began first among those joined to it by call ids. */
function joinTraces(tree: Tree, models: readonly ModelCall[], tools: readonly ToolRun[]) {
  const order = new Map<string, number>()
  for (const { facts } of tree.spans) if (!order.has(facts.traceId)) order.set(facts.traceId, order.size)
  const heads = new Map<string, string>()
  const headOf = (traceId: string): string => {
    let head = traceId
    for (let next = heads.get(head); next !== undefined; next = heads.get(head)) head = next
    if (head !== traceId) heads.set(traceId, head)
    return head
  }
  const firsts = new Map<string, string>()
  const see = (callId: string | null, traceId: string) => {
    if (callId === null || !isUniqueId(callId)) return
    const first = firsts.get(callId)
    if (first === undefined) firsts.set(callId, traceId)
    else if (first !== traceId) join(headOf(first), headOf(traceId))
  }
  const join = (a: string, b: string) => {
    if (a === b) return
    const isFirst = (order.get(a) ?? 0) < (order.get(b) ?? 0)
    heads.set(isFirst ? b : a, isFirst ? a : b)
  }
  for (const { spans, facts } of tools) for (const span of spans) see(facts.callId, span.facts.traceId)
  for (const { spans, facts } of models) {
    for (const { facts: own } of spans) {
      for (const { callId } of facts.emitted ?? []) see(callId, own.traceId)
      for (const { callId } of facts.returned) see(callId, own.traceId)
    }
  }
  return headOf
}
