import { workerData } from 'node:worker_threads'
import { createReads } from '#db/queries/reads.ts'
import { openForReading } from '#db/sqlite/open.ts'
import { hostThread } from '../threads/thread-host.ts'
import type { ReaderData } from './client.ts'

/*
 * Reads run here, so that a long one delays other reads and neither the streams nor the senders.
 */

const { file } = workerData as ReaderData
const db = openForReading(file)
const reads = createReads(db)

const host = hostThread({
  ...reads,
  stop() {
    db.close()
    setImmediate(() => setImmediate(() => host.close()))
  },
})
host.emit('ready', null)
