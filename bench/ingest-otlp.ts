import { join } from 'node:path'
import { decodeRequest } from '#ingest/otlp/pipeline.ts'
import { makeRecordedLoad, type RecordedLoad } from './assembly/recorded-load.ts'
import { sendSpans, settleSpans, waitForAssembly } from './assembly/span-load.ts'
import { expectSpansStored } from './assembly/stored-spans.ts'
import { median, type Row } from './lib/report.ts'
import { startServerChild } from './lib/server-child.ts'
import { insertBare, readRows } from './lib/stored.ts'
import { withTempDir } from './lib/temp-dir.ts'

const ROUNDS = 3
const REQUESTS = 60
const RUNS_PER_REQUEST = 40
const CONNECTIONS = 8

interface Round {
  readonly acknowledgedPerS: number
  /** Until every span is in a batch. */
  readonly assembledPerS: number
  readonly barePerS: number
}

/**
 * Spans of recorded runs, some 500 a request, against the same bytes decoded by the same decoder and the rows of the
 * span buffer inserted in a bare loop with the same schema and pragmas, a commit a request. What is served besides:
 * reading dialects, joining, assembling, and HTTP with its sender on the same two cores.
 */
export async function benchIngestOtlp(): Promise<Row[]> {
  const loads = {
    json: makeRecordedLoad('json', REQUESTS, RUNS_PER_REQUEST),
    protobuf: makeRecordedLoad('protobuf', REQUESTS, RUNS_PER_REQUEST),
  }
  const rounds: Record<keyof typeof loads, Round[]> = { json: [], protobuf: [] }
  for (let round = 0; round < ROUNDS; round++) {
    rounds.json.push(await runRound(loads.json))
    rounds.protobuf.push(await runRound(loads.protobuf))
  }
  return [toRow('JSON', loads.json, rounds.json), toRow('protobuf', loads.protobuf, rounds.protobuf)]
}

function runRound({ requests, spans }: RecordedLoad): Promise<Round> {
  return withTempDir(async (dir) => {
    const server = await startServerChild(join(dir, 'served'))
    const startedMs = performance.now()
    const acknowledgedS = await sendSpans(server.url, requests, CONNECTIONS)
    await waitForAssembly(server.url)
    const assembledS = (performance.now() - startedMs) / 1000
    await settleSpans(server.url)
    await server.stop()
    const file = join(dir, 'served', 'parascope.db')
    expectSpansStored(file, requests)
    const decodedMs = performance.now()
    for (const request of requests) decodeRequest(request, Number.MAX_SAFE_INTEGER)
    const decodeS = (performance.now() - decodedMs) / 1000
    const perCommit = Math.round(spans / requests.length)
    const insertS = insertBare(join(dir, 'bare', 'parascope.db'), 'spans', readRows(file, 'spans'), perCommit)
    return {
      acknowledgedPerS: spans / acknowledgedS,
      assembledPerS: spans / assembledS,
      barePerS: spans / (decodeS + insertS),
    }
  })
}

function toRow(encoding: string, { requests, spans }: RecordedLoad, rounds: readonly Round[]): Row {
  const bytes = requests.reduce((sum, { body }) => sum + body.byteLength, 0)
  const ratio = median(rounds.map(({ acknowledgedPerS, barePerS }) => acknowledgedPerS / barePerS))
  const [acknowledged, assembled, bare] = (['acknowledgedPerS', 'assembledPerS', 'barePerS'] as const).map(
    (key) => (median(rounds.map((round) => round[key])) / 1000).toFixed(1),
  )
  return {
    what: `OTLP ingest, ${encoding}`,
    measured: `${acknowledged} k spans/s acknowledged, ${assembled} k until all are in batches, bare ${bare} k`,
    ratio,
    budget: '≥ 0.50',
    met: ratio >= 0.5,
    varied: `${ROUNDS} rounds in turn, ${requests.length} requests of ${Math.round(spans / requests.length)} spans, ${(bytes / spans / 1000).toFixed(1)} kB a span, ${CONNECTIONS} connections, every span compared`,
  }
}
