import { gzipSync } from 'node:zlib'
import { toExportLine, toWireBatch } from '#db/queries/wire-batch.ts'
import { RunAssembler } from '#ingest/assemble/run-assembler.ts'
import { createFingerprint } from '#ingest/dialects/fingerprint.ts'
import { readRecordings } from '#ingest/dialects/recordings.test-util.ts'
import { RequestError } from '#ingest/errors.ts'
import { decodeRequest, type OtlpRequest } from '#ingest/otlp/pipeline.ts'
import { encodeResponse, encodeStatus } from '#ingest/otlp/response.ts'
import type { OtlpSpan } from '#ingest/otlp/span.ts'
import { prepareIngest } from '#ingest/pipeline.ts'
import { measureAssembled } from '#ingest/spans/measure-assembled.ts'
import { prepareSpans } from '#ingest/spans/prepare.ts'
import { LIMITS } from '#lib/contract/ingest.ts'
import { batchSchema } from '#lib/contract/reads.ts'
import { toExcerpt } from '../../sdk/src/redact.ts'
import { mutateBytes, mutateJson, mutateSpans } from './otlp-mutate.ts'
import { CONTENT_TYPE, encodeSpans } from './otlp-runs.ts'
import type { Random } from './random.ts'

const ENCODINGS = ['json', 'protobuf'] as const
const MAX_BYTES = 4 << 20
const NOW_MS = 1_795_172_000_000
/** Refusals that are the sender's to mend. */
const REFUSALS = new Set([400, 413, 415])

/** A damaged request, and what was done to it. */
export interface FuzzedRequest extends OtlpRequest {
  readonly kind: string
}

/** Damaged requests without end, made of recorded ones. */
export function* fuzzedRequests(random: Random): Generator<FuzzedRequest, never> {
  const runs: readonly (readonly OtlpSpan[])[] = readRecordings().map(({ spans }) => spans)
  const bodies = ENCODINGS.map((encoding) => runs.map((spans) => encodeSpans(spans, encoding)))
  for (;;) {
    const which = random.int(0, 1)
    const encoding = ENCODINGS[which] as (typeof ENCODINGS)[number]
    const own = bodies[which] as readonly Buffer[]
    const kind = random.pick(['bytes', 'bytes', 'structure', 'spans', 'spans', 'bytes of spans', 'packed'])
    const spans = random.pick(runs)
    const body = mutate(kind, spans, random.pick(own), encoding, random, own)
    yield {
      kind: `${kind} in ${encoding}`,
      body,
      contentType: CONTENT_TYPE[random.chance(0.02) ? random.pick(ENCODINGS) : encoding],
      contentEncoding: kind === 'packed' || random.chance(0.01) ? 'gzip' : '',
    }
  }
}

function mutate(
  kind: string,
  spans: readonly OtlpSpan[],
  body: Buffer,
  encoding: (typeof ENCODINGS)[number],
  random: Random,
  others: readonly Buffer[],
): Buffer {
  switch (kind) {
    case 'structure':
      return encoding === 'json' ? mutateJson(body, random) : mutateBytes(body, random, others)
    case 'spans':
      return encodeSpans(mutateSpans(spans, random), encoding)
    case 'bytes of spans':
      return mutateBytes(encodeSpans(mutateSpans(spans, random), encoding), random, others)
    case 'packed':
      return mutateBytes(gzipSync(body, { level: 1 }), random, others)
    default:
      return mutateBytes(body, random, others)
  }
}

export interface FuzzReport {
  /** How many requests were taken with all of their spans, in part, or refused, by status. */
  readonly outcomes: ReadonlyMap<string, number>
  readonly spans: number
  readonly batches: number
  readonly slowestMs: number
  /** One line for every promise that was broken, with the seed's request. */
  readonly broken: readonly string[]
}

/** Takes so many damaged requests from bytes to batches within this process, and holds each batch to the contract. */
export function fuzzPipeline(
  requests: number,
  random: Random,
  onProgress: (done: number) => void = () => undefined,
): FuzzReport {
  const outcomes = new Map<string, number>()
  const broken: string[] = []
  const totals = { spans: 0, batches: 0, slowestMs: 0 }
  const source = fuzzedRequests(random)
  for (let done = 1; done <= requests; done++) {
    const request = source.next().value
    const startedMs = performance.now()
    try {
      const { outcome, spans, batches } = runPipeline(request)
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      totals.spans += spans
      totals.batches += batches
    } catch (error) {
      const stack = error instanceof Error ? error.stack : String(error)
      broken.push(`request ${done}, ${request.kind}: ${stack?.slice(0, 600)}`)
    }
    totals.slowestMs = Math.max(totals.slowestMs, performance.now() - startedMs)
    onProgress(done)
  }
  return { outcomes, broken, ...totals }
}

/** Contents are captured, so that they are damaged too. */
const print = createFingerprint('a secret of this trial', (value) => toExcerpt(value, LIMITS.captureChars))

/** As the server goes about it, without the store. */
function runPipeline(request: FuzzedRequest): { outcome: string; spans: number; batches: number } {
  const prepared = prepareOrRefuse(request)
  if (typeof prepared === 'number') return { outcome: String(prepared), spans: 0, batches: 0 }
  const { decoded, spans } = prepared
  encodeResponse(decoded.encoding, decoded)
  const assembler = new RunAssembler()
  // In two pieces, so that what was assembled is assembled again.
  const facts = spans.map((span) => span.facts)
  assembler.add(facts.slice(0, facts.length / 2))
  assembler.add(facts.slice(facts.length / 2))
  assembler.settle()
  for (const batch of assembler.batches) expectBatch(batch)
  const outcome = decoded.rejected.count === 0 ? 'whole' : 'in part'
  return { outcome, spans: spans.length, batches: assembler.batches.length }
}

function prepareOrRefuse(request: FuzzedRequest) {
  try {
    // Decoded by itself too: what refuses a request must be the same wherever it is asked.
    decodeRequest(request, MAX_BYTES)
    return prepareSpans({ ...request, receivedAtMs: NOW_MS }, print, MAX_BYTES)
  } catch (error) {
    if (!(error instanceof RequestError) || !REFUSALS.has(error.status)) throw error
    encodeStatus('protobuf', error)
    encodeStatus('json', error)
    return error.status
  }
}

type Assembled = Parameters<typeof measureAssembled>[0]

/** What was made of nonsense is still a batch: readers can show it, and another Parascope would take it. */
function expectBatch(assembled: Assembled): void {
  const arrival = { receivedAtUs: NOW_MS * 1000, revision: 1, isProvisional: false }
  const { batch } = measureAssembled(assembled, arrival)
  const shown = batchSchema.safeParse(JSON.parse(JSON.stringify(toWireBatch(batch))))
  if (!shown.success) throw new Error(`cannot be shown: ${JSON.stringify(shown.error.issues[0])}`)
  const body = Buffer.from(`{"batches":[${toExportLine(batch)}]}`)
  const { rejected } = prepareIngest(
    { body, encoding: '', receivedAtMs: NOW_MS, source: 'import' },
    body.byteLength,
  )
  if (rejected.length > 0) throw new Error(`would not be taken elsewhere: ${JSON.stringify(rejected[0])}`)
}
