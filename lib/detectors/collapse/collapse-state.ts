import type { DetectorContext } from '../detector.ts'
import { type Attribution, createAttribution } from '../statistics/attribution.ts'
import { isToldElsewhere } from '../turns/told.ts'
import { createRates, type Rates } from './rates.ts'
import { createStream, remainingEvidenceOf, type Stream } from './stream.ts'

/** Where evidence is looked for: a version or model from its first step on, or the agent as a whole. */
export type CollapseScope = 'agent' | 'version' | 'model'

export interface CollapseState {
  rates: Rates
  stream: Stream
  attribution: Attribution
  /** Versions and models that emit as they should, or that the rates were learned from; latest last. */
  sound: { version: string[]; model: string[] }
  open: OpenCollapse | null
  /** Goes up when part of what was taken for evidence has found another explanation. */
  epoch: number
  /** Tasks of which was known that they come apart. */
  known: number
}

export interface OpenCollapse {
  readonly scope: CollapseScope
  readonly value: string
  /** Evidence that it is over, in nats. */
  reverse: number
  /** Steps since `value` was last seen, and the longest such gap while it was there. */
  unseen: number
  longestGap: number
}

/** Evidence in nats for more than one family of tasks from which on others wait. */
const SUSPECTED = 3

export function collapseKey(environment: string, agent: string): string {
  return `collapse/${environment}/${agent}`
}

export function createCollapseState(): CollapseState {
  return {
    rates: createRates(),
    stream: createStream(),
    attribution: createAttribution(),
    sound: { version: [], model: [] },
    open: null,
    epoch: 0,
    known: 0,
  }
}

/** Whether an agent's model has collapsed, here or in an environment that speaks for this one, or may have. */
export function readCollapse(
  context: DetectorContext,
  environment: string,
  agent: string,
  nowMs: number,
): 'open' | 'suspected' | 'no' {
  const state = context.peek<CollapseState>(collapseKey(environment, agent))
  if (state === null) return 'no'
  if (state.open !== null) return 'open'
  if (isToldElsewhere(context, { kind: 'collapse', agent, environment, tools: [] }, nowMs)) return 'open'
  const { stream } = state
  return stream.without.length > 1 && remainingEvidenceOf(stream) >= SUSPECTED ? 'suspected' : 'no'
}
