import { tighter } from '../schedule/scheduler.ts'
import type { Mode } from '../types.ts'

/** A rule of the mode switch as the server sends it. A null field matches anything. */
export interface ModeRule {
  readonly id: string
  readonly environment: string | null
  readonly agent: string | null
  readonly tool: string | null
  readonly mode: Mode
  /** Share of runs that it takes, 0 to 100; null = all. */
  readonly percentage: number | null
  /** Epoch ms from which on it no longer holds; null = never. */
  readonly expires_at: number | null
}

/** The rules in force, as far as they concern one agent in one environment. */
export interface ModeState {
  readonly revision: number
  readonly rules: readonly ModeRule[]
}

export interface ModeQuery {
  readonly agent: string
  readonly environment: string
  /** What a percentage sticks to: the run's id, else the batch's. */
  readonly key: string
  readonly nowMs: number
}

const NO_TOOLS: ReadonlyMap<string, Mode> = new Map()
const utf8 = new TextEncoder()

/** 32-bit FNV-1a over UTF-8, unsigned. */
export function hashFnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of utf8.encode(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

/** Whether a percentage takes this key, by 10,000 buckets: the same answer for the same rule and key, everywhere. */
export function takes(rule: Pick<ModeRule, 'id' | 'percentage'>, key: string): boolean {
  if (rule.percentage === null) return true
  return Math.floor((mix(hashFnv1a(`${rule.id}:${key}`)) / 2 ** 32) * 10_000) / 100 < rule.percentage
}

/** The last step of MurmurHash3: without it ids that are counted up fall together. */
function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/**
 * The mode of one batch. Of the rules without a tool that hold, the most specific decides (an agent over an
 * environment, of equals the first in the list); none is `parallel`. Every rule with a tool that holds can
 * only tighten, so the tightest decides; tools that end up no tighter than the batch are left out.
 */
export function evaluateMode(
  rules: readonly ModeRule[],
  query: ModeQuery,
): { mode: Mode; tools: ReadonlyMap<string, Mode> } {
  let mode: Mode = 'parallel'
  let specificity = -1
  let tools: Map<string, Mode> | null = null
  for (const rule of rules) {
    if (rule.agent !== null && rule.agent !== query.agent) continue
    if (rule.environment !== null && rule.environment !== query.environment) continue
    if (rule.expires_at !== null && rule.expires_at <= query.nowMs) continue
    const rank = (rule.agent === null ? 0 : 2) + (rule.environment === null ? 0 : 1)
    if (rule.tool === null && rank <= specificity) continue
    if (!takes(rule, query.key)) continue
    if (rule.tool === null) {
      mode = rule.mode
      specificity = rank
    } else {
      tools ??= new Map()
      tools.set(rule.tool, tighter(tools.get(rule.tool) ?? 'parallel', rule.mode))
    }
  }
  if (tools === null) return { mode, tools: NO_TOOLS }
  for (const [tool, toolMode] of tools) if (tighter(mode, toolMode) === mode) tools.delete(tool)
  return { mode, tools }
}

const isNullOr = (type: string, value: unknown) =>
  value === null || value === undefined || typeof value === type

/** A mode as it came over the wire; null when it is anything else, whole or in part. */
export function parseModeState(text: string): ModeState | null {
  try {
    const { revision, rules } = JSON.parse(text)
    if (!Number.isSafeInteger(revision) || revision < 0 || !Array.isArray(rules)) return null
    const parsed: ModeRule[] = []
    for (const { id, environment, agent, tool, mode, percentage, expires_at } of rules) {
      const valid =
        typeof id === 'string' &&
        isNullOr('string', environment) &&
        isNullOr('string', agent) &&
        isNullOr('string', tool) &&
        isNullOr('number', percentage) &&
        isNullOr('number', expires_at) &&
        (mode === 'parallel' || mode === 'reads-only' || mode === 'serial')
      if (!valid) return null
      parsed.push({
        id,
        environment: environment ?? null,
        agent: agent ?? null,
        tool: tool ?? null,
        mode,
        percentage: percentage ?? null,
        expires_at: expires_at ?? null,
      })
    }
    return { revision, rules: parsed }
  } catch {
    // Not JSON, or not an object: the last known mode stays.
    return null
  }
}
