import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startServer } from '../../e2e/server-process.ts'
import { startLocalServer } from './local-server.ts'
import { type OtlpAnswer, postSpans, readPartialSuccess, readStatus } from './otlp-client.ts'
import { fuzzedRequests } from './otlp-fuzz.ts'
import { expectedTurns, listSpanBatches, tellTurns } from './otlp-read.ts'
import { CONTENT_TYPE, encodeSpans, type MadeRun, makeRun } from './otlp-runs.ts'
import { readPeakMiB } from './peak-memory.ts'
import type { Random } from './random.ts'
import { waitUntil } from './wait-until.ts'

const SENDERS = 6
/** A good run goes along with so many damaged requests. */
const GOOD_EVERY = 25
const QUIET_MS = 300
/** Statuses that are the sender's to mend, or ask it to come back. */
const DELIBERATE = new Set([200, 400, 413, 415, 429, 503])

export interface OtlpFuzzFinding {
  /** How many answers had each status. */
  readonly statuses: ReadonlyMap<number, number>
  readonly goodRuns: number
  /** Batches that were made of damaged spans, beside those of the good ones. */
  readonly otherBatches: number
  /** The most memory that the server ever had; null where the system does not tell. */
  readonly peakMiB: number | null
  readonly broken: readonly string[]
}

/** Damaged requests at a server in a process of its own, good ones among them, and a look at what became of these. */
export async function fuzzSpanServer(requests: number, random: Random): Promise<OtlpFuzzFinding> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'parascope-otlp-fuzz-'))
  try {
    const sent = await sendAll(dataDir, requests, random)
    return { ...sent, ...(await judgeRuns(dataDir, sent.runs, sent.broken)) }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function sendAll(dataDir: string, requests: number, random: Random) {
  await using server = await startServer({
    pages: 'none',
    dataDir,
    environment: { PARASCOPE_SPAN_QUIET_MS: String(QUIET_MS) },
  })
  const statuses = new Map<number, number>()
  const broken: string[] = []
  const runs: MadeRun[] = []
  const source = fuzzedRequests(random)
  let left = requests
  const send = async () => {
    for (let mine = left--; mine > 0; mine = left--) {
      const { kind, body, contentType, contentEncoding } = source.next().value
      const headers = { 'content-type': contentType, 'content-encoding': contentEncoding || 'identity' }
      const answer = await postSpans(server.url, body, headers)
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      const fault = faultOf(answer, contentType)
      if (fault !== null) broken.push(`${kind}: ${fault}`)
      if (mine % GOOD_EVERY === 0) broken.push(...(await sendGood(server.url, runs, random)))
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, send))
  const health = await fetch(`${server.url}/healthz`)
  if (!health.ok) broken.push(`the server is not well: ${health.status}`)
  return { statuses, runs, broken, goodRuns: runs.length, peakMiB: readPeakMiB(server.pid) }
}

async function sendGood(url: string, runs: MadeRun[], random: Random): Promise<string[]> {
  const run = makeRun(random, `good-${runs.length}`, Date.now(), { turns: random.int(1, 3), maxCalls: 4 })
  runs.push(run)
  const encoding = random.pick(['json', 'protobuf'] as const)
  const answer = await postSpans(url, encodeSpans(run.spans, encoding), {
    'content-type': CONTENT_TYPE[encoding],
  })
  if (answer.status === 200 && readPartialSuccess(answer) === null) return []
  return [`${run.conversation} was answered ${answer.status}`]
}

/** An answer is one that an exporter understands: in the encoding of its request, a response or a Status. */
function faultOf(answer: OtlpAnswer, contentType: string): string | null {
  const { status, headers, body } = answer
  const say = (what: string) => `${what}: ${status} ${body.toString('latin1').slice(0, 200)}`
  if (!DELIBERATE.has(status)) return say('is no deliberate answer')
  if (headers.get('content-type') !== contentType) return say('is answered in another encoding')
  if ((status === 429 || status === 503) && headers.get('retry-after') === null)
    return say('does not say when to come back')
  try {
    if (status === 200) readPartialSuccess(answer)
    else if (readStatus(answer).message === '') return say('does not say why')
    return null
  } catch {
    return say('cannot be read')
  }
}

/** A server that opens the same folder afterwards has every good run as it was. */
async function judgeRuns(dataDir: string, runs: readonly MadeRun[], faults: readonly string[]) {
  const server = await startLocalServer({
    dataDir,
    spans: { quietMs: QUIET_MS, maxBufferBytes: 1 << 30, capturesContent: false },
  })
  try {
    let batches = await listSpanBatches(server)
    await waitUntil('all batches are final', async () => {
      batches = await listSpanBatches(server)
      return batches.every(({ provisional }) => !provisional)
    })
    const byRun = Map.groupBy(batches, ({ run_id }) => run_id)
    const wrong = runs.filter((run) => {
      const told = tellTurns(byRun.get(run.conversation) ?? [])
      return JSON.stringify(told) !== JSON.stringify(expectedTurns(run))
    })
    const good = new Set(runs.map(({ conversation }) => conversation))
    const broken = [...faults, ...wrong.map(({ conversation }) => `${conversation} is not what was sent`)]
    return { broken, otherBatches: batches.filter(({ run_id }) => !good.has(run_id ?? '')).length }
  } finally {
    await server.stop()
  }
}
