import { join } from 'node:path'
import type { OtlpRequest } from '#ingest/otlp/pipeline.ts'
import type { OtlpSpan } from '#ingest/otlp/span.ts'
import { CONTENT_TYPE, encodeSpans, makeRun } from '../tests/testing/otlp-runs.ts'
import { createRandom } from '../tests/testing/random.ts'
import { readCpuSeconds, readRssMiB } from './assembly/process-figures.ts'
import { readReceipt, sendSpans, settleSpans } from './assembly/span-load.ts'
import type { Row } from './lib/report.ts'
import { startServerChild } from './lib/server-child.ts'
import { withTempDir } from './lib/temp-dir.ts'

const SPANS_PER_REQUEST = 500
const CONNECTIONS = 4
const MAX_CALLS = 4
/** A turn of the runs that are made: the model call and, on average, so many calls. */
const SPANS_PER_TURN = 1 + (1 + MAX_CALLS) / 2
const DAY_MS = 86_400_000

const HELD_SPANS = 1_000_000
const STEPS = 10
/** Until then what is kept anyway has filled: caches of the database, runs at work, the heap of the writer. */
const WARM_STEPS = 3
const MAX_GROWTH_MIB = 64
const MAX_MIB = 512

const RUN_SPANS = [100, 1_000, 10_000, 100_000]
const SPANS_PER_LENGTH = 100_000

/** What a million spans in the buffer do to memory, and what the length of a run does to the cost of a span. */
export async function benchSpanMemory(): Promise<Row[]> {
  return [...(await measureMemory()), await measureCosts()]
}

/** Memory after each tenth of a million spans: how much it grows, and how much it is. */
async function measureMemory(): Promise<Row[]> {
  return withTempDir(async (dir) => {
    const server = await startServerChild(join(dir, 'served'))
    const rssMiB: number[] = []
    let sent = 0
    for (let step = 0; step < STEPS; step++) {
      const load = createLoad(step, HELD_SPANS / STEPS, 50)
      await sendSpans(server.url, load.requests, CONNECTIONS)
      await settleSpans(server.url)
      sent += load.sent
      rssMiB.push(readRssMiB(server.pid))
    }
    const receipt = await readReceipt(server.url)
    if (receipt.spans !== sent || receipt.buffered_spans !== sent)
      throw new Error(`${receipt.buffered_spans} of ${sent} spans are held`)
    await server.stop()
    const [before, after] = [rssMiB[WARM_STEPS - 1] ?? 0, rssMiB.at(-1) ?? 0]
    const most = Math.max(...rssMiB)
    return [
      {
        what: 'growth of memory over a million spans held',
        measured: `${rssMiB.map((mib) => mib.toFixed(0)).join(', ')} MiB after each ${HELD_SPANS / STEPS / 1000} k`,
        ratio: after / before,
        budget: `≤ ${MAX_GROWTH_MIB} MiB after the first ${(WARM_STEPS * HELD_SPANS) / STEPS / 1000} k`,
        met: after - before <= MAX_GROWTH_MIB,
        varied: `${sent} spans of ${Math.round(sent / 50)} runs, ${(receipt.buffered_bytes / sent).toFixed(0)} bytes each in the buffer, all assembled and final`,
      },
      {
        what: 'memory of a server that takes spans as fast as it can',
        measured: `${most.toFixed(0)} MiB at most`,
        ratio: null,
        budget: `≤ ${MAX_MIB} MiB`,
        met: most <= MAX_MIB,
        varied: 'the same run, all threads',
      },
    ]
  })
}

/** CPU of the whole server for a span: from the bytes to its batch in the log. */
async function measureCosts(): Promise<Row> {
  const costsUs: number[] = []
  for (const [i, length] of RUN_SPANS.entries())
    costsUs.push(
      await withTempDir(async (dir) => {
        const server = await startServerChild(join(dir, 'served'))
        // What is compiled on the way is not counted.
        await sendSpans(server.url, createLoad(100 + i, SPANS_PER_LENGTH / 5, 100).requests, 1)
        await settleSpans(server.url)
        const before = readCpuSeconds(server.pid)
        const load = createLoad(i, SPANS_PER_LENGTH, length)
        // In order, as an exporter sends them: a run grows by one request after another.
        await sendSpans(server.url, load.requests, 1)
        await settleSpans(server.url)
        const spentUs = (readCpuSeconds(server.pid) - before) * 1e6
        await server.stop()
        return spentUs / load.sent
      }),
    )
  const ratio = (costsUs.at(-1) ?? 0) / (costsUs[0] ?? 1)
  return {
    what: 'CPU of a span by the length of its run',
    measured: costsUs.map((us, i) => `${us.toFixed(0)} µs at ${RUN_SPANS[i]}`).join(', '),
    ratio,
    budget: '≤ 1.5',
    met: ratio <= 1.5,
    varied: `${SPANS_PER_LENGTH} spans for each length, ${SPANS_PER_REQUEST} a request in order of time, decoded, assembled and final`,
  }
}

/** Requests that are made as they are sent: a million spans at once would be more than what is measured. */
function createLoad(seed: number, spans: number, spansPerRun: number) {
  const load = { sent: 0, requests: makeRequests() }

  function* makeRequests(): Generator<OtlpRequest> {
    const random = createRandom(seed)
    let waiting: OtlpSpan[] = []
    for (let i = 0; i < Math.round(spans / spansPerRun); i++) {
      const turns = Math.max(1, Math.round(spansPerRun / SPANS_PER_TURN))
      const name = `run-${seed}-${i}`
      waiting.push(...makeRun(random, name, Date.now() - DAY_MS * 3, { turns, maxCalls: MAX_CALLS }).spans)
      while (waiting.length >= SPANS_PER_REQUEST) {
        yield toRequest(waiting.slice(0, SPANS_PER_REQUEST))
        waiting = waiting.slice(SPANS_PER_REQUEST)
      }
    }
    if (waiting.length > 0) yield toRequest(waiting)
  }

  function toRequest(held: readonly OtlpSpan[]): OtlpRequest {
    load.sent += held.length
    return { body: encodeSpans(held, 'protobuf'), contentType: CONTENT_TYPE.protobuf, contentEncoding: '' }
  }

  return load
}
