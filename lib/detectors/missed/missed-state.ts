import type { DetectorContext } from '../detector.ts'
import type { Recovery } from '../statistics/recovery.ts'
import type { PairState } from './pairs.ts'

export interface MissedState {
  /** By `pairKey`: those with evidence, least recently apart first. */
  pairs: Record<string, PairState>
  open: OpenMissed[]
}

/** A task of which is known that its calls could be one batch. */
export interface OpenMissed {
  /** Of the alert. */
  readonly key: readonly string[]
  /** All tools seen in it. */
  tools: string[]
  /** The pairs that stand for it. */
  pairs: string[]
  recovery: Recovery
}

export function missedState(context: DetectorContext, environment: string, agent: string): MissedState {
  return context.state<MissedState>(keyOf(environment, agent), () => ({ pairs: {}, open: [] }))
}

/** What is known to come apart that could be one batch, for who looks for something wider. */
export function readMissed(
  context: DetectorContext,
  environment: string,
  agent: string,
): readonly OpenMissed[] {
  return context.peek<MissedState>(keyOf(environment, agent))?.open ?? []
}

function keyOf(environment: string, agent: string): string {
  return `missed/${environment}/${agent}`
}
