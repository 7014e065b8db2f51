import type { ModeRule } from '#lib/contract/mode.ts'
import { MODES } from '#lib/model/vocabulary.ts'
import { isLive, strictness } from './precedence.ts'

/** Beyond this much work, some tenths of a second, nothing is proved, and a change counts as one that loosens. */
const MAX_STEPS = 20_000_000

/** What decides about one tool, or about no tool in particular, in one scope at one time. */
interface Side {
  /** The rules without `tool`, the deciding one first. */
  readonly ranked: readonly ModeRule[]
  /** The rules of the tool: each can only tighten. */
  readonly tool: readonly ModeRule[]
}

/**
 * True when some run of some agent, now or at any later time, may be scheduled more loosely by `after` than
 * by `before`, as a whole or in the calls of one tool. A share takes any set of runs, the same for the same
 * rule id, and the sets of two ids have nothing to do with each other. Lists so large that looking at every
 * case would take long count as loosening.
 */
export function isLoosening(before: readonly ModeRule[], after: readonly ModeRule[], nowMs: number): boolean {
  const old = groupByScope(before)
  const now = groupByScope(after)
  let stepsLeft = MAX_STEPS
  for (const scope of listScopes([...before, ...after])) {
    const oldRules = concernedBy(scope, old)
    stepsLeft -= 1 + oldRules.length
    if (!oldRules.some((rule) => strictness(rule.mode) > 0)) continue
    const nowRules = concernedBy(scope, now)
    const both = [...oldRules, ...nowRules]
    const tools = new Set(both.map((rule) => rule.tool))
    for (const atMs of listTimes(both, nowMs)) {
      for (const tool of tools.add(null)) {
        stepsLeft -= (1 + oldRules.length) * (1 + nowRules.length)
        if (stepsLeft < 0) return true
        if (loosensTool(sideOf(oldRules, tool, atMs), sideOf(nowRules, tool, atMs))) return true
      }
    }
  }
  return false
}

/** An agent and an environment by name; null for one that no rule names. */
type NamedScope = Pick<ModeRule, 'agent' | 'environment'>

function keyOf({ agent, environment }: NamedScope): string {
  return JSON.stringify([agent, environment])
}

function groupByScope(rules: readonly ModeRule[]): ReadonlyMap<string, readonly ModeRule[]> {
  return Map.groupBy(rules, keyOf)
}

/** The rules that concern a scope, the most specific first, equals in the order of the list. */
function concernedBy(
  { agent, environment }: NamedScope,
  groups: ReadonlyMap<string, readonly ModeRule[]>,
): readonly ModeRule[] {
  const scopes = [
    { agent, environment },
    { agent, environment: null },
    { agent: null, environment },
    { agent: null, environment: null },
  ]
  return [...new Set(scopes.map(keyOf))].flatMap((key) => groups.get(key) ?? [])
}

/**
 * A scope for every set of rules that can meet: the pairs that a rule names, and each agent with each
 * environment that rules name alone. Any other scope has the rules of one of these.
 */
function* listScopes(rules: readonly ModeRule[]): Generator<NamedScope> {
  const agents = new Set<string | null>([null])
  const environments = new Set<string | null>([null])
  const pairs = new Map<string, NamedScope>()
  for (const rule of rules) {
    if (rule.environment === null) agents.add(rule.agent)
    else if (rule.agent === null) environments.add(rule.environment)
    else pairs.set(keyOf(rule), rule)
  }
  yield* pairs.values()
  for (const agent of agents) {
    for (const environment of environments) {
      if (!pairs.has(keyOf({ agent, environment }))) yield { agent, environment }
    }
  }
}

/** Now, and every later time at which a rule ends: between two of them nothing changes. */
function listTimes(rules: readonly ModeRule[], nowMs: number): Set<number> {
  const ends = rules.map((rule) => rule.expires_at).filter((end) => end !== null && end > nowMs) as number[]
  return new Set([nowMs, ...ends])
}

function sideOf(rules: readonly ModeRule[], tool: string | null, atMs: number): Side {
  const live = rules.filter((rule) => isLive(rule, atMs))
  return {
    ranked: live.filter((rule) => rule.tool === null),
    tool: tool === null ? [] : live.filter((rule) => rule.tool === tool),
  }
}

function loosensTool(old: Side, now: Side): boolean {
  for (let level = 1; level < MODES.length; level++) if (loosensBelow(old, now, level)) return true
  return false
}

/** True when some run is now below a strictness that it had before. */
function loosensBelow(old: Side, now: Side, level: number): boolean {
  /** By rule id the share that such a run must not be in: from there on up lie the runs that are left. */
  const passed = new Map<string, number>()
  for (const rule of now.tool) {
    if (strictness(rule.mode) < level) continue
    if (shareOf(rule) >= 100) return false
    passed.set(rule.id, shareOf(rule))
  }
  for (const taking of [...now.ranked, null]) {
    const isBelow = taking === null || strictness(taking.mode) < level
    if (isBelow && hadLevel(old, level, taking, passed)) return true
    if (taking === null || shareOf(taking) >= 100) break
    passed.set(taking.id, shareOf(taking))
  }
  return false
}

/** True when among the runs that `taking` takes now, after those `passed`, one had at least the strictness. */
function hadLevel(
  old: Side,
  level: number,
  taking: ModeRule | null,
  passed: ReadonlyMap<string, number>,
): boolean {
  const highest = (rule: ModeRule) => (rule.id === taking?.id ? shareOf(taking) : 100)
  const lowest = (rule: ModeRule) => passed.get(rule.id) ?? 0
  const isStrict = (rule: ModeRule) => strictness(rule.mode) >= level
  const takesSome = (rule: ModeRule) => lowest(rule) < Math.min(shareOf(rule), highest(rule))
  if (taking !== null && lowest(taking) >= shareOf(taking)) return false
  if (old.tool.some((rule) => isStrict(rule) && takesSome(rule))) return true
  for (const rule of old.ranked) {
    if (isStrict(rule) && takesSome(rule)) return true
    // What comes next is only asked for runs that this one leaves.
    if (shareOf(rule) >= highest(rule)) return false
  }
  return false
}

function shareOf(rule: ModeRule): number {
  return rule.percentage ?? 100
}
