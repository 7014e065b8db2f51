import type { DetectorContext } from '../detector.ts'
import { dropHeldLatency } from '../latency.ts'
import type { Observation } from '../observation.ts'
import { ALTERNATIVES } from './alternatives.ts'
import { isCovered, noteOver, noteTold } from './cover.ts'
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
  readonly weight: number
  /** Calls behind the reference. */
  readonly known: number
  readonly observation: Observation
  readonly context: DetectorContext
}

/** Whether a slowdown that was told is over, by the reversed statistic. */
export function followOpen({ watch, scope, call, weight, known, observation, context }: Following): void {
  const { open } = watch
  if (open === null) return
  const factor = weight / designEffectOf(watch.dispersion)
  if (open.older.includes(observation.version)) {
    // Calls of versions from before tell nothing but that the slow one is not there.
    open.over = round(open.over - Math.log(1 - open.share) * weight)
  } else {
    open.over = round(Math.max(0, open.over - stillOf(open, call) * factor))
    open.again = round(Math.max(0, open.again + (call.ratios[open.alternative] as number) * factor))
  }
  if (open.over >= RECOVERED) {
    context.recover(open.finding)
    noteOver(context, scope)
    close(watch, scope, observation.nowMs, context)
  } else if (open.again >= AGAIN + context.sensitivity.extraNats) {
    open.again = 0
    sayAgain(open, scope, known, context)
  }
}

/** Confirms the alert, or tells it now that what covered it is over. */
function sayAgain(open: OpenStraggler, scope: Scope, known: number, context: DetectorContext): void {
  const { onsetMs } = open.finding
  if (open.isCovered) {
    open.isCovered = isCovered(context, scope, onsetMs, known)
    if (open.isCovered) return
    noteTold(context, scope, onsetMs, known)
  }
  context.raise(open.finding)
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
  watch.heldFromMs = null
  watch.trail = []
  if (!('versions' in watch)) return
  watch.versions = []
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
