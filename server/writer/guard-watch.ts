import type { GuardEvidence, LogFacts } from '#db/guard-evidence.ts'
import { listKeyTools } from '#lib/alerts/key-tools.ts'
import type { Alert } from '#lib/contract/alerts.ts'
import type { ModeRule } from '#lib/contract/mode.ts'
import { concernsRule, type GuardedBatch, type GuardedRule, isArmed, judgeBatches } from '#lib/flags/guard.ts'
import { strictness } from '#lib/flags/precedence.ts'

/** Positions of the log that are looked at in one go: some milliseconds. */
const STEP = 2_000
/** No more than this of the log is looked at, after a start or under a load that is faster: the newest decides. */
const LOOK_BACK = 20_000

/** A guard that has a reason to act. */
export interface GuardFinding {
  readonly ruleId: string
  readonly because: string
}

/** Watches what the guards of the rules in force look at. */
export interface GuardWatch {
  /** Follows the log a step further and says which guards have a reason to act now. */
  look(rules: readonly ModeRule[], nowMs: number): GuardFinding[]
}

export interface GuardWatchOptions {
  readonly evidence: GuardEvidence
  /** Alerts as the API tells them. */
  readonly readAlerts: (ids: readonly string[], nowMs: number) => Alert[]
}

interface SeenBatch extends GuardedBatch {
  readonly seq: number
}

/** The last batches of one rule since it was set. */
interface Window {
  readonly setAtMs: number
  batches: SeenBatch[]
}

export function createGuardWatch({ evidence, readAlerts }: GuardWatchOptions): GuardWatch {
  const windows = new Map<string, Window>()
  let cursor = 0

  function follow(rules: readonly GuardedRule[]): void {
    forgetOthers(rules)
    const lastSeq = evidence.lastSeq()
    // What began before a rule was set is of no interest to it, so that without one nothing need be read.
    cursor = rules.length === 0 ? lastSeq : Math.max(cursor, lastSeq - LOOK_BACK)
    if (cursor >= lastSeq) return
    const { added, retracted, throughSeq } = evidence.readAfter(cursor, STEP)
    cursor = throughSeq
    const gone = new Set(retracted)
    for (const window of windows.values())
      if (gone.size > 0) window.batches = window.batches.filter(({ seq }) => !gone.has(seq))
    for (const facts of added)
      for (const rule of rules) if (ranUnder(rule, facts, evidence)) keep(rule, facts)
  }

  /** A rule that was set again begins with nothing seen. */
  function forgetOthers(rules: readonly GuardedRule[]): void {
    const current = new Map(rules.map((rule) => [rule.id, rule.set_at]))
    for (const [id, { setAtMs }] of windows) if (current.get(id) !== setAtMs) windows.delete(id)
    for (const { id, set_at } of rules)
      if (!windows.has(id)) windows.set(id, { setAtMs: set_at, batches: [] })
  }

  function keep(rule: GuardedRule, { seq, isFailing, wallUs }: LogFacts): void {
    const window = windows.get(rule.id)
    if (window === undefined) return
    window.batches.push({ seq, isFailing, wallUs })
    // Cut in halves, so that a batch costs the same whatever the length.
    if (window.batches.length >= rule.guard.last_batches * 2)
      window.batches = window.batches.slice(-rule.guard.last_batches)
  }

  function findAlert(rule: GuardedRule, nowMs: number): string | null {
    const { alert_kinds: kinds } = rule.guard
    if (kinds === null) return null
    const opened = evidence
      .readOpened(kinds, Math.round(rule.set_at * 1000))
      .filter((alert) => concernsRule(rule, { ...alert, tools: listKeyTools(alert.key) }))
    // Somebody who silenced an alert, or ended it, has judged it.
    const alert = readAlerts(
      opened.map(({ id }) => id),
      nowMs,
    ).find(({ status }) => status === 'open' || status === 'acknowledged')
    return alert === undefined ? null : `${alert.kind} alert: ${alert.summary} (${alert.id})`
  }

  return {
    look(rules, nowMs) {
      const guarded = rules.filter(
        (rule): rule is GuardedRule => rule.guard !== null && rule.mode !== 'serial',
      )
      follow(guarded)
      return guarded.flatMap((rule) => {
        if (!isArmed(rule, nowMs)) return []
        const because =
          findAlert(rule, nowMs) ?? judgeBatches(rule.guard, windows.get(rule.id)?.batches ?? [])
        return because === null ? [] : [{ ruleId: rule.id, because }]
      })
    },
  }
}

function ranUnder(rule: GuardedRule, facts: LogFacts, evidence: GuardEvidence): boolean {
  if (facts.startedAtUs < rule.set_at * 1000) return false
  if (rule.agent !== null && rule.agent !== facts.agent) return false
  if (rule.environment !== null && rule.environment !== facts.environment) return false
  if (rule.tool !== null) return evidence.hasTool(facts.signatureId, rule.tool)
  // Of a share only the runs that it took count; who says no mode is taken for parallel, as everywhere.
  return (facts.modeCode ?? 0) === strictness(rule.mode)
}
