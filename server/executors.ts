import type { Executor, Executors, ModeApplied } from '#lib/contract/mode.ts'

/** An executor that nobody has heard of for this long is forgotten. */
const FORGET_AFTER_MS = 60 * 60_000
const MAX_EXECUTORS = 20_000

/** Who has connected for the mode, and which revision each has said to obey. In memory: it is about now. */
export interface ExecutorRegistry {
  connected(id: string, agent: string, environment: string, nowMs: number): void
  disconnected(id: string, nowMs: number): void
  /** How long the revision took to be obeyed, in ms; null where that says nothing of how fast it was told. */
  applied(report: ModeApplied, nowMs: number): number | null
  revisionChanged(revision: number, atMs: number | null): void
  list(nowMs: number): Executors
}

interface Entry extends Omit<Executor, 'connected'> {
  streams: number
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export function createExecutorRegistry(): ExecutorRegistry {
  const entries = new Map<string, Mutable<Entry>>()
  let current: { revision: number; atMs: number | null } = { revision: 0, atMs: null }

  function touch(id: string, agent: string, environment: string, nowMs: number): Mutable<Entry> {
    const known = entries.get(id)
    const entry = known ?? {
      executor_id: id,
      agent,
      environment,
      connected_at: null,
      last_seen_at: nowMs,
      applied_revision: null,
      applied_at: null,
      applied_after_ms: null,
      streams: 0,
    }
    Object.assign(entry, { agent, environment, last_seen_at: nowMs })
    // Set anew, so that the map stays in order of when each was last heard.
    entries.delete(id)
    entries.set(id, entry)
    forgetOld(nowMs)
    return entry
  }

  function forgetOld(nowMs: number): void {
    for (const [id, entry] of entries) {
      if (entry.streams > 0 && entries.size <= MAX_EXECUTORS) continue
      if (entries.size <= MAX_EXECUTORS && nowMs - entry.last_seen_at < FORGET_AFTER_MS) return
      entries.delete(id)
    }
  }

  return {
    connected(id, agent, environment, nowMs) {
      const entry = touch(id, agent, environment, nowMs)
      entry.streams += 1
      entry.connected_at = nowMs
    },
    disconnected(id, nowMs) {
      const entry = entries.get(id)
      if (!entry) return
      entry.streams = Math.max(0, entry.streams - 1)
      entry.last_seen_at = nowMs
    },
    applied(report, nowMs) {
      const entry = touch(report.executor_id, report.agent, report.environment, nowMs)
      return noteApplied(entry, report, report.revision === current.revision ? current.atMs : null, nowMs)
    },
    revisionChanged(next, atMs) {
      current = { revision: next, atMs }
    },
    list(nowMs) {
      forgetOld(nowMs)
      const executors = [...entries.values()].map(({ streams, ...entry }) => ({
        ...entry,
        connected: streams > 0,
      }))
      return { revision: current.revision, revision_at: current.atMs, executors }
    },
  }
}

function noteApplied(
  entry: Mutable<Entry>,
  report: ModeApplied,
  sinceMs: number | null,
  nowMs: number,
): number | null {
  // Reports may overtake each other; nobody goes back to a revision that he has left.
  if (entry.applied_revision !== null && entry.applied_revision >= report.revision) return null
  entry.applied_revision = report.revision
  entry.applied_at = report.applied_at
  entry.applied_after_ms = sinceMs === null ? null : Math.max(0, nowMs - sinceMs)
  const wasThere = entry.streams > 0 && (entry.connected_at ?? 0) <= (sinceMs ?? 0)
  return wasThere ? entry.applied_after_ms : null
}
