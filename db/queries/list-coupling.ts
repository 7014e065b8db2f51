import type { Alert } from '#lib/contract/alerts.ts'
import type { CoupledPair, Coupling, MissedPair } from '#lib/contract/coupling.ts'
import type { CouplingQuery } from '#lib/contract/query.ts'
import { type AuditedPair, auditConflicts, auditTools, findMergeCandidates } from '#lib/coupling/audit.ts'
import { findCoupledPairs, type ScopedPair } from '#lib/coupling/coupled.ts'
import { createPairCounts, PAIR_COUNTERS } from '#lib/coupling/observe-pairs.ts'
import { addEncodedPairCounts } from '#lib/coupling/pair-codec.ts'
import { GRAIN_US, grainStart } from '#lib/stats/marginals.ts'
import { type ToolMark, toolMarksQuery } from '../coupling.ts'
import type { ReadContext } from './context.ts'
import { compileWindow, findIds, type UsWindow } from './filter.ts'
import { listAlerts } from './list-alerts.ts'
import { listEmitted } from './list-emitted.ts'
import { allOf, raw, type Sql, sql, valueList } from './sql.ts'
import { describeCoverage, readEffects } from './tool-facts.ts'

/** Findings of a kind: more than a person would read. */
const MAX_FINDINGS = 100

/** The audit of the tools: what is declared, marked and seen of each, and of each two. Pairs are counted by day. */
export function listCoupling(context: ReadContext, query: CouplingQuery, nowMs: number): Coupling {
  const days = wholeDays(compileWindow(query, nowMs))
  const scoped = readPairs(context, query, days)
  const pairs = pool(scoped)
  const alerts = listOpen(context, query, nowMs)
  return {
    tools: auditTools(readTools(context, pairs), pairs),
    conflicts: auditConflicts(pairs).slice(0, MAX_FINDINGS),
    coupled: findCoupledPairs(scoped)
      .slice(0, MAX_FINDINGS)
      .map((pair) => ({ ...pair, alert_id: findAlert(alerts, pair)?.id ?? null })),
    merges: findMergeCandidates(pairs).slice(0, MAX_FINDINGS),
    missed: alerts.filter(({ kind }) => kind === 'missed').map(toMissed),
    emitted: listEmitted(context, query, nowMs),
    ...describeCoverage(days),
  }
}

function wholeDays({ fromUs, toUs }: UsWindow): UsWindow {
  const day = GRAIN_US.day
  return {
    fromUs: fromUs === null ? null : grainStart('day', fromUs) * day,
    toUs: toUs === null ? null : Math.ceil(toUs / day) * day,
  }
}

interface PairRow {
  readonly agentId: number
  readonly environmentId: number
  readonly firstId: number
  readonly secondId: number
  readonly counts: Uint8Array
}

function readPairs(
  { queries, dimensions }: ReadContext,
  query: CouplingQuery,
  { fromUs, toUs }: UsWindow,
): ScopedPair[] {
  const conditions: Sql[] = []
  if (fromUs !== null) conditions.push(sql`day >= ${fromUs / GRAIN_US.day}`)
  if (toUs !== null) conditions.push(sql`day < ${toUs / GRAIN_US.day}`)
  for (const scope of ['agent', 'environment'] as const) {
    const names = query[scope]
    if (names) conditions.push(sql`${raw(`${scope}_id`)} in ${valueList(findIds(dimensions, scope, names))}`)
  }
  const rows = queries.all<PairRow>(sql`select agent_id as agentId, environment_id as environmentId,
    first_id as firstId, second_id as secondId, counts from tool_pairs where ${allOf(conditions)}`)
  const sums = new Map<string, ScopedPair>()
  for (const { agentId, environmentId, firstId, secondId, counts } of rows) {
    const id = `${agentId}/${environmentId}/${firstId}/${secondId}`
    const known = sums.get(id) ?? {
      agent: dimensions.name(agentId),
      environment: dimensions.name(environmentId),
      first: dimensions.name(firstId),
      second: dimensions.name(secondId),
      counts: createPairCounts(),
    }
    sums.set(id, known)
    addEncodedPairCounts(known.counts, counts)
  }
  return [...sums.values()]
}

/** Over all agents and environments. */
function pool(scoped: readonly ScopedPair[]): AuditedPair[] {
  const groups = Map.groupBy(scoped, ({ first, second }) => JSON.stringify([first, second]))
  return Array.from(groups.values(), (group) => {
    const [{ first, second }] = group as [ScopedPair]
    const counts = createPairCounts()
    for (const pair of group) for (const name of PAIR_COUNTERS) counts[name] += pair.counts[name]
    return { first, second, agents: [...new Set(group.map(({ agent }) => agent))].sort(), counts }
  })
}

function readTools(context: ReadContext, pairs: readonly AuditedPair[]) {
  const { queries, dimensions, ids } = context
  const effects = readEffects(queries)
  const resources = Map.groupBy(
    queries.all<{ toolId: number; root: string; calls: number }>(
      sql`select tool_id as toolId, root, calls from tool_resources where calls > 0 order by calls desc, root`,
    ),
    ({ toolId }) => dimensions.name(toolId),
  )
  const marks = Map.groupBy(queries.all<ToolMark>(raw(toolMarksQuery)), ({ tool }) => tool)
  const names = pairs.filter(({ first, second }) => first === second).map(({ first }) => first)
  return names.map((tool) => ({
    tool,
    effect: effects.get(ids.tool(tool)) ?? ('unknown' as const),
    resources: (resources.get(tool) ?? []).map(({ root, calls }) => ({ root, calls })),
    marks: marks.get(tool) ?? [],
  }))
}

function listOpen(context: ReadContext, query: CouplingQuery, nowMs: number): Alert[] {
  const { agent, environment } = query
  const scope = { ...(agent && { agent }), ...(environment && { environment }) }
  return listAlerts(context, { ...scope, kind: ['coupling', 'missed'], limit: MAX_FINDINGS }, nowMs).alerts
}

function findAlert(alerts: readonly Alert[], pair: Omit<CoupledPair, 'alert_id'>): Alert | undefined {
  return alerts.find(
    ({ agent, environment, key }) =>
      agent === pair.agent &&
      environment === pair.environment &&
      key.tool === pair.tool &&
      key.sibling === pair.sibling,
  )
}

function toMissed({ id, agent, environment, key, evidence }: Alert): MissedPair {
  return {
    agent,
    environment,
    tools: key.tools ?? [],
    turns: evidence.effect?.n_after ?? 0,
    saving_ms: evidence.lost_ms_per_batch,
    saving_ms_per_day: evidence.lost_ms_per_day,
    alert_id: id,
    suggestion: 'Ask the model to emit these calls in one turn, and see that the request allows it.',
  }
}
