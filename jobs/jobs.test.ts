import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openForWriting, type SqliteDatabase } from '#db/sqlite/open.ts'
import { LogWriter } from '#db/write.ts'
import { commitIngest, prepareIngest } from '#ingest/pipeline.ts'
import type { IngestBatch, IngestCall } from '#lib/contract/ingest.ts'
import { EFFECTS, MODES, OUTCOMES } from '#lib/model/vocabulary.ts'
import { dumpDerived } from '../tests/testing/derived-state.ts'
import { createJobs } from './jobs.ts'
import { TOY_DETECTOR } from './testing/toy-detector.ts'

const RECEIVED_AT_MS = 1_790_000_000_000
const HOUR_MS = 3_600_000

/** Few tools, agents, hours and durations, so that batches meet, tie and push each other out. */
const call = fc
  .record({
    tool: fc.constantFrom('a', 'b', '__proto__'),
    outcome: fc.constantFrom(...OUTCOMES),
    effect: fc.constantFrom(...EFFECTS),
    start: fc.integer({ min: -2, max: 5 }),
    duration: fc.oneof(fc.nat(4), fc.constant(1e10)),
  })
  .map(({ tool, outcome, effect, start, duration }) => {
    const isTimed = outcome !== 'never-ran' && outcome !== 'unknown'
    const times = isTimed ? { start_ms: start, duration_ms: duration } : {}
    return { tool, outcome, effect, ...times } as Omit<IngestCall, 'call_id'>
  })

const content = fc.record({
  agent: fc.constantFrom('x', 'y'),
  environment: fc.constantFrom('p', 'q'),
  version: fc.constantFrom('1', null),
  model: fc.constantFrom('m', null),
  mode: fc.constantFrom(...MODES, null),
  model_ms: fc.constantFrom(null, 3, 1e10),
  emitted_calls: fc.constantFrom(null, 2, Number.MAX_SAFE_INTEGER),
  hour: fc.constantFrom(0, 1, 23, 24, 600_000),
  calls: fc.array(call, { minLength: 1, maxLength: 6 }),
})
type Content = typeof content extends fc.Arbitrary<infer T> ? T : never

/** What happens to a log and to the process that follows it. */
type Step =
  | { readonly kind: 'add'; readonly id: number; readonly content: Content }
  | { readonly kind: 'retract'; readonly id: number }
  | { readonly kind: 'slice'; readonly budgetMs: number }
  | { readonly kind: 'flush-gathered' | 'kill' | 'rebuild' | 'failing-flush' | 'catch-up' }

const id = fc.nat(9)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('add' as const), id, content }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('retract' as const), id }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('slice' as const), budgetMs: fc.constantFrom(0, 1, 20, 500) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('flush-gathered' as const, 'kill', 'rebuild', 'failing-flush', 'catch-up'),
    }),
  },
)

/** A process that follows the log: everything in it but the database is gone when it is killed. */
class Process {
  readonly log: LogWriter
  readonly jobs: ReturnType<typeof createJobs>
  /** After so many more transactions of the consumers one fails at its end, as when the disk is full. */
  failIn = Number.POSITIVE_INFINITY
  #nowMs = 0

  constructor(db: SqliteDatabase) {
    const log = new LogWriter(db)
    this.log = log
    const failing = {
      transaction: <T>(work: () => T): T =>
        log.transaction(() => {
          const result = work()
          this.failIn -= 1
          if (this.failIn === 0) throw new Error('the disk is full')
          return result
        }),
      get lastSeq() {
        return log.lastSeq
      },
    }
    // Time passes with each look at the clock: a flush is cut between consumers.
    this.jobs = createJobs(db, failing, () => (this.#nowMs += 7), { detectors: [TOY_DETECTOR] })
  }

  add(batchId: string, { hour, calls, ...fields }: Content): void {
    const batch: IngestBatch = {
      ...fields,
      batch_id: batchId,
      started_at: RECEIVED_AT_MS + hour * HOUR_MS,
      calls: calls.map((item, i) => ({ ...item, call_id: `c${i}` }) as IngestCall),
    }
    const body = Buffer.from(JSON.stringify({ batches: [batch] }))
    const request = { body, encoding: '', receivedAtMs: RECEIVED_AT_MS, source: 'sdk' } as const
    const prepared = prepareIngest(request, body.byteLength)
    expect(prepared.rejected).toEqual([])
    this.log.transaction(() => commitIngest(prepared, this.log))
  }
}

function play(db: SqliteDatabase, steps: readonly Step[]): Process {
  let process = new Process(db)
  for (const item of steps) {
    if (item.kind === 'kill') process = new Process(db)
    else playStep(process, item)
  }
  return process
}

function playStep(process: Process, item: Step): void {
  const { jobs, log } = process
  if (item.kind === 'add') process.add(`batch-${item.id}`, item.content)
  else if (item.kind === 'retract') log.transaction(() => log.retract(`batch-${item.id}`))
  else if (item.kind === 'slice') jobs.runSlice(item.budgetMs)
  else if (item.kind === 'flush-gathered') jobs.flushGathered()
  else if (item.kind === 'rebuild') jobs.rebuild()
  else if (item.kind === 'catch-up') jobs.flush()
  else {
    process.failIn = 1
    expectFailure(() => jobs.flush())
    process.failIn = Number.POSITIVE_INFINITY
  }
}

/** There may have been nothing to flush. */
function expectFailure(run: () => void): void {
  try {
    run()
  } catch (error) {
    expect(String(error)).toContain('the disk is full')
  }
}

describe('derived state', () => {
  it('is what a rebuild from the log comes to, byte for byte, however the work was cut, killed and refused', () => {
    const events = new Set<string>()
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const db = openForWriting(':memory:')
        const { jobs, log } = play(db, steps)
        jobs.flush()
        expect(jobs.flushedSeq()).toBe(log.lastSeq)
        const incremental = dumpDerived(db)
        for (const event of db.prepare('select event from alert_events').pluck().all())
          events.add(event as string)
        jobs.rebuild()
        jobs.flush()
        expect(incremental).toEqual(dumpDerived(db))
        db.close()
      }),
      { numRuns: 250 },
    )
    expect([...events].sort()).toEqual(['opened', 'recovered', 'reopened'])
  })

  it('holds in its sums nothing of batches that were all retracted', () => {
    fc.assert(
      fc.property(fc.array(content, { maxLength: 8 }), (contents) => {
        const db = openForWriting(':memory:')
        const { jobs, log } = play(
          db,
          contents.map((item, i) => ({ kind: 'add', id: i, content: item })),
        )
        jobs.flush()
        contents.forEach((_, i) => {
          log.transaction(() => log.retract(`batch-${i}`))
        })
        jobs.flush()
        // What detectors have seen they have seen: docs/adr/0009.
        const { consumers, detector_states, alerts, alert_events, ...sums } = dumpDerived(db)
        for (const rows of Object.values(sums)) expect(rows).toMatch(/^0 rows/)
        db.close()
      }),
      { numRuns: 50 },
    )
  })
})
