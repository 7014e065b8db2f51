import { type ModeRule, type ModeState, takes } from '../mode/evaluate.ts'
import { tighter } from '../schedule/scheduler.ts'
import type { Mode } from '../types.ts'

/** Whom a flag is evaluated for. */
export interface FlagQuery {
  readonly agent: string
  readonly environment: string
  /** Asks how the calls of this tool may overlap others within a batch. */
  readonly tool: string | null
  /** What a share of runs sticks to; null names no run. */
  readonly runId: string | null
  readonly nowMs: number
}

/** What a flag comes to, as the server says it by OFREP. */
export interface FlagAnswer {
  readonly value: string | boolean | number | Readonly<Record<string, Mode>>
  readonly variant: string
  readonly reason: 'STATIC' | 'DEFAULT' | 'TARGETING_MATCH' | 'SPLIT'
  readonly ruleId: string | null
}

interface Decision {
  readonly mode: Mode
  readonly rule: ModeRule | null
  /** A share of runs was asked on the way. */
  readonly isSplit: boolean
}

/** Null when it depends on the run and none is named. */
type Evaluate = (state: ModeState, query: FlagQuery) => FlagAnswer | null

/** Everything that can be asked for, each in a type of its own. */
export const FLAGS: ReadonlyMap<string, Evaluate> = new Map<string, Evaluate>([
  [
    'parallel-tool-calls',
    (state, query) => {
      const decision = decide(state, query)
      return decision && answer(state, decision, decision.mode, decision.mode)
    },
  ],
  [
    'parallel-tool-calls.allowed',
    (state, query) => {
      const decision = decide(state, query)
      const isAllowed = decision?.mode !== 'serial'
      return decision && answer(state, decision, isAllowed, isAllowed ? 'on' : 'off')
    },
  ],
  ['parallel-tool-calls.tools', listHeldTools],
  [
    'parallel-tool-calls.revision',
    ({ revision }) => ({ value: revision, variant: `r${revision}`, reason: 'STATIC', ruleId: null }),
  ],
])

function answer(
  state: ModeState,
  { rule, isSplit }: Decision,
  value: FlagAnswer['value'],
  variant: string,
): FlagAnswer {
  const reason = isSplit ? 'SPLIT' : rule === null ? defaultReason(state) : 'TARGETING_MATCH'
  return { value, variant, reason, ruleId: rule?.id ?? null }
}

function defaultReason({ rules }: ModeState): 'STATIC' | 'DEFAULT' {
  return rules.length === 0 ? 'STATIC' : 'DEFAULT'
}

/** The rules that speak of the agent in the environment now. */
function listOwn({ rules }: ModeState, { agent, environment, nowMs }: FlagQuery): ModeRule[] {
  return rules.filter(
    (rule) =>
      (rule.agent === null || rule.agent === agent) &&
      (rule.environment === null || rule.environment === environment) &&
      (rule.expires_at === null || nowMs < rule.expires_at),
  )
}

function decide(state: ModeState, query: FlagQuery): Decision | null {
  const own = listOwn(state, query)
  const whole = decideWhole(own, query.runId)
  return whole === null || query.tool === null ? whole : narrow(own, query.tool, query.runId, whole)
}

function decideWhole(own: readonly ModeRule[], runId: string | null): Decision | null {
  const rank = (rule: ModeRule) => (rule.agent === null ? 0 : 2) + (rule.environment === null ? 0 : 1)
  const ranked = own.filter(({ tool }) => tool === null).sort((a, b) => rank(b) - rank(a))
  let isSplit = false
  for (const rule of ranked) {
    if (isShare(rule)) {
      if (runId === null) return null
      isSplit = true
      if (!takes(rule, runId)) continue
    }
    return { mode: rule.mode, rule, isSplit }
  }
  return { mode: 'parallel', rule: null, isSplit }
}

/** A rule with a tool can only tighten; the tightest that takes the run decides, of equals the first. */
function narrow(
  own: readonly ModeRule[],
  tool: string,
  runId: string | null,
  whole: Decision,
): Decision | null {
  const tightening = own.filter((rule) => rule.tool === tool && isTighter(rule.mode, whole.mode))
  let held = whole
  for (const rule of tightening) {
    const binds = !isShare(rule) || (runId !== null && takes(rule, runId))
    if (binds && isTighter(rule.mode, held.mode)) held = { mode: rule.mode, rule, isSplit: isShare(rule) }
  }
  const isOpen = runId === null && tightening.some((rule) => isShare(rule) && isTighter(rule.mode, held.mode))
  if (isOpen) return null
  return held === whole ? { ...whole, isSplit: whole.isSplit || tightening.some(isShare) } : held
}

function listHeldTools(state: ModeState, query: FlagQuery): FlagAnswer | null {
  const own = listOwn(state, query)
  const whole = decideWhole(own, query.runId)
  if (whole === null) return null
  const held: [string, Mode][] = []
  for (const tool of [...new Set(own.flatMap((rule) => rule.tool ?? []))].sort()) {
    const narrowed = narrow(own, tool, query.runId, whole)
    if (narrowed === null) return null
    if (narrowed.mode !== whole.mode) held.push([tool, narrowed.mode])
  }
  // Not assigned one by one: a tool may be called `__proto__`.
  const value = Object.fromEntries(held)
  return held.length > 0
    ? { value, variant: 'held', reason: 'TARGETING_MATCH', ruleId: null }
    : { value, variant: 'none', reason: defaultReason(state), ruleId: null }
}

function isShare(rule: ModeRule): boolean {
  return rule.percentage !== null && rule.percentage < 100
}

function isTighter(mode: Mode, than: Mode): boolean {
  return mode !== than && tighter(mode, than) === mode
}
