import type { ModeRule } from '#lib/contract/mode.ts'
import type { Mode } from '#lib/model/vocabulary.ts'
import { evaluateToolMode, stickyPercent } from './evaluate-mode.ts'
import { computeModeShares, type ModeShares } from './mode-shares.ts'
import { isLive, type ModeScope, matchesScope, rankRules } from './precedence.ts'

/** One rule that was asked about a run. */
export interface TraceStep {
  readonly rule: ModeRule
  /** Where the run falls among 100; null for a rule that takes all of them. */
  readonly percent: number | null
  readonly takes: boolean
}

export interface ModeTrace {
  /** In the order of asking; the last one takes the run, unless the default does. */
  readonly steps: readonly TraceStep[]
  /** Null when it depends on the run and no run is named. */
  readonly mode: Mode | null
  /** The rule that decides; null when the default does, or when nothing is decided. */
  readonly rule: ModeRule | null
  /** How the runs of the scope divide. */
  readonly shares: ModeShares
}

/** Asks the rules about a run and writes down what each of them said. A null `stickyKey` names no run. */
export function traceMode(
  rules: readonly ModeRule[],
  scope: ModeScope,
  stickyKey: string | null,
  nowMs: number,
): ModeTrace {
  const steps: TraceStep[] = []
  const shares = computeModeShares(rules, scope, nowMs)
  for (const rule of rankRules(rules, scope, nowMs)) {
    const isShare = rule.percentage !== null && rule.percentage < 100
    if (isShare && stickyKey === null) {
      steps.push({ rule, percent: null, takes: false })
      return { steps, mode: null, rule: null, shares }
    }
    const percent = isShare && stickyKey !== null ? stickyPercent(rule.id, stickyKey) : null
    const takes = percent === null || percent < (rule.percentage ?? 100)
    steps.push({ rule, percent, takes })
    if (takes) return { steps, mode: rule.mode, rule, shares }
  }
  return { steps, mode: 'parallel', rule: null, shares }
}

/** How a tool's calls may overlap others within a batch of mode `base`, and the rules that speak of it. */
export interface ToolTrace {
  readonly mode: Mode
  readonly rules: readonly ModeRule[]
}

export function traceToolMode(
  rules: readonly ModeRule[],
  scope: ModeScope,
  tool: string,
  base: Mode,
  stickyKey: string | null,
  nowMs: number,
): ToolTrace {
  const about = rules.filter((rule) => rule.tool === tool && isLive(rule, nowMs) && matchesScope(rule, scope))
  // Without a run its share is not known to bind: only what binds every run is told.
  const sure = stickyKey === null ? about.filter((rule) => (rule.percentage ?? 100) >= 100) : about
  return { mode: evaluateToolMode(sure, scope, tool, base, stickyKey ?? '', nowMs), rules: about }
}
