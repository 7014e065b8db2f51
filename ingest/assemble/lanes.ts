import type { ModelCall } from './model-calls.ts'
import type { Origin, RunIndex } from './runs.ts'
import type { ToolRun } from './tool-runs.ts'
import type { Span, Tree } from './tree.ts'

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
  /** What the span says of itself, else those above it, else the rest of its run. */
  originOf(span: Span): Origin
}

/** The lane of the spans of a trace that have no agent above them, or have lost the way to it. */
export function traceLaneId({ facts }: Span): string {
  return `trace:${facts.traceId}`
}

/** Sorts the spans of a component into lanes. */
export function findLanes(
  tree: Tree,
  models: readonly ModelCall[],
  tools: readonly ToolRun[],
  runs: RunIndex,
): Lanes {
  const seams = findSeams(tree, models, tools)
  const laneOf = (span: Span): Lane => {
    const seam = nearestSeam(span, tree, seams)
    return seam === null ? { id: traceLaneId(span), isInner: false, outerId: null } : toLane(seam)
  }
  const toLane = (seam: Span): Lane => {
    const isInner = seam.facts.facts.role === 'tool' || nearestSeam(seam, tree, seams) !== null
    return { id: seam.key, isInner, outerId: isInner ? laneOf(seam).id : null }
  }
  return { laneOf, originOf: (span) => runs.originOf(span, tree.placeOf(span)) }
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
