import type { ModeRule } from '#lib/contract/mode.ts'
import type { Mode } from '#lib/model/vocabulary.ts'
import { isLoosening } from './loosening.ts'
import { isLive } from './precedence.ts'
import { removeRules } from './rule-edits.ts'

/** What is to be held, and how strictly. A null name matches anything. */
export interface TightenRequest {
  readonly environment: string | null
  readonly agent: string | null
  readonly tool: string | null
  readonly mode: Exclude<Mode, 'parallel'>
  readonly expiresAtMs: number | null
  readonly reason: string | null
  readonly setBy: string
  /** Ids of the rules that it takes: the first one alone, then numbered. */
  readonly id: string
}

export interface Tightened {
  readonly rules: readonly ModeRule[]
  /** Stricter than asked where a part of the runs is serial already: a rule before them would loosen that part. */
  readonly mode: Mode
}

/**
 * Holds every run of a scope to at least a mode, agents with rules of their own included, and loosens nothing at
 * any time: what it adds is laid over what is there, and what is there holds again when it ends. Null when that
 * cannot be shown, because there are too many rules.
 */
export function tightenScope(
  rules: readonly ModeRule[],
  request: TightenRequest,
  nowMs: number,
): Tightened | null {
  const modes = request.tool === null ? ([request.mode, 'serial'] as const) : [request.mode]
  for (const mode of modes) {
    const after = layOver(rules, { ...request, mode }, nowMs)
    if (!isLoosening(rules, after, nowMs))
      return { rules: isNeeded(rules, after, nowMs) ? after : rules, mode }
  }
  return null
}

/** False when the rules come to the same without: then taking them away again loosens nothing. */
function isNeeded(before: readonly ModeRule[], after: readonly ModeRule[], nowMs: number): boolean {
  return isLoosening(after, before, nowMs)
}

type Scope = Pick<ModeRule, 'agent' | 'environment'>

function layOver(rules: readonly ModeRule[], request: TightenRequest, nowMs: number): readonly ModeRule[] {
  const scopes = request.tool === null ? listScopes(rules, request, nowMs) : [request]
  const added = scopes.map((scope, index) => toRule(request, scope, index, nowMs))
  // What an earlier message of the same kind demanded for no longer is inside what this one demands.
  const outdated = rules.filter(
    (rule) => rule.set_by.startsWith('trigger ') && added.some((one) => covers(one, rule)),
  )
  return [...added, ...removeRules(rules, new Set(outdated.map(({ id }) => id)))]
}

/** The scope itself, and its part in every scope that has rules of its own: those are asked before it. */
function listScopes(rules: readonly ModeRule[], request: Scope, nowMs: number): Scope[] {
  const scopes = new Map<string, Scope>()
  const add = ({ agent, environment }: Scope) =>
    scopes.set(JSON.stringify([agent, environment]), { agent, environment })
  add(request)
  for (const rule of rules) {
    if (rule.tool !== null || !isLive(rule, nowMs)) continue
    const agent = meet(request.agent, rule.agent)
    const environment = meet(request.environment, rule.environment)
    if (agent !== undefined && environment !== undefined) add({ agent, environment })
  }
  return [...scopes.values()]
}

/** Both of two names, null being any; undefined when nothing is both. */
function meet(a: string | null, b: string | null): string | null | undefined {
  if (a === null) return b
  return b === null || a === b ? a : undefined
}

function covers(added: ModeRule, old: ModeRule): boolean {
  return (
    added.agent === old.agent &&
    added.environment === old.environment &&
    added.tool === old.tool &&
    (added.mode === old.mode || added.mode === 'serial') &&
    (added.expires_at === null || (old.expires_at !== null && old.expires_at <= added.expires_at))
  )
}

function toRule(
  { tool, mode, expiresAtMs, reason, setBy, id }: TightenRequest,
  { agent, environment }: Scope,
  index: number,
  nowMs: number,
): ModeRule {
  return {
    id: index === 0 ? id : `${id}_${index + 1}`,
    environment,
    agent,
    tool,
    mode,
    percentage: null,
    expires_at: expiresAtMs,
    reason,
    guard: null,
    set_by: setBy,
    set_at: nowMs,
  }
}
