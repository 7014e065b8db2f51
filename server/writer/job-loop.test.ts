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
    onError: (error) => errors.push(error),
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
    expect(told.at(-1)).toEqual({ flushedSeq: 2, lastSeq: 2, rebuilding: false })
  })

  it.each([0, 1, 40])('tell the end of a rebuild of %i entries', async (entries) => {
    for (let i = 0; i < entries; i++) ingest(`batch-${i}`)
    loop.wake()
    await waitUntil('everything is derived', () => entries === 0 || told.at(-1)?.flushedSeq === entries)
    const before = told.length
    jobs.rebuild()
    loop.startRebuild()
    await waitUntil('the rebuild is over', () => told.length > before && told.at(-1)?.rebuilding === false)
    expect(told.at(-1)).toEqual({ flushedSeq: entries, lastSeq: entries, rebuilding: false })
  })
})
