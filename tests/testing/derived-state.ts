import { createHash } from 'node:crypto'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import { LogWriter } from '#db/write.ts'
import { createJobs } from '#jobs/jobs.ts'

/** Every table that the log alone determines, with the order in which its rows are compared. */
const DERIVED = {
  tool_stats: 'marginal, grain, tool_id, start, key',
  batch_stats: 'marginal, grain, start, key',
  tool_effects: 'tool_id, effect',
  sightings: 'agent_id, environment_id, version_id, model_id',
  tool_pairs: 'day, agent_id, environment_id, first_id, second_id',
  tool_resources: 'tool_id, root',
  exemplars: 'tool_id, day, duration_us, batch_seq, call_index',
  detector_states: 'key',
  alerts: 'id',
  alert_events: 'alert_id, seq, event',
  consumers: 'name',
} as const

/** Every row of every derived table, byte for byte: a hash a table, and how many rows it has. */
export function dumpDerived(db: SqliteDatabase): Record<string, string> {
  const dump: Record<string, string> = {}
  for (const [table, order] of Object.entries(DERIVED)) {
    const hash = createHash('sha256')
    let rows = 0
    for (const row of db.prepare(`select * from ${table} order by ${order}`).raw().iterate()) {
      rows += 1
      for (const value of row as unknown[]) {
        hash.update(value instanceof Uint8Array ? value : `${typeof value} ${value}`).update('\0')
      }
    }
    dump[table] = `${rows} rows ${hash.digest('hex').slice(0, 16)}`
  }
  return dump
}

/** Derived state after catching up with the log from where it stood, and after a rebuild from nothing. */
export function deriveBothWays(db: SqliteDatabase): {
  incremental: Record<string, string>
  rebuilt: Record<string, string>
} {
  const jobs = createJobs(db, new LogWriter(db), () => performance.now())
  jobs.flush()
  const incremental = dumpDerived(db)
  jobs.rebuild()
  jobs.flush()
  return { incremental, rebuilt: dumpDerived(db) }
}
