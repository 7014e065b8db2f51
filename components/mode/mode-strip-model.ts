import { environmentModes } from '#components/shell/mode-now.ts'
import type { Executor, ModeRule, ModeState } from '#lib/contract/mode.ts'
import { isLive } from '#lib/flags/precedence.ts'
import { formatNoun } from '#lib/format/number.ts'
import { formatWhole } from '#lib/format/time.ts'
import type { Mode } from '#lib/model/vocabulary.ts'

/** One environment as the strip shows it. */
export interface EnvironmentState {
  readonly environment: string
  readonly mode: Mode
  readonly hasExceptions: boolean
  /** Who would hear of a change, what decides, and how far the last change has come. */
  readonly note: string
}

/** The environments in their given order; executors are null while nobody has said. */
export function describeEnvironments(
  environments: readonly string[],
  { revision, rules }: ModeState,
  executors: readonly Executor[] | null,
  nowMs: number,
): EnvironmentState[] {
  return environmentModes(environments, rules, nowMs).map((state) => {
    const { environment } = state
    const own = executors?.filter((executor) => executor.connected && executor.environment === environment)
    const parts = [own && describeExecutors(own, revision), describeRules(rules, environment, nowMs)]
    return { ...state, note: parts.filter((part) => part).join(', ') }
  })
}

function describeExecutors(connected: readonly Executor[], revision: number): string {
  const late = connected.filter((executor) => (executor.applied_revision ?? -1) < revision).length
  const executors = formatNoun(connected.length, 'executor', 'executors')
  if (late === 0 || connected.length === 0) return connected.length === 0 ? 'no executor' : executors
  return `${connected.length - late} of ${executors} applied #${revision}`
}

function describeRules(rules: readonly ModeRule[], environment: string, nowMs: number): string | null {
  const own = rules.filter((rule) => rule.environment === environment && isLive(rule, nowMs))
  const whole = own.find((rule) => rule.agent === null && rule.tool === null)
  if (whole?.expires_at != null) return `ends in ${formatWhole(whole.expires_at - nowMs)}`
  return own.length === 0 ? null : formatNoun(own.length, 'rule', 'rules')
}
