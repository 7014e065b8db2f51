import { openCursorTable } from '#db/derived.ts'
import { createLogReader, type StoredEntry } from '#db/log-reader.ts'
import { createDimensionIds, createDimensionReader } from '#db/sqlite/dimensions.ts'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import { DETECTORS } from '#lib/detectors/registry.ts'
import { DEFAULT_FALSE_ALARMS } from '#lib/detectors/sensitivity.ts'
import { measureBatch } from '#lib/intervals/measure-batch.ts'
import { computeTurnTime } from '#lib/intervals/turn-time.ts'
import { BATCH_MARGINALS, GRAIN_US, TOOL_MARGINALS } from '#lib/stats/marginals.ts'
import { createEvidenceCollector } from './alert-evidence.ts'
import { createBatchRollUp } from './batch-roll-up.ts'
import type { Consumer, LogEntry } from './consumer.ts'
import { createDetect, type DetectOptions } from './detect.ts'
import { createEffects } from './effects.ts'
import { createExemplars } from './exemplars.ts'
import { JobRunner, type RunnerOptions } from './runner.ts'
import { createSightings } from './sightings.ts'
import { createToolPairs, createToolResources } from './tool-pairs.ts'
import { createToolRollUp } from './tool-roll-up.ts'

/** What the derived state depends on besides the log, and who is told of alerts. */
export type JobsOptions = Partial<Pick<DetectOptions, 'detectors' | 'falseAlarms' | 'onAlerts' | 'onFault'>>

/**
 * All consumers of the log on the writing connection. Each marginal is a consumer of its own, so that a
 * flush can be cut between them.
 */
export function createJobs(
  db: SqliteDatabase,
  log: RunnerOptions['log'],
  monotonicMs: () => number,
  { detectors = DETECTORS, falseAlarms = DEFAULT_FALSE_ALARMS, ...told }: JobsOptions = {},
): JobRunner {
  const stored = createLogReader(db, createDimensionReader(db))
  const ids = createDimensionIds(db)
  const readDay = (day: number, asOfSeq: number) =>
    stored.readStartedBetween(day * GRAIN_US.day, (day + 1) * GRAIN_US.day, asOfSeq).map(toLogEntry)
  return createRunner(db, log, monotonicMs, [
    createDetect(db, { detectors, falseAlarms, collectEvidence: createEvidenceCollector(db), ...told }),
    ...TOOL_MARGINALS.map((marginal) => createToolRollUp(db, ids, marginal)),
    ...BATCH_MARGINALS.map((marginal) => createBatchRollUp(db, ids, marginal)),
    createEffects(db, ids),
    createSightings(db, ids),
    createToolPairs(db, ids),
    createToolResources(db, ids),
    createExemplars(db, ids, readDay),
  ])
}

/** Some consumers of the log alone, for a store of which nothing else is asked. */
export function createRunner(
  db: SqliteDatabase,
  log: RunnerOptions['log'],
  monotonicMs: () => number,
  consumers: readonly Consumer[],
): JobRunner {
  const stored = createLogReader(db, createDimensionReader(db))
  return new JobRunner({
    log,
    reader: { readAfter: (seq, limit) => stored.readAfter(seq, limit).map(toLogEntry) },
    cursors: openCursorTable(db),
    consumers,
    monotonicMs,
  })
}

function toLogEntry(entry: StoredEntry): LogEntry {
  return { ...entry, measures: measureBatch(entry.batch), turnTime: computeTurnTime(entry.batch) }
}
