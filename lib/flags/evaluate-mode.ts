import type { ModeRule } from '#lib/contract/mode.ts'
import type { Mode } from '#lib/model/vocabulary.ts'
import { isLive, type ModeScope, matchesScope, rankRules, strictness } from './precedence.ts'

/** The mode of a run and the rule that decided it; null = the default. */
export interface ModeDecision {
  readonly mode: Mode
  readonly rule: ModeRule | null
}

/**
 * Which mode applies to a run. `stickyKey` is its `run_id`, or the `batch_id` of a batch without one.
 * The same rules as the SDK's, checked by the same golden cases.
 */
export function evaluateMode(
  rules: readonly ModeRule[],
  scope: ModeScope,
  stickyKey: string,
  nowMs: number,
): ModeDecision {
  for (const rule of rankRules(rules, scope, nowMs)) {
    if (rule.percentage === null || stickyPercent(rule.id, stickyKey) < rule.percentage)
      return { mode: rule.mode, rule }
  }
  return { mode: 'parallel', rule: null }
}

/** How a tool's calls may overlap within a batch of mode `base`: a rule with `tool` can only tighten. */
export function evaluateToolMode(
  rules: readonly ModeRule[],
  scope: ModeScope,
  tool: string,
  base: Mode,
  stickyKey: string,
  nowMs: number,
): Mode {
  let mode = base
  for (const rule of rules) {
    if (rule.tool !== tool || !isLive(rule, nowMs) || !matchesScope(rule, scope)) continue
    if (rule.percentage !== null && stickyPercent(rule.id, stickyKey) >= rule.percentage) continue
    if (strictness(rule.mode) > strictness(mode)) mode = rule.mode
  }
  return mode
}

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193
/** A share is taken in hundredths of a per cent. */
const BUCKETS = 10_000

/**
 * A number in [0, 100) that depends on the rule and the key alone: which of 10,000 buckets the key falls into, by
 * FNV-1a, 32 bits, over UTF-8, and MurmurHash3's last mixing, without which ids that are counted up fall together.
 * A share takes the buckets below it, so a larger one keeps the runs of a smaller.
 */
export function stickyPercent(ruleId: string, key: string): number {
  let hash = FNV_OFFSET
  for (const byte of new TextEncoder().encode(`${ruleId}:${key}`)) hash = Math.imul(hash ^ byte, FNV_PRIME)
  return Math.floor((mix(hash) / 2 ** 32) * BUCKETS) / (BUCKETS / 100)
}

function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
