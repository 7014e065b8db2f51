import { checkSampleRatio, compareArms } from '#lib/canary/compare-arms.ts'
import {
  computeParallelShare,
  findRollout,
  isSplit,
  type RolloutStage,
  type RuleRevision,
} from '#lib/canary/rollout.ts'
import { type Arm, type ArmBatch, RunTally } from '#lib/canary/run-tally.ts'
import { decideVerdict } from '#lib/canary/verdict.ts'
import type { ModeRule } from '#lib/contract/mode.ts'
import type { ComparisonQuery, ModeComparison } from '#lib/contract/mode-comparison.ts'
import { evaluateMode } from '#lib/flags/evaluate-mode.ts'
import { computeTurnTime } from '#lib/intervals/turn-time.ts'
import type { StoredBatch } from '#lib/model/batch.ts'
import { OUTCOMES } from '#lib/model/vocabulary.ts'
import { ComparisonScan, type ScanFilter, type ScanRow, type ScanVisitor } from './comparison-scan.ts'
import type { ReadContext } from './context.ts'
import { createDeadline } from './deadline.ts'
import { compileWindow, findIds, type UsWindow } from './filter.ts'
import { allOf, raw, type Sql, sql } from './sql.ts'
import { toMs } from './wire-batch.ts'

/** What one answer may take; what it does not come to, the next one does. */
const STEP_MS = 40
/** Comparisons that are kept, so that asking again goes on where the last answer ended. */
const KEPT = 4
const MINUTE_US = 60_000_000
const CLOCK_SKEW_US = 60 * MINUTE_US
const FAILING_MASK = (1 << OUTCOMES.indexOf('error')) | (1 << OUTCOMES.indexOf('timeout'))

interface Kept {
  readonly scan: ComparisonScan
  readonly tally: RunTally
  otherBatches: number
}

/** Compares parallel with serial runs; reads the log on from where the same question was answered last. */
export type CompareModes = (query: ComparisonQuery, nowMs: number) => ModeComparison

export function createModeComparison(context: ReadContext, monotonicMs: () => number): CompareModes {
  const kept = new Map<string, Kept>()
  const readHistory = createHistoryReader(context)

  function keep(key: string, filter: ScanFilter): Kept {
    const state = kept.get(key) ?? {
      scan: new ComparisonScan(context.queries, filter),
      tally: new RunTally(),
      otherBatches: 0,
    }
    // Set anew, so that the first is always the one not asked for longest.
    kept.delete(key)
    kept.set(key, state)
    if (kept.size > KEPT) kept.delete(kept.keys().next().value as string)
    return state
  }

  return (query, nowMs) => {
    const { agent = null, environment = null, tool = null } = query
    const history = readHistory()
    const rollout = findRollout(history, { agent, environment })
    const window = chooseWindow(query, rollout, nowMs)
    const condition = rollout.length === 0 ? null : scopeCondition(context, { agent, environment, tool })
    const state =
      condition === null
        ? null
        : keep(JSON.stringify([agent, environment, tool, window]), {
            condition,
            window: { ...window, fromUs: window.fromUs === null ? null : window.fromUs - earlierUs(query) },
          })
    const complete =
      state === null ||
      state.scan.advance(createVisitor(context, history, state), createDeadline(monotonicMs, STEP_MS))
    const asked = { agent, environment, tool, from: toMs(window.fromUs), to: toMs(window.toUs) }
    return { ...asked, complete, ...describe(state, rollout) }
  }
}

/** Without a bound from the beginning of the rollout on. A range moves with the clock: it begins at a whole minute. */
function chooseWindow(query: ComparisonQuery, rollout: readonly RolloutStage[], nowMs: number): UsWindow {
  const { fromUs, toUs } = compileWindow(query, nowMs)
  if (fromUs === null) return { fromUs: rollout[0] ? Math.round(rollout[0].sinceMs * 1000) : null, toUs }
  return { fromUs: query.range === undefined ? fromUs : Math.floor(fromUs / MINUTE_US) * MINUTE_US, toUs }
}

/** Clocks of executors differ: which rules a batch obeyed is told by its revision, and not by when it began. */
function earlierUs({ from, range }: ComparisonQuery): number {
  return from === undefined && range === undefined ? CLOCK_SKEW_US : 0
}

type Scope = Pick<ModeComparison, 'agent' | 'environment' | 'tool'>

