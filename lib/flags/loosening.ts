import type { ModeRule } from '#lib/contract/mode.ts'
import { MODES } from '#lib/model/vocabulary.ts'
import { ANY_OTHER, computeHeldShare, computeModeShares, SHARE_EPSILON } from './mode-shares.ts'
import type { ModeScope } from './precedence.ts'

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
  const old = computeModeShares(before, scope, atMs)
  const now = computeModeShares(after, scope, atMs)
  let oldAtMost = 0
  let nowAtMost = 0
  for (let level = 0; level < MODES.length; level++) {
    oldAtMost += old[level] ?? 0
    nowAtMost += now[level] ?? 0
    if (nowAtMost > oldAtMost + SHARE_EPSILON) return true
  }
  return false
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
    const held = computeHeldShare(after, scope, tool, level, atMs)
    if (held < computeHeldShare(before, scope, tool, level, atMs) - SHARE_EPSILON) return true
  }
  return false
}
