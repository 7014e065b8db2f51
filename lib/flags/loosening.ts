import type { ModeRule } from '#lib/contract/mode.ts'
import { MODES } from '#lib/model/vocabulary.ts'
import { isLive, type ModeScope, matchesScope, rankRules, strictness } from './precedence.ts'

/** A name that no rule can mention, because names are not empty: stands for every agent or environment not named. */
const ANY_OTHER = ''
/** Shares are compared with room for the rounding of products. */
const EPSILON = 1e-9

/**
 * True when some run of some agent, now or at any later time, may be scheduled more loosely by `after` than
 * by `before`. Compares, for every scope that a rule names and at every time a rule ends, the share of runs
 * that get at most a given strictness; and for each tool the strictness that its rules demand.
 */
export function isLoosening(before: readonly ModeRule[], after: readonly ModeRule[], nowMs: number): boolean {
  const both = [...before, ...after]
  const ends = both.flatMap((rule) =>
    rule.expires_at !== null && rule.expires_at > nowMs ? [rule.expires_at] : [],
  )
  const tools = new Set(both.flatMap((rule) => (rule.tool === null ? [] : [rule.tool])))
  for (const scope of scopesOf(both)) {
    for (const atMs of new Set([nowMs, ...ends])) {
      if (loosensScope(before, after, scope, atMs)) return true
      for (const tool of tools) if (loosensTool(before, after, scope, tool, atMs)) return true
    }
  }
  return false
}

function scopesOf(rules: readonly ModeRule[]): ModeScope[] {
  const agents = new Set([ANY_OTHER, ...rules.flatMap((rule) => rule.agent ?? [])])
  const environments = new Set([ANY_OTHER, ...rules.flatMap((rule) => rule.environment ?? [])])
  return [...agents].flatMap((agent) => [...environments].map((environment) => ({ agent, environment })))
}

function loosensScope(
  before: readonly ModeRule[],
  after: readonly ModeRule[],
  scope: ModeScope,
  atMs: number,
): boolean {
  const old = sharesByStrictness(rankRules(before, scope, atMs))
  const now = sharesByStrictness(rankRules(after, scope, atMs))
  let oldAtMost = 0
  let nowAtMost = 0
  for (let level = 0; level < MODES.length; level++) {
    oldAtMost += old[level] ?? 0
    nowAtMost += now[level] ?? 0
    if (nowAtMost > oldAtMost + EPSILON) return true
  }
  return false
}

/** The share of runs that get each strictness when the rules are asked in this order. */
function sharesByStrictness(ranked: readonly ModeRule[]): number[] {
  const shares = MODES.map(() => 0)
  let left = 1
  for (const rule of ranked) {
    const taken = left * ((rule.percentage ?? 100) / 100)
    const level = strictness(rule.mode)
    shares[level] = (shares[level] ?? 0) + taken
    left -= taken
  }
  shares[0] = (shares[0] ?? 0) + left
  return shares
}

/** Tool rules only tighten, each for its share of runs: looser when the share that some strictness binds has shrunk. */
function loosensTool(
  before: readonly ModeRule[],
  after: readonly ModeRule[],
  scope: ModeScope,
  tool: string,
  atMs: number,
): boolean {
  for (let level = 1; level < MODES.length; level++) {
    if (boundShare(after, scope, tool, level, atMs) < boundShare(before, scope, tool, level, atMs) - EPSILON)
      return true
  }
  return false
}

function boundShare(
  rules: readonly ModeRule[],
  scope: ModeScope,
  tool: string,
  level: number,
  atMs: number,
): number {
  let free = 1
  for (const rule of rules) {
    if (
      rule.tool !== tool ||
      strictness(rule.mode) < level ||
      !isLive(rule, atMs) ||
      !matchesScope(rule, scope)
    )
      continue
    free *= 1 - (rule.percentage ?? 100) / 100
  }
  return 1 - free
}
