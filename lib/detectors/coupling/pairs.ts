import { shareBeside } from './shares.ts'
import type { ToolState } from './tool-state.ts'

/** One row of the audit: how often X fails beside a sibling, and how often apart from it, since the pair was known. */
export interface CouplingPair {
  readonly sibling: string
  readonly beside: { readonly calls: number; readonly failures: number }
  readonly apart: { readonly calls: number; readonly failures: number }
  /** Share of X's calls that run beside the sibling nowadays. */
  readonly share: number
  /**
   * X hardly ever runs apart from the sibling, so nobody can say which of both it is: run a share of such
   * batches one after another to find out.
   */
  readonly isIdentifiable: boolean
  /** Odds of failing beside the sibling over those apart from it, with an interval of 95 %. */
  readonly oddsRatio: { readonly estimate: number; readonly low: number; readonly high: number }
  /** An alert was raised for this pair and has not recovered. */
  readonly raised: 'fails' | 'slow' | null
}

/** With so much of X beside the sibling, what is left apart says nothing in a month. */
const MOST_SHARE = 0.93
const Z_95 = 1.96

/** The siblings of X by how much worse it fares beside them, worst first by the lower end of the interval. */
export function couplingPairs(tool: ToolState): CouplingPair[] {
  return Object.entries(tool.siblings)
    .map(([sibling, pair]): CouplingPair => {
      const beside = { calls: pair.calls, failures: pair.failures }
      const apart = {
        calls: Math.max(0, tool.calls - pair.bornCalls - pair.calls),
        failures: Math.max(0, tool.failures - pair.bornFailures - pair.failures),
      }
      const share = shareBeside(tool, pair)
      const raised = tool.raised?.sibling === sibling ? tool.raised.what : null
      const isIdentifiable = share <= MOST_SHARE
      return { sibling, beside, apart, share, isIdentifiable, oddsRatio: oddsRatioOf(beside, apart), raised }
    })
    .sort((a, b) => b.oddsRatio.low - a.oddsRatio.low || (a.sibling < b.sibling ? -1 : 1))
}

/** After Woolf (1955), with half a call added to each cell as by Haldane, so that an empty one leaves it finite. */
function oddsRatioOf(
  beside: CouplingPair['beside'],
  apart: CouplingPair['apart'],
): CouplingPair['oddsRatio'] {
  const cells = [
    beside.failures + 0.5,
    beside.calls - beside.failures + 0.5,
    apart.failures + 0.5,
    apart.calls - apart.failures + 0.5,
  ] as const
  const log = Math.log((cells[0] * cells[3]) / (cells[1] * cells[2]))
  const error = Z_95 * Math.sqrt(cells.reduce((sum, cell) => sum + 1 / cell, 0))
  return { estimate: Math.exp(log), low: Math.exp(log - error), high: Math.exp(log + error) }
}
