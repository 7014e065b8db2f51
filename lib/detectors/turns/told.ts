import type { AlertKind } from '#lib/model/alert.ts'
import type { DetectorContext } from '../detector.ts'

/*
 * What was said of one agent in each of its environments. A model or a deploy that emits one call a turn does
 * so in staging too: what production has already said, or said while it lasted, is not said again there.
 */
interface Told {
  alerts: ToldAlert[]
}

interface ToldAlert {
  readonly environment: string
  readonly tools: readonly string[]
  /** Event time at which it was over; null while it is open. */
  overMs: number | null
}

export interface Telling {
  readonly kind: AlertKind
  readonly agent: string
  readonly environment: string
  /** Empty = the agent as a whole. */
  readonly tools: readonly string[]
}

const MAX_TOLD = 24

/** An environment with more turns says it, or said it when what is seen here had begun. */
export function isToldElsewhere(context: DetectorContext, telling: Telling, onsetMs: number): boolean {
  const told = context.peek<Told>(keyOf(telling))
  if (told === null) return false
  const volume = turnsIn(context, telling.environment, telling.agent)
  return told.alerts.some(
    (alert) =>
      alert.environment !== telling.environment &&
      turnsIn(context, alert.environment, telling.agent) >= volume &&
      isSameTask(alert.tools, telling.tools) &&
      (alert.overMs === null || onsetMs <= alert.overMs),
  )
}

/** The tools of what is open of this kind in other environments. */
export function readTold(
  context: DetectorContext,
  { kind, agent, environment }: Omit<Telling, 'tools'>,
): (readonly string[])[] {
  const told = context.peek<Told>(keyOf({ kind, agent }))
  if (told === null) return []
  return told.alerts.flatMap((alert) =>
    alert.environment === environment || alert.overMs !== null ? [] : [alert.tools],
  )
}

export function noteTold(context: DetectorContext, telling: Telling): void {
  const { environment, tools } = telling
  const told = context.state<Told>(keyOf(telling), () => ({ alerts: [] }))
  told.alerts = told.alerts.filter(
    (alert) => alert.environment !== environment || !isSame(alert.tools, tools),
  )
  if (told.alerts.length >= MAX_TOLD) told.alerts.shift()
  // A copy: a state that shared the list with another would change with it, until a restart.
  told.alerts.push({ environment, tools: [...tools], overMs: null })
}

export function noteOver(context: DetectorContext, telling: Telling, nowMs: number): void {
  const told = context.state<Told>(keyOf(telling), () => ({ alerts: [] }))
  for (const alert of told.alerts)
    if (alert.environment === telling.environment && isSame(alert.tools, telling.tools))
      alert.overMs ??= nowMs
}

function turnsIn(context: DetectorContext, environment: string, agent: string): number {
  return context.peek<{ readonly turns: number }>(turnsKey(environment, agent))?.turns ?? 0
}

/** Under which the turns of an agent are counted and kept. */
export function turnsKey(environment: string, agent: string): string {
  return `turns/${environment}/${agent}`
}

function isSame(tools: readonly string[], others: readonly string[]): boolean {
  return tools.length === others.length && tools.every((tool) => others.includes(tool))
}

function isSameTask(tools: readonly string[], others: readonly string[]): boolean {
  return tools.length === 0 || others.some((tool) => tools.includes(tool))
}

function keyOf({ kind, agent }: Pick<Telling, 'kind' | 'agent'>): string {
  return `${kind}-told/${agent}`
}
