import type { DetectorContext } from '../detector.ts'
import type { Scope } from './follow-open.ts'

/** Alerts that were told of one tool, in all environments: who is slowed by one cause is told of it once. */
export interface Told {
  alerts: ToldAlert[]
}

interface ToldAlert {
  readonly environment: string
  readonly agent: string
  readonly onsetMs: number
  /** Calls behind the reference. */
  readonly known: number
}

const MAX_TOLD = 16
/** Onsets are known to some hours only: few calls come in between. */
const ONSET_SLACK_MS = 24 * 3_600_000

/**
 * An open alert of the same tool, that began before, says it already: one in the same environment, or in
 * another with more calls. What begins in an environment with few calls covers nothing elsewhere.
 */
export function isCovered(context: DetectorContext, scope: Scope, onsetMs: number, known: number): boolean {
  const told = context.peek<Told>(keyOf(scope))
  if (told === null) return false
  return told.alerts.some(
    (alert) =>
      !(alert.environment === scope.environment && alert.agent === scope.agent) &&
      (alert.environment === scope.environment || alert.known >= known) &&
      alert.onsetMs - ONSET_SLACK_MS <= onsetMs,
  )
}

export function noteTold(context: DetectorContext, scope: Scope, onsetMs: number, known: number): void {
  const told = context.state<Told>(keyOf(scope), () => ({ alerts: [] }))
  forget(told, scope)
  if (told.alerts.length >= MAX_TOLD) told.alerts.shift()
  told.alerts.push({ environment: scope.environment, agent: scope.agent, onsetMs, known })
}

export function noteOver(context: DetectorContext, scope: Scope): void {
  if (context.peek<Told>(keyOf(scope)) === null) return
  forget(
    context.state<Told>(keyOf(scope), () => ({ alerts: [] })),
    scope,
  )
}

function forget(told: Told, { environment, agent }: Scope): void {
  told.alerts = told.alerts.filter((alert) => alert.environment !== environment || alert.agent !== agent)
}

function keyOf({ tool }: Scope): string {
  return `straggler-told/${tool}`
}
