import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createJobs } from '#jobs/jobs.ts'
import type { JobRunner } from '#jobs/runner.ts'
import { createTempLog, RECEIVED_AT_MS, type TempLog } from '../../tests/testing/temp-log.ts'
import { waitUntil } from '../../tests/testing/wait-until.ts'
import { createJobLoop, type JobLoop } from './job-loop.ts'
import type { DerivedEvent } from './protocol.ts'

let store: TempLog
let loop: JobLoop
let jobs: JobRunner
let told: DerivedEvent[]
const errors: unknown[] = []

function startLoop(): void {
  jobs = createJobs(store.db, store.log, () => performance.now())
  told = []
  loop = createJobLoop({
    jobs,
    lastSeq: () => store.log.lastSeq,
    onProgress: (event) => told.push(event),
    onError: (error) => errors.push(error) < 0,
  })
}
beforeEach(() => {
  store = createTempLog()
  startLoop()
})
afterEach(() => {
  loop.stop()
  store[Symbol.dispose]()
  expect(errors).toEqual([])
})

const ingest = (id: string) =>
  store.ingest([
    {
      batch_id: id,
      agent: 'a',
      started_at: RECEIVED_AT_MS,
      calls: [{ call_id: 'c', tool: 't', outcome: 'ok', start_ms: 0, duration_ms: 1 }],
    },
  ])

describe('the consumers beside the writes', () => {
  it('catch up with what was written, and tell how far they have come', async () => {
    ingest('a')
    loop.wake()
    await waitUntil('the batch is derived', () => told.at(-1)?.flushedSeq === 1)
    ingest('b')
    loop.wake()
    await waitUntil('the next is derived', () => told.at(-1)?.flushedSeq === 2)
    expect(told.at(-1)).toEqual({ flushedSeq: 2, lastSeq: 2, rebuilding: false, fault: null })
  })

  it.each([0, 1, 40])('tell the end of a rebuild of %i entries', async (entries) => {
    for (let i = 0; i < entries; i++) ingest(`batch-${i}`)
    loop.wake()
    await waitUntil('everything is derived', () => entries === 0 || told.at(-1)?.flushedSeq === entries)
    const before = told.length
    jobs.rebuild()
    loop.startRebuild()
    await waitUntil('the rebuild is over', () => told.length > before && told.at(-1)?.rebuilding === false)
    expect(told.at(-1)).toEqual({ flushedSeq: entries, lastSeq: entries, rebuilding: false, fault: null })
  })
})

describe('an error in what derives', () => {
  /** Fails until told otherwise; a real one would be at its entry of the log again and again. */
  function startFailing(mayGoBetter: boolean) {
    const state = { failing: true, slices: 0 }
    const events: DerivedEvent[] = []
    const failing = createJobLoop({
      jobs: {
        runSlice() {
          state.slices += 1
          if (state.failing) throw new Error('a sum is below 0')
          return false
        },
        flushedSeq: () => (state.failing ? 0 : 5),
      },
      lastSeq: () => 5,
      onProgress: (event) => events.push(event),
      onError: () => mayGoBetter,
    })
    return { state, events, failing }
  }

  it('stops what derives and nothing else, is told, and ends with a rebuild', async () => {
    const { state, events, failing } = startFailing(false)
    failing.wake()
    await waitUntil('it is told', () => events.length > 0)
    expect(events[0]).toMatchObject({ flushedSeq: 0, lastSeq: 5, fault: { message: 'a sum is below 0' } })
    failing.wake()
    state.failing = false
    failing.startRebuild()
    await waitUntil('it follows again', () => events.length > 1)
    expect(events[1]).toEqual({ flushedSeq: 5, lastSeq: 5, rebuilding: false, fault: null })
    expect(state.slices).toBe(2)
    failing.stop()
  })

  it('is passed when it lay with the storage', async () => {
    const { state, events, failing } = startFailing(true)
    failing.wake()
    await waitUntil('it has failed once', () => state.slices === 1)
    state.failing = false
    await waitUntil('it follows again', () => events.length > 0)
    expect(events).toEqual([{ flushedSeq: 5, lastSeq: 5, rebuilding: false, fault: null }])
    failing.stop()
  })
})
