import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openAlertTable } from '#db/alerts.ts'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import { describeFinding } from '#lib/alerts/finding-evidence.ts'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import { dumpDerived } from '../tests/testing/derived-state.ts'
import { createTempLog, RECEIVED_AT_MS, type TempLog } from '../tests/testing/temp-log.ts'
import { type ChangedAlerts, createDetect, type DetectOptions } from './detect.ts'
import { createRunner } from './jobs.ts'
import type { JobRunner } from './runner.ts'
import { TOY_DETECTOR } from './testing/toy-detector.ts'

const HOUR_MS = 3_600_000

let temp: TempLog
beforeEach(() => {
  temp = createTempLog()
})
afterEach(() => temp[Symbol.dispose]())

/** A process that follows the log, from where the one before it was killed. */
function start(options: Partial<DetectOptions> = {}, { db, log } = temp): JobRunner {
  const detect = createDetect(db, {
    detectors: [TOY_DETECTOR],
    falseAlarms: 0.005,
    collectEvidence: describeFinding,
    ...options,
  })
  return createRunner(db, log, () => 0, [detect])
}

let made = 0
function batch(outcome: 'ok' | 'error', hour: number, over: Partial<IngestBatch> = {}): IngestBatch {
  made += 1
  return {
    batch_id: `batch-${made}`,
    agent: 'support',
    started_at: RECEIVED_AT_MS - 1000 * HOUR_MS + hour * HOUR_MS,
    calls: [{ call_id: 'c', tool: 'get_order', outcome, start_ms: 0, duration_ms: 5 }],
    ...over,
  }
}

const listAlerts = (db: SqliteDatabase) => openAlertTable(db).readAll()

describe('the consumer that detects', () => {
  it('keeps an alert from its opening to its recovery, and tells of each once it is on disk', () => {
    const told: ChangedAlerts[] = []
    const jobs = start({ onAlerts: (changes) => told.push(changes) })
    temp.ingest([batch('error', 0)])
    jobs.flush()
    const [alert] = listAlerts(temp.db)
    expect(alert).toMatchObject({ kind: 'coupling', agent: '*', environment: 'default', resolvedUs: null })
    temp.ingest([batch('ok', 1)])
    jobs.flush()
    expect(listAlerts(temp.db)[0]?.resolvedUs).toBeGreaterThan(alert?.detectedUs ?? Number.POSITIVE_INFINITY)
    expect(told).toEqual([
      { opened: [alert?.id], resolved: [], changed: [] },
      { opened: [], resolved: [alert?.id], changed: [] },
    ])
  })

  it('gives an alert the same id in every rebuild and on every machine', () => {
    temp.ingest([batch('ok', 0), batch('error', 1, { batch_id: 'fixed' })])
    const jobs = start()
    jobs.flush()
    const [first] = listAlerts(temp.db)
    expect(first?.id).toMatch(/^alert-[0-9a-f]{24}$/)
    jobs.rebuild()
    expect(listAlerts(temp.db)).toEqual([])
    jobs.flush()
    expect(listAlerts(temp.db)).toEqual([first])
    using elsewhere = createTempLog()
    elsewhere.ingest([batch('error', 1, { batch_id: 'fixed' })])
    start({}, elsewhere).flush()
    expect(listAlerts(elsewhere.db)[0]?.id).toBe(first?.id)
  })

  it('is told nothing new by a batch that comes twice, or again in a later revision', () => {
    const jobs = start()
    const first = batch('error', 0)
    temp.ingest([first])
    jobs.flush()
    const before = dumpDerived(temp.db)
    temp.ingest([first])
    temp.log.transaction(() => temp.log.retract(first.batch_id))
    const [measured] = temp.prepare([first]).batches
    if (measured === undefined) throw new Error('the batch was refused')
    temp.log.transaction(() => temp.log.append({ ...measured, batch: { ...measured.batch, revision: 2 } }))
    jobs.flush()
    const { consumers: _, ...after } = dumpDerived(temp.db)
    expect(before).toMatchObject(after)
    expect(listAlerts(temp.db)).toHaveLength(1)
  })

  it('starts over when the sensitivity is another one, because alerts follow from it', () => {
    temp.ingest([batch('error', 0)])
    start().flush()
    const threshold = () =>
      JSON.parse(temp.db.prepare('select evidence from alerts').pluck().get() as string).statistic.threshold
    expect(threshold()).toBe(1)
    const other = start({ falseAlarms: 0.005 / Math.E })
    expect(other.flushedSeq()).toBe(0)
    other.flush()
    expect(threshold()).toBeCloseTo(2, 12)
    expect(start({ falseAlarms: 0.005 / Math.E }).flushedSeq()).toBe(1)
  })

  it('leaves what persons did where it is when it is rebuilt', () => {
    temp.ingest([batch('error', 0)])
    const jobs = start()
    jobs.flush()
    temp.db
      .prepare(
        `insert into alert_actions (alert_id, at_us, action, "by") select id, 1, 'resolve', 'me' from alerts`,
      )
      .run()
    jobs.rebuild()
    jobs.flush()
    const left = 'select count(*) from alert_actions join alerts on alerts.id = alert_id'
    expect(temp.db.prepare(left).pluck().get()).toBe(1)
  })
})
