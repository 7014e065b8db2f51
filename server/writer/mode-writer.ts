import { randomUUID } from 'node:crypto'
import { appendModeRevision, readMode } from '#db/mode.ts'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import { RequestError } from '#ingest/errors.ts'
import type {
  ModeAction,
  ModeGuard,
  ModePut,
  ModeRule,
  ModeRuleInput,
  ModeState,
} from '#lib/contract/mode.ts'
import { describeModeChange, sameRule } from '#lib/flags/describe-change.ts'
import { isLoosening } from '#lib/flags/loosening.ts'
import { isLive } from '#lib/flags/precedence.ts'

/** What a write of the mode came to. */
export interface ModeWrite {
  readonly mode: ModeState
  readonly changed: boolean
  readonly action: ModeAction
}

/**
 * Replaces the rules. Call inside a transaction.
 * @throws RequestError 409 when another revision is in force, 400 for a wrong rule or a loosening without a reason
 */
export function putMode(db: SqliteDatabase, put: ModePut, setBy: string, nowMs: number): ModeWrite {
  const current = readMode(db)
  if (put.revision !== current.revision) {
    const detail = `Revision ${current.revision} is in force, not ${put.revision}: read the mode again and decide anew.`
    throw new RequestError(409, detail, {
      faults: [{ path: 'revision', reason: `is not the current revision ${current.revision}` }],
    })
  }
  const after = completeRules(put.rules, current.rules, setBy, nowMs)
  const unchanged =
    after.length === current.rules.length &&
    after.every((rule, i) => sameRule(rule, current.rules[i] as ModeRule))
  if (unchanged) return { mode: current, changed: false, action: 'set' }
  const reason = put.reason ?? reasonOfChange(after, current.rules)
  if (reason === null && isLoosening(current.rules, after, nowMs)) {
    throw new RequestError(400, 'This change loosens the mode of some run, so it needs a reason.', {
      faults: [{ path: 'reason', reason: 'is required when a change loosens any effective mode' }],
    })
  }
  const summary = describeModeChange(current.rules, after)
  const change = {
    atUs: Math.round(nowMs * 1000),
    setBy,
    action: 'set',
    reason,
    summary,
    before: current.rules,
    after,
  } as const
  return { mode: appendModeRevision(db, change), changed: true, action: 'set' }
}

/** Ends the rules whose time has come, with an audit line of its own. Call inside a transaction. */
export function expireRules(db: SqliteDatabase, nowMs: number): ModeWrite {
  const current = readMode(db)
  const after = current.rules.filter((rule) => isLive(rule, nowMs))
  if (after.length === current.rules.length) return { mode: current, changed: false, action: 'expire' }
  const summary = describeModeChange(current.rules, after)
  const atUs = Math.round(nowMs * 1000)
  const mode = appendModeRevision(db, {
    atUs,
    setBy: 'expiry',
    action: 'expire',
    reason: null,
    summary,
    before: current.rules,
    after,
  })
  return { mode, changed: true, action: 'expire' }
}

function completeRules(
  inputs: readonly ModeRuleInput[],
  current: readonly ModeRule[],
  setBy: string,
  nowMs: number,
): ModeRule[] {
  const known = new Map(current.map((rule) => [rule.id, rule]))
  const seen = new Set<string>()
  return identifyRules(inputs, current).map((input, i) => {
    const rule = completeRule(input, known, setBy, nowMs)
    if (seen.has(rule.id)) throw wrongRule(i, 'id', `\`${rule.id}\` is there twice`)
    seen.add(rule.id)
    const was = known.get(rule.id)
    if (was && sameRule(was, rule)) return was
    if (!isLive(rule, nowMs)) throw wrongRule(i, 'expires_at', 'is in the past')
    return rule
  })
}

/**
 * A rule sent without id that says what a rule in force says is that rule: the same list again changes
 * nothing, and the runs that a share has taken stay taken.
 */
function identifyRules(inputs: readonly ModeRuleInput[], current: readonly ModeRule[]): ModeRuleInput[] {
  const taken = new Set(inputs.map((input) => input.id))
  return inputs.map((input) => {
    if (input.id != null) return input
    const same = current.find(
      (rule) => !taken.has(rule.id) && sameRule(rule, { ...rule, ...completeTerms(input) }),
    )
    if (same === undefined) return input
    taken.add(same.id)
    return { ...input, id: same.id }
  })
}

function completeRule(
  input: ModeRuleInput,
  known: ReadonlyMap<string, ModeRule>,
  setBy: string,
  nowMs: number,
): ModeRule {
  const id = input.id ?? `rule_${randomUUID().slice(0, 8)}`
  const terms = completeTerms(input)
  const acted = known.get(id)?.guard
  // What a guard has done stays known however the rule is set since: its cool-down counts from there.
  const guard = terms.guard && acted ? { ...terms.guard, ...pickActs(acted) } : terms.guard
  return { id, ...terms, guard, set_by: setBy, set_at: nowMs }
}

function pickActs({ fired_at, fired_because }: ModeGuard): Pick<ModeGuard, 'fired_at' | 'fired_because'> {
  return { fired_at, fired_because }
}

function completeTerms(input: ModeRuleInput): Omit<ModeRule, 'id' | 'set_by' | 'set_at'> {
  return {
    environment: input.environment ?? null,
    agent: input.agent ?? null,
    tool: input.tool ?? null,
    mode: input.mode,
    percentage: input.percentage ?? null,
    expires_at: input.expires_at ?? null,
    reason: input.reason ?? null,
    guard: input.guard ? completeGuard(input.guard) : null,
  }
}

function completeGuard(input: NonNullable<ModeRuleInput['guard']>): ModeGuard {
  return {
    alert_kinds: input.alert_kinds ?? null,
    max_failing_share: input.max_failing_share ?? null,
    max_wall_p95_ms: input.max_wall_p95_ms ?? null,
    last_batches: input.last_batches,
    cooldown_ms: input.cooldown_ms,
    fired_at: null,
    fired_because: null,
  }
}

function reasonOfChange(after: readonly ModeRule[], before: readonly ModeRule[]): string | null {
  const known = new Map(before.map((rule) => [rule.id, rule]))
  const changed = after.find((rule) => {
    const was = known.get(rule.id)
    return rule.reason !== null && (!was || !sameRule(was, rule))
  })
  return changed?.reason ?? null
}

function wrongRule(index: number, field: string, reason: string): RequestError {
  const path = `rules[${index}].${field}`
  return new RequestError(400, `\`${path}\` ${reason}.`, { faults: [{ path, reason }] })
}
