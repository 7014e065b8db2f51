import type { Suspect } from '#lib/model/alert.ts'
import type { Finding, TrailPoint } from '../detector.ts'
import type { LatencyShape } from '../latency/latency-shape.ts'
import { usualRate } from './failing.ts'
import { compareBeside } from './shares.ts'
import { slowFactor } from './slowing.ts'
import type { Excursion, PairState, Raised, SlowExcursion, ToolState } from './tool-state.ts'

/** A pair with evidence, on its way to a finding. */
export type Candidate =
  | {
      readonly what: 'fails'
      readonly sibling: string
      readonly pair: PairState
      readonly excursion: Excursion
      readonly evidence: number
    }
  | {
      readonly what: 'slow'
      readonly sibling: string
      readonly pair: PairState
      readonly excursion: SlowExcursion
      readonly evidence: number
      readonly shift: number
      readonly shape: LatencyShape
    }

/** Siblings that explain it nearly as well are named too: they mostly run together with the first. */
const ALSO_NATS = 2
const MAX_SUSPECTS = 4

/** The sibling that explains X's last calls best. */
export function strongestOf<C extends Candidate>(tool: ToolState, candidates: readonly C[]): C | null {
  let best: C | null = null
  let bestNats = Number.NEGATIVE_INFINITY
  for (const candidate of candidates) {
    const nats = compareBeside(tool, candidate.pair, candidate.what)
    if (nats < bestNats || (nats === bestNats && best !== null && candidate.evidence <= best.evidence))
      continue
    best = candidate
    bestNats = nats
  }
  return best
}

/** What is known of a pair once its alert is raised, to tell when it is over. */
export function raisedOf(tool: ToolState, candidate: Candidate, finding: Finding): Raised {
  const { what, sibling, pair } = candidate
  const common = { sibling, what, reverse: 0, more: 0, finding }
  if (candidate.what === 'slow') {
    const { shift, shape } = candidate
    const now = slowFactor(tool, candidate.excursion)
    return { ...common, usual: 1, now, shift, logs: shape.logs }
  }
  const usual = usualRate(tool, pair)
  const { x, n } = candidate.excursion
  return { ...common, usual, now: Math.min(0.95, Math.max(2 * usual, x / (n + 1))), shift: 0, logs: [] }
}

export function findingOf(
  scope: Pick<Finding, 'agent' | 'environment' | 'threshold'> & { readonly tool: string },
  tool: ToolState,
  candidate: Candidate,
): Finding {
  const { sibling, pair, excursion, what } = candidate
  // Another sibling may have been the first to cross the threshold: the call is worse beside one of them.
  const evidence = Math.max(candidate.evidence, scope.threshold)
  const rivals = rivalsOf(tool, candidate)
  const alike = rivals.filter(({ behind }) => behind < ALSO_NATS).map(({ name }) => name)
  const does =
    what === 'fails' ? 'fails' : `takes ${slowFactor(tool, candidate.excursion).toFixed(1)} times as long`
  return {
    kind: 'coupling',
    agent: scope.agent,
    environment: scope.environment,
    key: keyOf(scope.tool, sibling),
    onsetMs: excursion.onsetMs,
    firstBadVersion: null,
    firstBadModel: null,
    suspects: [
      suspect(sibling, Math.min(evidence, rivals[0]?.behind ?? evidence), because(tool, candidate)),
      ...rivals
        .slice(0, MAX_SUSPECTS - 1)
        .map(({ name, behind }) =>
          suspect(name, -behind, `ran beside ${scope.tool} in many of the same calls`),
        ),
    ],
    logEvidence: evidence,
    threshold: scope.threshold,
    trail: pair.trail.map(([atMs, value]): TrailPoint => ({ atMs, value })),
    hypothesis: `${scope.tool} ${does} while ${sibling} runs${alike.length > 0 ? `; or while ${alike.join(', ')} runs: they came together too often to be told apart` : ''}`,
  }
}

export function keyOf(tool: string, sibling: string): Finding['key'] {
  return { tool, sibling, tools: sibling === tool ? [tool] : [tool, sibling] }
}

function rivalsOf(tool: ToolState, { sibling, pair, what }: Candidate): { name: string; behind: number }[] {
  const best = compareBeside(tool, pair, what)
  return Object.entries(tool.siblings)
    .filter(([name]) => name !== sibling)
    .map(([name, rival]) => ({ name, behind: best - compareBeside(tool, rival, what) }))
    .filter(({ behind }) => behind < best)
    .sort((a, b) => a.behind - b.behind)
}

function because(tool: ToolState, candidate: Candidate): string {
  if (candidate.what === 'slow') {
    const { n } = candidate.excursion
    return `${n} calls beside it took ${slowFactor(tool, candidate.excursion).toFixed(1)} times as long as those apart from it`
  }
  const { n, x, fromCalls, fromFailures } = candidate.excursion
  const apartN = Math.max(0, tool.calls - fromCalls - n)
  const apartX = Math.max(0, tool.failures - fromFailures - x)
  return `${x} of ${n} calls beside it failed, ${apartX} of ${apartN} apart from it`
}

function suspect(value: string, logOdds: number, reason: string): Suspect {
  return { kind: 'sibling', value, before: null, logOdds, because: reason }
}
