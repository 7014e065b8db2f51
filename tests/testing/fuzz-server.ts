import { connect } from 'node:net'
import { ingestAnswerSchema } from '#lib/contract/ingest.ts'
import { problemSchema } from '#lib/contract/reads.ts'
import { startServer } from '../../e2e/server-process.ts'
import { type HostileRequest, hostileRequests } from './hostile-requests.ts'
import { type HttpAnswer, HttpClient } from './http-client.ts'
import { judgeStore, type StoreFinding } from './judge-store.ts'
import { Ledger } from './ledger.ts'
import { readPeakMiB } from './peak-memory.ts'
import type { Random } from './random.ts'

const SENDERS = 6
/** After so long without an answer to half a request we are the ones who hang up. */
const PATIENCE_MS = 150
/** Statuses that are the sender's to mend, or ask it to come back. */
const DELIBERATE = new Set([200, 400, 403, 408, 413, 415, 417, 421, 429, 431, 503])
const RETRIED = new Set([429, 503])

export interface FuzzFinding extends StoreFinding {
  /** How many answers had each status; 0 = none was given to half a request. */
  readonly statuses: ReadonlyMap<number, number>
  /** The most memory that the server ever had; null where the system does not tell. */
  readonly peakMiB: number | null
}

/** So many hostile requests at a server in a process of its own, and a look at what it then holds. */
export async function fuzzServer(requests: number, random: Random): Promise<FuzzFinding> {
  await using server = await startServer({ pages: 'none' })
  const client = new HttpClient(server.url, SENDERS)
  const statuses = new Map<number, number>()
  const wrong: string[] = []
  const ledger = new Ledger()
  const source = hostileRequests(random)
  let left = requests
  const send = async () => {
    while (left > 0) {
      left -= 1
      const { value } = source.next()
      if (!value) return
      ledger.send(value.good)
      const status = await deliver(value, client, server.url, wrong)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (status === 200) ledger.acknowledge(value.good)
      else if (value.good.length > 0 && !RETRIED.has(status))
        wrong.push(`good batches were answered ${status}`)
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, send))
  if ((await client.ask('/healthz')).status !== 200) wrong.push('the server is not well')
  const peakMiB = readPeakMiB(server.pid)
  client.close()
  // What was damaged and could be read all the same is stored too: nobody knows what it should have been.
  const { broken, ...finding } = judgeStore(server.dataDir, ledger)
  const kept = broken.filter((line) => !/that nobody sent|otherwise than sent/.test(line))
  return { ...finding, broken: [...wrong, ...kept], statuses, peakMiB }
}

/** The status of the answer, 0 for none. What is wrong about it is noted. */
async function deliver(
  request: HostileRequest,
  client: HttpClient,
  url: string,
  wrong: string[],
): Promise<number> {
  if (request.delivery !== 'whole') return deliverPart(request, url)
  const options = { method: 'POST', headers: request.headers, body: request.body }
  const answer = await client.ask('/api/v1/batches', options).catch((error: unknown) => String(error))
  const fault = typeof answer === 'string' ? answer : faultOf(answer)
  if (fault !== null) wrong.push(`${request.kind}: ${fault}`)
  return typeof answer === 'string' ? 0 : answer.status
}

function faultOf(answer: HttpAnswer): string | null {
  const { status, headers, json } = answer
  if (!DELIBERATE.has(status)) return `answered ${status}: ${answer.text.slice(0, 200)}`
  if (RETRIED.has(status) && headers['retry-after'] === undefined) return `${status} without Retry-After`
  // Node itself answers what it cannot read as HTTP.
  const isOurs = headers['content-type'] !== undefined
  const schema = status === 200 ? ingestAnswerSchema : problemSchema
  if (isOurs && !schema.safeParse(json).success)
    return `the answer of ${status} is none: ${answer.text.slice(0, 200)}`
  return null
}

/** Half a request, or one whose length is a lie. Any answer will do, or none. */
function deliverPart({ body, headers, delivery }: HostileRequest, url: string): Promise<number> {
  const claimed = delivery === 'claims less' ? Math.floor(body.length / 2) : body.length + 1_000
  const sent = delivery === 'breaks off' ? body.subarray(0, body.length / 2) : body
  const lines = Object.entries({ host: 'localhost', ...headers, 'content-length': claimed })
  const head = `POST /api/v1/batches HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    let heard = ''
    socket.setTimeout(PATIENCE_MS, () => socket.destroy())
    socket.on('data', (chunk) => {
      heard += chunk
      socket.destroy()
    })
    socket.once('error', () => undefined)
    socket.once('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(heard)?.[1] ?? 0)))
    socket.write(head)
    socket.write(sent)
    if (delivery === 'breaks off') socket.end()
  })
}
