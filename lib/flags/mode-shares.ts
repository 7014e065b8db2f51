import type { ModeRule } from '#lib/contract/mode.ts'
import { MODES, type Mode } from '#lib/model/vocabulary.ts'
import { isLive, type ModeScope, matchesScope, rankRules, strictness } from './precedence.ts'

/** A name that no rule can mention, because names are not empty: stands for every agent or environment not named. */
export const ANY_OTHER = ''
/** Shares are compared with room for the rounding of products. */
export const SHARE_EPSILON = 1e-9

/** The share of runs that gets each mode, indexed by strictness; adds up to 1. */
export type ModeShares = readonly number[]

/** How the runs of a scope divide among the modes now. */
export function computeModeShares(rules: readonly ModeRule[], scope: ModeScope, nowMs: number): ModeShares {
  const shares = MODES.map(() => 0)
  let left = 1
  for (const rule of rankRules(rules, scope, nowMs)) {
    const taken = left * ((rule.percentage ?? 100) / 100)
    const level = strictness(rule.mode)
    shares[level] = (shares[level] ?? 0) + taken
    left -= taken
  }
  shares[0] = (shares[0] ?? 0) + left
  return shares
}

/** The share of a scope's runs in which the rules hold a tool to at least this strictness. */
export function computeHeldShare(
  rules: readonly ModeRule[],
  scope: ModeScope,
  tool: string,
  level: number,
  nowMs: number,
): number {
  let free = 1
  for (const rule of rules) {
    if (rule.tool !== tool || strictness(rule.mode) < level) continue
    if (!isLive(rule, nowMs) || !matchesScope(rule, scope)) continue
    free *= 1 - (rule.percentage ?? 100) / 100
  }
  return 1 - free
}

/** The mode that every run gets; null when they differ. */
export function onlyMode(shares: ModeShares): Mode | null {
  return MODES.find((_, level) => (shares[level] ?? 0) > 1 - SHARE_EPSILON) ?? null
}

export function sameShares(a: ModeShares, b: ModeShares): boolean {
  return a.every((share, level) => Math.abs(share - (b[level] ?? 0)) < SHARE_EPSILON)
}

/** `serial`, or `25 % parallel, 75 % serial`, the strictest last. */
export function formatShares(shares: ModeShares): string {
  const only = onlyMode(shares)
  if (only !== null) return only
  return MODES.flatMap((mode, level) => {
    const share = shares[level] ?? 0
    return share > SHARE_EPSILON ? [`${Number((share * 100).toPrecision(3))} % ${mode}`] : []
  }).join(', ')
}
