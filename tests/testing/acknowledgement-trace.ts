import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startServer } from '../../e2e/server-process.ts'
import { HttpClient } from './http-client.ts'
import type { Random } from './random.ts'
import { randomBatch } from './random-batches.ts'
import { parseTrace, type SystemCall } from './strace.ts'
import { waitUntil } from './wait-until.ts'

const SENDERS = 3
/** Longer than a page of the database, so that the ids in it can be read. */
const STRING_BYTES = 70_000
const TRACED = 'fdatasync,fsync,pwrite64,write,writev,sendto,sendmsg'
const END_BYTES = 4_096

/** What a process did between a request and its acknowledgement. */
export interface AcknowledgementTrace {
  readonly acknowledgements: number
  readonly walWrites: number
  readonly walSyncs: number
  /** Acknowledgements that were sent before a sync that followed the write of their data. */
  readonly early: readonly string[]
}

/** Runs a server under strace, and checks every acknowledgement that it sends against the syncs of its log. */
export async function traceAcknowledgements(requests: number, random: Random): Promise<AcknowledgementTrace> {
  const folder = await mkdtemp(path.join(tmpdir(), 'parascope-trace-'))
  const file = path.join(folder, 'trace')
  const wrapper = ['strace', '-D', '-f', '-q', '-yy', '-s', String(STRING_BYTES)]
  try {
    const server = await startServer({
      pages: 'none',
      wrapper: [...wrapper, '-e', `trace=${TRACED}`, '-e', 'signal=none', '-o', file],
    })
    const sent = await sendAndNote(server.url, requests, random)
    await server.stop()
    return judge(parseTrace(await readTrace(file, server.pid)), sent)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The ids of each request, in order, by the port from which they were sent. */
type SentByPort = ReadonlyMap<number, readonly (readonly string[])[]>

async function sendAndNote(url: string, requests: number, random: Random): Promise<SentByPort> {
  const sent = new Map<number, string[][]>()
  let made = 0
  const send = async () => {
    const client = new HttpClient(url, 1)
    for (let i = 0; i < requests / SENDERS; i++) {
      const batches = Array.from({ length: random.int(1, 3) }, () => {
        made += 1
        return randomBatch(random, `traced-${String(made).padStart(6, '0')}`, Date.now())
      })
      const { status, localPort } = await client.postBatches({ batches })
      if (status !== 200) throw new Error(`a valid request was answered ${status}`)
      const ids = batches.map((batch) => batch.batch_id)
      sent.set(localPort, [...(sent.get(localPort) ?? []), ids])
    }
    client.close()
  }
  await Promise.all(Array.from({ length: SENDERS }, send))
  return sent
}

/** The tracer ends after the process that it traced; its last lines say that it has. */
async function readTrace(file: string, pid: number): Promise<string> {
  const isEnd = (line: string) => Number.parseInt(line, 10) === pid && line.includes('+++ exited')
  await waitUntil('the trace ends', async () => (await readEnd(file)).split('\n').some(isEnd))
  return readFile(file, 'utf8')
}

async function readEnd(file: string): Promise<string> {
  await using handle = await open(file)
  const { size } = await handle.stat()
  const { buffer, bytesRead } = await handle.read({
    position: Math.max(0, size - END_BYTES),
    length: END_BYTES,
  })
  return buffer.toString('latin1', 0, bytesRead)
}

const ACKNOWLEDGEMENT = /^\d+<TCP:\[[^\]]*->[\d.]+:(\d+)\]>, .*HTTP\/1\.1 200 OK/

function judge(calls: readonly SystemCall[], sent: SentByPort): AcknowledgementTrace {
  const isOfWal = (call: SystemCall) => call.args.includes('parascope.db-wal>')
  const writes = calls.filter((call) => call.name === 'pwrite64' && isOfWal(call) && call.result > 0)
  const syncs = calls.filter((call) => /^f(data)?sync$/.test(call.name) && isOfWal(call) && call.result === 0)
  const early: string[] = []
  let acknowledgements = 0
  const answered = new Map<number, number>()
  for (const call of calls) {
    const port = Number(ACKNOWLEDGEMENT.exec(call.args)?.[1])
    const nth = answered.get(port) ?? 0
    const ids = sent.get(port)?.[nth]
    if (ids === undefined) continue
    answered.set(port, nth + 1)
    acknowledgements += 1
    early.push(...ids.filter((id) => !isSynced(id, call, writes, syncs)))
  }
  return { acknowledgements, walWrites: writes.length, walSyncs: syncs.length, early }
}

/**
 * True when a sync that began after the first write of this id had ended before the answer began. Later writes
 * of it are of other commits that change the same page.
 */
function isSynced(
  id: string,
  answer: SystemCall,
  writes: readonly SystemCall[],
  syncs: readonly SystemCall[],
): boolean {
  const written = writes.find((write) => write.args.includes(id))
  return written !== undefined && syncs.some((sync) => sync.start > written.end && sync.end < answer.start)
}
