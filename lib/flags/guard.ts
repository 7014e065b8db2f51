import type { ModeGuard, ModeRule } from '#lib/contract/mode.ts'
import { formatDuration } from '#lib/format/duration.ts'
import { formatPercent } from '#lib/format/number.ts'
import type { AlertKind } from '#lib/model/alert.ts'
import { computePercentile } from '#lib/stats/percentile.ts'
import { isLive } from './precedence.ts'

/*
 * A guard makes its rule serial: the one mode that cannot loosen anything. What it looks at began after the rule
 * was last set, and a serial rule has nothing to guard, so it acts at most once each time somebody sets the rule.
 */

/** True when the guard may act on its rule now. */
export function isArmed(rule: ModeRule, nowMs: number): rule is GuardedRule {
  const { guard } = rule
  if (guard === null || rule.mode === 'serial' || !isLive(rule, nowMs)) return false
  return guard.fired_at === null || nowMs >= guard.fired_at + guard.cooldown_ms
}

export type GuardedRule = ModeRule & { readonly guard: ModeGuard }

/** What of an alert decides whether it concerns a rule. */
export interface GuardAlert {
  readonly kind: AlertKind
  /** `*` = across agents. */
  readonly agent: string
  readonly environment: string
  /** The tools that its key names. */
  readonly tools: readonly string[]
}

/** True when an alert that opens is one for which this rule returns to serial. */
export function concernsRule({ guard, agent, environment, tool }: ModeRule, alert: GuardAlert): boolean {
  return (
    (guard?.alert_kinds?.includes(alert.kind) ?? false) &&
    (agent === null || alert.agent === '*' || alert.agent === agent) &&
    (environment === null || alert.environment === environment) &&
    (tool === null || alert.tools.includes(tool))
  )
}

/** One batch that ran under a rule. */
export interface GuardedBatch {
  /** A call of it ended in error or timeout. */
  readonly isFailing: boolean
  /** Null when none of its calls ran. */
  readonly wallUs: number | null
}

/** Why the last batches of a rule are beyond its bounds; null when they are not, or are too few to say. */
export function judgeBatches(guard: ModeGuard, batches: readonly GuardedBatch[]): string | null {
  const last = batches.slice(-guard.last_batches)
  if (last.length < guard.last_batches) return null
  const failing = last.filter(({ isFailing }) => isFailing).length
  if (guard.max_failing_share !== null && failing > guard.max_failing_share * last.length) {
    return `${failing} of the last ${last.length} batches failed, more than ${formatPercent(guard.max_failing_share)}`
  }
  const walls = last.flatMap(({ wallUs }) => wallUs ?? []).sort((a, b) => a - b)
  const p95Us = computePercentile(walls, 0.95)
  if (guard.max_wall_p95_ms !== null && p95Us !== null && p95Us > guard.max_wall_p95_ms * 1000) {
    return `p95 of the last ${last.length} batches is ${formatDuration(p95Us / 1000)}, more than ${formatDuration(guard.max_wall_p95_ms)}`
  }
  return null
}

/**
 * The rules after a guard has acted: its own is serial for the runs that it takes, and stays so until a person
 * says otherwise, because an end that nobody watches would loosen it again.
 */
export function fireGuard(
  rules: readonly ModeRule[],
  ruleId: string,
  because: string,
  nowMs: number,
): readonly ModeRule[] {
  return rules.map((rule) =>
    rule.id === ruleId && rule.guard !== null
      ? {
          ...rule,
          mode: 'serial',
          expires_at: null,
          set_by: 'guard',
          set_at: nowMs,
          guard: { ...rule.guard, fired_at: nowMs, fired_because: because },
        }
      : rule,
  )
}

/** What a guard acts on, in words: `a conflict alert, or failing over 5 % of 50 batches`. */
export function describeGuard(guard: ModeGuard): string {
  const parts: string[] = []
  if (guard.alert_kinds !== null) parts.push(`an alert of ${guard.alert_kinds.join(' or ')}`)
  if (guard.max_failing_share !== null)
    parts.push(`more than ${formatPercent(guard.max_failing_share)} of ${guard.last_batches} batches failing`)
  if (guard.max_wall_p95_ms !== null)
    parts.push(`p95 over ${formatDuration(guard.max_wall_p95_ms)} in ${guard.last_batches} batches`)
  return parts.join(', or ')
}

/** True when two guards act on the same, whatever they have done. */
export function sameGuard(a: ModeGuard | null, b: ModeGuard | null): boolean {
  if (a === null || b === null) return a === b
  return (
    a.max_failing_share === b.max_failing_share &&
    a.max_wall_p95_ms === b.max_wall_p95_ms &&
    a.last_batches === b.last_batches &&
    a.cooldown_ms === b.cooldown_ms &&
    (a.alert_kinds ?? []).join() === (b.alert_kinds ?? []).join()
  )
}
