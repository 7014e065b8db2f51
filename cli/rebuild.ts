import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bar, SingleBar } from 'cli-progress'
import { DataFolderInUseError, lockDataFolder } from '#db/sqlite/lock.ts'
import { openForWriting } from '#db/sqlite/open.ts'
import { LogWriter } from '#db/write.ts'
import { readConfiguration } from '#env'
import { createJobs } from '#jobs/jobs.ts'

const SLICE_MS = 100
const POLL_MS = 250

interface Progress {
  readonly rebuilding: boolean
  readonly flushed_seq: number
  readonly last_seq: number
  readonly fault: string | null
}

/** `parascope rebuild`: by the server that holds the data folder, or here when none does. */
export async function runRebuild(): Promise<void> {
  const { dataDir, falseAlarms } = readConfiguration()
  const bar = new SingleBar({
    format: 'Rebuilding {bar} {percentage} % | {value} of {total} entries',
    hideCursor: true,
  })
  try {
    const lock = lockDataFolder(dataDir)
    rebuildHere(join(dataDir, 'parascope.db'), falseAlarms, bar)
    lock.release()
  } catch (error) {
    if (!(error instanceof DataFolderInUseError) || error.holder?.url == null) throw error
    await rebuildThere(error.holder.url, bar)
  } finally {
    bar.stop()
  }
  console.log('Everything derived was built anew from the log.')
}

function rebuildHere(file: string, falseAlarms: number, bar: Bar): void {
  const db = openForWriting(file)
  const log = new LogWriter(db)
  const failed = new Set<string>()
  const jobs = createJobs(db, log, () => performance.now(), {
    falseAlarms,
    // As in a server: a detector that throws leaves out the batch, and is named once.
    onFault(detector, error, batchId) {
      if (!failed.has(detector)) console.error(`The detector ${detector} has failed over ${batchId}:`, error)
      failed.add(detector)
    },
  })
  bar.start(log.lastSeq, 0)
  jobs.rebuild()
  while (jobs.runSlice(SLICE_MS)) bar.update(jobs.flushedSeq())
  jobs.flush()
  bar.update(log.lastSeq)
  db.close()
}

async function rebuildThere(url: string, bar: Bar): Promise<void> {
  let progress = await ask(url, 'POST')
  bar.start(progress.last_seq, 0)
  while (progress.rebuilding) {
    await sleep(POLL_MS)
    progress = await ask(url, 'GET')
    bar.setTotal(progress.last_seq)
    bar.update(progress.flushed_seq)
  }
  if (progress.fault !== null)
    throw new Error(`The rebuild stopped: ${progress.fault}. The log of the server says where.`)
}

async function ask(url: string, method: 'GET' | 'POST'): Promise<Progress> {
  const body = method === 'POST' ? { headers: { 'content-type': 'application/json' }, body: '{}' } : {}
  const response = await fetch(new URL('/api/v1/rebuild', url), { method, ...body })
  if (!response.ok)
    throw new Error(`The server at ${url} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as Progress
}
