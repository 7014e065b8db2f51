import type { ModeRule } from '#lib/contract/mode.ts'
import { rankRules } from '#lib/flags/precedence.ts'
import type { Mode } from '#lib/model/vocabulary.ts'

export interface EnvironmentMode {
  readonly environment: string
  /** What an agent that no rule names runs in. */
  readonly mode: Mode
  /** True when a rule gives a share of the runs or one of the agents another mode. */
  readonly hasExceptions: boolean
}

/** No agent has this name, because a name has at least one character. */
const NO_AGENT = ''

/** The mode of each environment as the rail tells it: what holds when nothing more specific does. */
export function environmentModes(
  environments: readonly string[],
  rules: readonly ModeRule[],
  nowMs: number,
): EnvironmentMode[] {
  const named = rules.flatMap((rule) => rule.environment ?? [])
  return [...new Set([...environments, ...named])].map((environment) => {
    const ranked = rankRules(rules, { agent: NO_AGENT, environment }, nowMs)
    const whole = ranked.find((rule) => rule.percentage === null || rule.percentage >= 100)
    const mode = whole?.mode ?? 'parallel'
    const concerned = rules.filter((rule) => rule.environment === null || rule.environment === environment)
    return {
      environment,
      mode,
      hasExceptions: concerned.some((rule) => rule.id !== whole?.id && rule.mode !== mode),
    }
  })
}
