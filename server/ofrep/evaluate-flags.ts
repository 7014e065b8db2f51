import type { ModeRule, ModeState } from '#lib/contract/mode.ts'
import {
  FLAG_KEYS,
  type OfrepContext,
  type OfrepErrorCode,
  type OfrepEvaluation,
  type OfrepSuccess,
} from '#lib/contract/ofrep.ts'
import { stickyPercent } from '#lib/flags/evaluate-mode.ts'
import { isLive, type ModeScope, matchesScope, strictness } from '#lib/flags/precedence.ts'
import { traceMode, traceToolMode } from '#lib/flags/trace-mode.ts'
import type { Mode } from '#lib/model/vocabulary.ts'

/** What a flag is evaluated with: the rules in force, and for whom. */
interface Question {
  readonly mode: ModeState
  readonly scope: ModeScope
  readonly tool: string | null
  /** Null names no run: a share of runs then decides nothing. */
  readonly runId: string | null
  readonly nowMs: number
}

interface Answer {
  readonly value: OfrepSuccess['value']
  readonly variant: string
  readonly reason: OfrepSuccess['reason']
  readonly rule: ModeRule | null
}

/** What a mode follows from. */
interface Decision {
  readonly mode: Mode
  readonly rule: ModeRule | null
  /** A share of runs was asked on the way. */
  readonly isSplit: boolean
}

/** Null when it depends on the run and none is named. */
type Evaluate = (question: Question) => Answer | null

const FLAGS: Readonly<Record<string, Evaluate>> = {
  [FLAG_KEYS.mode](question) {
    const decision = decide(question)
    return decision && answer(question, decision, decision.mode, decision.mode)
  },
  [FLAG_KEYS.allowed](question) {
    const decision = decide(question)
    if (decision === null) return null
    const isAllowed = decision.mode !== 'serial'
    return answer(question, decision, isAllowed, isAllowed ? 'on' : 'off')
  },
  [FLAG_KEYS.tools](question) {
    const tools = listHeldTools(question)
    if (tools === null) return null
    const isHeld = Object.keys(tools).length > 0
    const reason = isHeld ? 'TARGETING_MATCH' : defaultReason(question)
    return { value: tools, variant: isHeld ? 'held' : 'none', reason, rule: null }
  },
  [FLAG_KEYS.revision]: ({ mode }) => ({
    value: mode.revision,
    variant: `r${mode.revision}`,
    reason: 'STATIC',
    rule: null,
  }),
}

/** What one flag comes to for a context. A `tool` in it narrows the answer to that tool's calls. */
export function evaluateFlag(
  key: string,
  mode: ModeState,
  context: OfrepContext,
  nowMs: number,
): OfrepEvaluation {
  const evaluate = Object.hasOwn(FLAGS, key) ? FLAGS[key] : undefined
  if (evaluate === undefined)
    return fail(key, 'FLAG_NOT_FOUND', `There is no flag \`${key.slice(0, 120)}\` here.`)
  const scope = { agent: context.agent ?? 'unknown', environment: context.environment ?? 'default' }
  const found = evaluate({
    mode,
    scope,
    tool: context.tool ?? null,
    runId: context.targetingKey || null,
    nowMs,
  })
  if (found === null) {
    const details = 'A rule takes a share of the runs: `targetingKey` must be the id of the run.'
    return fail(key, 'TARGETING_KEY_MISSING', details)
  }
  const { rule, ...rest } = found
  return { key, ...rest, metadata: { revision: mode.revision, ...(rule ? { rule_id: rule.id } : {}) } }
}

/** What every flag comes to for a context. */
export function evaluateFlags(mode: ModeState, context: OfrepContext, nowMs: number): OfrepEvaluation[] {
  return Object.keys(FLAGS).map((key) => evaluateFlag(key, mode, context, nowMs))
}

function fail(key: string, errorCode: OfrepErrorCode, errorDetails: string): OfrepEvaluation {
  return { key, errorCode, errorDetails }
}

function answer(
  question: Question,
  { rule, isSplit }: Decision,
  value: Answer['value'],
  variant: string,
): Answer {
  const reason = isSplit ? 'SPLIT' : rule === null ? defaultReason(question) : 'TARGETING_MATCH'
  return { value, variant, reason, rule }
}

function defaultReason({ mode }: Question): 'STATIC' | 'DEFAULT' {
  return mode.rules.length === 0 ? 'STATIC' : 'DEFAULT'
}

function decide(question: Question): Decision | null {
  const { mode, scope, tool, runId, nowMs } = question
  const trace = traceMode(mode.rules, scope, runId, nowMs)
  if (trace.mode === null) return null
  const whole = {
    mode: trace.mode,
    rule: trace.rule,
    isSplit: trace.steps.some(({ percent }) => percent !== null),
  }
  return tool === null ? whole : narrow(question, tool, whole)
}

/** The mode of one tool's calls within a batch that has the mode of `whole`. */
function narrow({ mode, scope, runId, nowMs }: Question, tool: string, whole: Decision): Decision | null {
  const held = traceToolMode(mode.rules, scope, tool, whole.mode, runId, nowMs)
  const tighter = held.rules.filter((rule) => strictness(rule.mode) > strictness(whole.mode))
  if (runId === null) {
    const isOpen = tighter.some((rule) => isShare(rule) && strictness(rule.mode) > strictness(held.mode))
    if (isOpen) return null
  }
  if (held.mode === whole.mode) return { ...whole, isSplit: whole.isSplit || tighter.some(isShare) }
  const takes = (rule: ModeRule) =>
    !isShare(rule) || (runId !== null && stickyPercent(rule.id, runId) < (rule.percentage ?? 100))
  const rule = tighter.find((candidate) => candidate.mode === held.mode && takes(candidate)) ?? null
  return { mode: held.mode, rule, isSplit: rule !== null && isShare(rule) }
}

function listHeldTools(question: Question): Record<string, Mode> | null {
  const { mode, scope, nowMs } = question
  const whole = decide({ ...question, tool: null })
  if (whole === null) return null
  const named = new Set<string>()
  for (const rule of mode.rules)
    if (rule.tool !== null && isLive(rule, nowMs) && matchesScope(rule, scope)) named.add(rule.tool)
  const held: [string, Mode][] = []
  for (const tool of [...named].sort()) {
    const own = narrow(question, tool, whole)
    if (own === null) return null
    if (own.mode !== whole.mode) held.push([tool, own.mode])
  }
  // Not assigned one by one: a tool may be called `__proto__`.
  return Object.fromEntries(held)
}

function isShare(rule: ModeRule): boolean {
  return rule.percentage !== null && rule.percentage < 100
}
