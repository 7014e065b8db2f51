import { performance } from 'node:perf_hooks'
import { openForWriting } from '#db/sqlite/open.ts'
import { LogWriter } from '#db/write.ts'
import { commitIngest, prepareIngest } from '#ingest/pipeline.ts'
import { createJobs } from '#jobs/jobs.ts'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import { createWorkload } from './workload.ts'

const BATCHES_PER_COMMIT = 1_000
/** One batch in so many is of an agent, a version and a tool that nothing else has. */
const RARE_EVERY = 5_000

/** What a filled store holds, for choosing keys and checking answers. */
export interface Filled {
  readonly file: string
  readonly calls: number
  readonly batches: readonly Pick<IngestBatch, 'batch_id' | 'run_id' | 'started_at'>[]
  readonly rare: number
  readonly firstMs: number
  readonly lastMs: number
}

/** Fills a store through the pipeline of ingest, and derives everything. */
export function fillStore(file: string, calls: number): Filled {
  const db = openForWriting(file)
  const log = new LogWriter(db)
  const jobs = createJobs(db, log, () => performance.now())
  const workload = createWorkload(7, 1_790_000_000_000)
  const batches: Filled['batches'][number][] = []
  let rare = 0
  while (workload.calls < calls) {
    const group = Array.from({ length: BATCHES_PER_COMMIT }, (_, i) => {
      const batch = workload.next()
      const isRare = (batches.length + i) % RARE_EVERY === 17
      if (isRare) rare += 1
      return isRare ? makeRare(batch) : batch
    })
    for (const { batch_id, run_id, started_at } of group) batches.push({ batch_id, run_id, started_at })
    const body = Buffer.from(JSON.stringify({ batches: group }))
    const prepared = prepareIngest(
      { body, encoding: '', receivedAtMs: 1_790_000_000_000, source: 'sdk' },
      body.byteLength,
    )
    const { answer } = log.transaction(() => commitIngest(prepared, log))
    if (answer.accepted !== group.length)
      throw new Error(`only ${answer.accepted} of ${group.length} were stored`)
    while (jobs.runSlice(50));
  }
  jobs.flush()
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
  const firstMs = batches[0]?.started_at ?? 0
  return { file, calls: workload.calls, batches, rare, firstMs, lastMs: batches.at(-1)?.started_at ?? 0 }
}

function makeRare(batch: IngestBatch): IngestBatch {
  const calls = batch.calls.map((call, i) => (i === 0 ? { ...call, tool: 'rare_tool' } : call))
  return { ...batch, agent: 'rare-agent', version: '0.0.1-rare', calls }
}
