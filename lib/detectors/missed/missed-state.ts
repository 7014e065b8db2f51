import type { DetectorContext } from '../detector.ts'
import type { Recovery } from '../statistics/recovery.ts'
import { readTold } from '../turns/told.ts'
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
  /** The key of the pair by which it was found. */
  readonly lead: string
  /** The keys of all its pairs. */
  pairs: string[]
  recovery: Recovery
}

export function missedState(context: DetectorContext, environment: string, agent: string): MissedState {
  return context.state<MissedState>(keyOf(environment, agent), () => ({ pairs: {}, open: [] }))
}

/** The tools of tasks known to come apart, here or in another environment, for who looks for something wider. */
export function readMissed(
  context: DetectorContext,
  environment: string,
  agent: string,
): (readonly string[])[] {
  const elsewhere = readTold(context, { kind: 'missed', agent, environment })
  const open = context.peek<MissedState>(keyOf(environment, agent))?.open ?? []
  for (const { tools } of open) elsewhere.push(tools)
  return elsewhere
}

function keyOf(environment: string, agent: string): string {
  return `missed/${environment}/${agent}`
}
