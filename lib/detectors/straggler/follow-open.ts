import type { DetectorContext } from '../detector.ts'
import { dropHeldLatency } from '../latency.ts'
import type { Observation } from '../observation.ts'
import { dropAttribution } from '../statistics/attribution.ts'
import { ALTERNATIVES } from './alternatives.ts'
import { designEffectOf, dropDispersion } from './dispersion.ts'
import { clearEvidence } from './evidence.ts'
import type { ReadCall } from './read-batch.ts'
import type { AgentWatch, OpenStraggler, ToolWatch } from './state.ts'

/** Nats for "it is over": a good hour within a slowdown of weeks is not its end. */
const RECOVERED = 9
/** Nats after which it is told again that it still is. */
const AGAIN = 14

export interface Scope {
  readonly environment: string
  /** `*` = across agents. */
  readonly agent: string
  readonly tool: string
}

interface Following {
  readonly watch: AgentWatch | ToolWatch
  readonly scope: Scope
  readonly call: ReadCall
  readonly weight: { readonly value: number }
  readonly observation: Observation
  readonly context: DetectorContext
}

/** Whether a slowdown that was told is over, by the reversed statistic. */
export function followOpen({ watch, scope, call, weight, observation, context }: Following): void {
  const { open } = watch
  if (open === null) return
  const factor = weight.value / designEffectOf(watch.dispersion)
  const isElsewhere = open.version !== null && observation.version !== open.version
  if (isElsewhere) {
    // Calls of other versions tell nothing but that the slow one is not there.
    open.over = round(open.over - Math.log(1 - open.versionShare) * weight.value)
  } else {
    open.over = round(Math.max(0, open.over - stillOf(open, call) * factor))
    open.again = round(Math.max(0, open.again + (call.ratios[open.alternative] as number) * factor))
  }
  if (open.again >= AGAIN + context.sensitivity.extraNats) {
    open.again = 0
    context.raise(open.finding)
  }
  const alert = {
    kind: 'straggler',
    agent: scope.agent,
    environment: scope.environment,
    key: { tool: scope.tool },
  } as const
  if (open.over < RECOVERED) return
  context.recover(alert)
  close(watch, scope, observation.nowMs, context)
}

/** Evidence that it is as slow as it was, or half-way so. */
function stillOf({ alternative }: OpenStraggler, { ratios }: ReadCall): number {
  const { share } = ALTERNATIVES[alternative] as (typeof ALTERNATIVES)[number]
  let most = ratios[alternative] as number
  for (let k = 0; k < alternative; k++) {
    if (ALTERNATIVES[k]?.share === share) most = Math.max(most, ratios[k] as number)
  }
  return most
}

function close(watch: AgentWatch | ToolWatch, scope: Scope, nowMs: number, context: DetectorContext): void {
  dropHeldLatency(context, scope, nowMs)
  clearEvidence(watch.evidence)
  dropDispersion(watch.dispersion)
  watch.open = null
  watch.isHeld = false
  watch.trail = []
  if (!('versions' in watch)) return
  watch.versions = []
  dropAttribution(watch.attribution)
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