/** Null when a name was never recorded. */
function scopeCondition({ dimensions }: ReadContext, { agent, environment, tool }: Scope): Sql | null {
  const conditions: Sql[] = []
  const named = [
    ['agent', agent],
    ['environment', environment],
    ['tool', tool],
  ] as const
  for (const [kind, name] of named) {
    if (name === null) continue
    const [id] = findIds(dimensions, kind, [name])
    if (id === undefined) return null
    conditions.push(
      kind === 'tool'
        ? sql`exists (select 1 from signature_tools s where s.tool_id = ${id} and s.signature_id = batches.signature_id)`
        : sql`${raw(`${kind}_id`)} = ${id}`,
    )
  }
  return allOf(conditions)
}

interface HistoryRow {
  readonly revision: number
  readonly at_us: number
  readonly after: string
}

/** The rules of every revision, oldest first; what was read once is not read again. */
function createHistoryReader({ queries }: ReadContext): () => readonly RuleRevision[] {
  let history: RuleRevision[] = []
  return () => {
    const last = history.at(-1)?.revision ?? 0
    const rows = queries.all<HistoryRow>(
      sql`select revision, at_us, after from mode_revisions where revision > ${last} order by revision`,
    )
    if (rows.length > 0)
      history = [
        ...history,
        ...rows.map(({ revision, at_us, after }) => ({
          revision,
          atMs: at_us / 1000,
          rules: JSON.parse(after) as ModeRule[],
        })),
      ]
    return history
  }
}

function createVisitor(context: ReadContext, history: readonly RuleRevision[], kept: Kept): ScanVisitor {
  const expected = new Map<string, number | null>()
  const look = (row: ScanRow, times: 1 | -1) => {
    const batch = context.readBatch(row.seq)
    const revision = findRevision(history, batch)
    if (revision === undefined) return
    const key = JSON.stringify([batch.agent, batch.environment, revision.revision])
    const share = expected.get(key) ?? computeParallelShare(revision, batch)
    expected.set(key, share)
    if (!isSplit(share)) return
    if (batch.mode !== 'parallel' && batch.mode !== 'serial') kept.otherBatches += times
    else kept.tally.add(toArmBatch(batch, row, batch.mode, share, revision), times)
  }
  return { add: (row) => look(row, 1), retract: (row) => look(row, -1) }
}

/** The rules that the executor obeyed; where it did not say, those in force when the batch began. */
function findRevision(history: readonly RuleRevision[], batch: StoredBatch): RuleRevision | undefined {
  const { modeRevision, startedAtUs } = batch
  return modeRevision === null
    ? history.findLast(({ atMs }) => atMs * 1000 <= startedAtUs)
    : history[modeRevision - 1]
}

function toArmBatch(
  batch: StoredBatch,
  { size, wallUs, outcomeMask }: ScanRow,
  arm: Arm,
  expected: number,
  { rules }: RuleRevision,
): ArmBatch {
  const { agent, environment, runId, batchId, inputTokens, outputTokens } = batch
  const key = runId ?? batchId
  return {
    unit: JSON.stringify([agent, environment, key]),
    arm,
    stratum: JSON.stringify([agent, environment, expected.toFixed(6)]),
    expected,
    isOffPlan: evaluateMode(rules, batch, key, batch.startedAtUs / 1000).mode !== arm,
    wallUs: size > 1 ? wallUs : null,
    turnUs: computeTurnTime(batch)?.totalUs ?? null,
    tokens: inputTokens === null && outputTokens === null ? null : (inputTokens ?? 0) + (outputTokens ?? 0),
    isFailing: (outcomeMask & FAILING_MASK) !== 0,
  }
}

type Described = Omit<ModeComparison, 'agent' | 'environment' | 'tool' | 'from' | 'to' | 'complete'>

function describe(state: Kept | null, rollout: readonly RolloutStage[]): Described {
  const tally = state?.tally ?? new RunTally()
  const { strata } = tally
  const facts = {
    stages: rollout.map(({ revision, sinceMs, share }) => ({ revision, since: sinceMs, share })),
    arms: { parallel: describeArm(tally, 'parallel'), serial: describeArm(tally, 'serial') },
    metrics: compareArms(strata),
    sample_ratio: checkSampleRatio(strata),
  }
  return {
    ...facts,
    read_share: state?.scan.share() ?? 1,
    excluded: {
      crossed_runs: tally.crossedRuns,
      off_plan_runs: tally.offPlanRuns,
      other_batches: state?.otherBatches ?? 0,
    },
    verdict: decideVerdict(facts),
  }
}

function describeArm(tally: RunTally, arm: Arm): ModeComparison['arms'][Arm] {
  const { runs, batches, failingRuns, walls } = tally.totals(arm)
  return {
    runs,
    batches,
    failing_runs: failingRuns,
    wall_p50_ms: toMs(walls.quantile(0.5)),
    wall_p95_ms: toMs(walls.quantile(0.95)),
  }
}
