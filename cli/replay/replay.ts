import { performance } from 'node:perf_hooks'
import { openAlertTable, openDetectorStateTable } from '#db/alerts.ts'
import type { MeasuredBatch } from '#db/batch-columns.ts'
import { openForWriting, type SqliteDatabase } from '#db/sqlite/open.ts'
import { LogWriter } from '#db/write.ts'
import { commitIngest, measureIngested } from '#ingest/pipeline.ts'
import { createDetect } from '#jobs/detect.ts'
import { createRunner } from '#jobs/jobs.ts'
import type { JobRunner } from '#jobs/runner.ts'
import { describeFinding } from '#lib/alerts/finding-evidence.ts'
import type { TakenBatch } from '#lib/contract/ingest.ts'
import { DETECTORS } from '#lib/detectors/registry.ts'
import { type AlertLine, toAlertLine } from './alert-line.ts'
import { ArrivalClock } from './arrival-clock.ts'
import { Stopwatch } from './stopwatch.ts'

/** Batches of one transaction. */
const COMMIT_BATCHES = 500

/** What a replay came to. */
export interface ReplayResult {
  /** In order of detection; without those that another alert explains. */
  readonly alerts: readonly AlertLine[]
  readonly stats: ReplayStats
}

export interface ReplayStats {
  /** Batches that count: duplicates are left out. */
  readonly batches: number
  readonly duplicates: number
  /** Alerts that another one explains. */
  readonly muted: number
  /** Processor time of the detectors and what they lead to, without reading and measuring the batch. */
  readonly detectors_us_per_batch: number
  /** Of it, each detector's own. */
  readonly us_per_batch: Readonly<Record<string, number>>
  readonly states: number
  readonly state_bytes: number
}

/**
 * A store that batches are put into in the order of a file, and the alerts that come of it. The log, its
 * pipeline and the consumer that detects are the server's own. Nobody will ask this store for anything else:
 * it has no sums and no evidence to show an alert with.
 */
export class Replay {
  readonly #db: SqliteDatabase
  readonly #log: LogWriter
  readonly #runner: JobRunner
  readonly #clock = new ArrivalClock((batch, arrivedAtMs) => this.#append(batch, arrivedAtMs))
  readonly #stopwatch = new Stopwatch()
  #pending: MeasuredBatch[] = []
  #duplicates = 0

  constructor(file: string, falseAlarms: number) {
    this.#db = openForWriting(file)
    this.#log = new LogWriter(this.#db)
    const detectors = DETECTORS.map((detector) => ({
      name: detector.name,
      observe: this.#stopwatch.part(detector.name, detector.observe.bind(detector)),
    }))
    const detect = createDetect(this.#db, { detectors, falseAlarms, collectEvidence: describeFinding })
    detect.apply = this.#stopwatch.whole(detect.apply.bind(detect))
    this.#runner = createRunner(this.#db, this.#log, () => performance.now(), [detect])
  }

  add(batch: TakenBatch): void {
    this.#clock.push(batch)
  }

  /** Everything has been added. */
  finish(): ReplayResult {
    this.#clock.end()
    this.#commit()
    this.#runner.flush()
    const all = openAlertTable(this.#db).readAll()
    const alerts = all.filter(({ parentId }) => parentId === null).map(toAlertLine)
    const states = [...openDetectorStateTable(this.#db).readAll()]
    const batches = this.#log.lastSeq
    const spent = this.#stopwatch.read(batches)
    const stats: ReplayStats = {
      batches,
      duplicates: this.#duplicates,
      muted: all.length - alerts.length,
      detectors_us_per_batch: spent.total,
      us_per_batch: spent.parts,
      states: states.length,
      state_bytes: states.reduce((sum, { json }) => sum + json.length, 0),
    }
    return { alerts, stats }
  }

  close(): void {
    this.#db.close()
  }

  #append(batch: TakenBatch, receivedAtMs: number): void {
    const arrival = { receivedAtMs, sentAtMs: null, source: 'import', sdk: null } as const
    this.#pending.push(measureIngested(batch, arrival))
    if (this.#pending.length >= COMMIT_BATCHES) this.#commit()
  }

  #commit(): void {
    const prepared = { batches: this.#pending, rejected: [], byteLength: 0 }
    this.#pending = []
    const { answer } = this.#log.transaction(() => commitIngest(prepared, this.#log))
    this.#duplicates += answer.duplicates
    this.#runner.runSlice(Number.POSITIVE_INFINITY)
  }
}
