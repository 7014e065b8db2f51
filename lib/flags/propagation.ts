import type { Executor, Executors } from '#lib/contract/mode.ts'

/** How far an executor has come with the newest revision. `lost`: not heard of, so it runs on with what it knew. */
export type ExecutorStanding = 'applied' | 'pending' | 'lost'

export interface ExecutorProgress {
  readonly executor: Executor
  readonly standing: ExecutorStanding
  /** `applied`: from the commit to its word, null when it read the revision on connecting. Else: for how long. */
  readonly durationMs: number | null
}

/** How far the newest revision has come. */
export interface Propagation {
  readonly revision: number
  readonly applied: number
  /** Executors that are connected or were heard a moment ago. */
  readonly reachable: number
  /** All of them, lost ones included, by id: none changes its place. */
  readonly executors: readonly ExecutorProgress[]
  /** Of those that were connected when the revision came; null when none was. */
  readonly medianMs: number | null
  readonly slowestMs: number | null
  /** Who took that long. */
  readonly slowest: Executor | null
}

/** One that polls is heard every few seconds, and one that reconnects is back within them. */
const SILENT_MS = 15_000

export function computePropagation(state: Executors, nowMs: number): Propagation {
  const executors = state.executors
    .map((executor) => describeProgress(executor, state, nowMs))
    .sort((a, b) => (a.executor.executor_id < b.executor.executor_id ? -1 : 1))
  const applied = executors.filter(({ standing }) => standing === 'applied')
  const timed = applied
    .filter(({ durationMs }) => durationMs !== null)
    .sort((a, b) => (a.durationMs ?? 0) - (b.durationMs ?? 0))
  return {
    revision: state.revision,
    applied: applied.length,
    reachable: executors.filter(({ standing }) => standing !== 'lost').length,
    executors,
    medianMs: timed[Math.floor((timed.length - 1) / 2)]?.durationMs ?? null,
    slowestMs: timed.at(-1)?.durationMs ?? null,
    slowest: timed.at(-1)?.executor ?? null,
  }
}

function describeProgress(executor: Executor, state: Executors, nowMs: number): ExecutorProgress {
  const silentMs = Math.max(0, nowMs - executor.last_seen_at)
  if (!executor.connected && silentMs >= SILENT_MS)
    return { executor, standing: 'lost', durationMs: silentMs }
  if (executor.applied_revision === state.revision)
    return { executor, standing: 'applied', durationMs: measuredMs(executor, state) }
  const sinceMs = Math.max(state.revision_at ?? 0, executor.connected_at ?? 0)
  return { executor, standing: 'pending', durationMs: sinceMs === 0 ? null : Math.max(0, nowMs - sinceMs) }
}

/** Null for one that connected after the revision: its time says when it came, not how fast it was told. */
function measuredMs(executor: Executor, state: Executors): number | null {
  const { applied_after_ms: afterMs, connected_at: connectedAt } = executor
  if (afterMs === null || state.revision_at === null) return null
  const cameAfterMs = connectedAt === null ? 0 : connectedAt - state.revision_at
  return cameAfterMs > 0 && afterMs >= cameAfterMs ? null : afterMs
}
