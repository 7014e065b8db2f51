import type { CoupledPair } from '#lib/contract/coupling.ts'
import type { PairCounts } from './observe-pairs.ts'

/** Pairs of one agent in one environment, the tools alone among them. */
export interface ScopedPair {
  readonly agent: string
  readonly environment: string
  readonly first: string
  readonly second: string
  readonly counts: PairCounts
}

/** Fewer failures beside the sibling could be anything. */
const MIN_FAILED = 3
/** Many pairs are looked at: one is told of when even a 99.9 % interval of its odds ratio lies above 1. */
const SELECT_Z = 3.29
const INTERVAL_Z = 1.96
/** A tool that runs beside its sibling in more than this share of its batches has nothing to be compared with. */
const MAX_SHARE = 0.93

/** Tools that fail more often while a certain sibling runs, the largest odds first. */
export function findCoupledPairs(pairs: readonly ScopedPair[]): Omit<CoupledPair, 'alert_id'>[] {
  const alone = new Map(
    pairs.filter((pair) => pair.first === pair.second).map((pair) => [keyOf(pair, pair.first), pair]),
  )
  return pairs
    .filter((pair) => pair.first !== pair.second)
    .flatMap((pair) => {
      const { firstFailedBeside, secondFailedBeside } = pair.counts
      return [
        judge(pair, pair.first, pair.second, firstFailedBeside, alone),
        judge(pair, pair.second, pair.first, secondFailedBeside, alone),
      ]
    })
    .filter((pair) => pair !== null)
    .sort((a, b) => b.odds_low - a.odds_low)
}

function judge(
  pair: ScopedPair,
  tool: string,
  sibling: string,
  failedBeside: number,
  alone: ReadonlyMap<string, ScopedPair>,
): Omit<CoupledPair, 'alert_id'> | null {
  const own = alone.get(keyOf(pair, tool))?.counts
  if (own === undefined || failedBeside < MIN_FAILED) return null
  const beside = { batches: pair.counts.overlapped, failed: failedBeside }
  const apart = { batches: own.together - beside.batches, failed: own.firstFailedApart - failedBeside }
  const { logOdds, error } = logOddsRatio(beside, apart)
  const isIdentifiable = beside.batches <= MAX_SHARE * own.together
  if (logOdds - SELECT_Z * error <= 0) return null
  return {
    agent: pair.agent,
    environment: pair.environment,
    tool,
    sibling,
    beside,
    apart,
    odds_ratio: Math.exp(logOdds),
    odds_low: Math.exp(logOdds - INTERVAL_Z * error),
    odds_high: Math.exp(logOdds + INTERVAL_Z * error),
    is_identifiable: isIdentifiable,
    suggestion: isIdentifiable
      ? `Keep ${tool} from running beside ${sibling}: a serial rule for ${tool}, or a declared dependency.`
      : `They nearly always run together: let 1 % of runs be serial for a while to see which it is.`,
  }
}

/** Woolf's logit interval with 0.5 added to each cell (Haldane and Anscombe), so that empty cells can be compared. */
function logOddsRatio(
  beside: { readonly batches: number; readonly failed: number },
  apart: { readonly batches: number; readonly failed: number },
): { logOdds: number; error: number } {
  const [a, b, c, d] = [
    beside.failed,
    beside.batches - beside.failed,
    apart.failed,
    apart.batches - apart.failed,
  ].map((cell) => Math.max(0, cell) + 0.5) as [number, number, number, number]
  return { logOdds: Math.log((a * d) / (b * c)), error: Math.sqrt(1 / a + 1 / b + 1 / c + 1 / d) }
}

function keyOf({ agent, environment }: ScopedPair, tool: string): string {
  return JSON.stringify([agent, environment, tool])
}
