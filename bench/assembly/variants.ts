import { encodeJson, encodeProtobuf } from '#ingest/otlp/encode.test-util.ts'
import type { OtlpRequest } from '#ingest/otlp/pipeline.ts'
import type { OtlpSpan } from '#ingest/otlp/span.ts'
import { createRandom } from '../lib/workload.ts'
import { decode } from './recordings.ts'
import { withoutCallIds, withoutContents, withoutParents } from './reduce.ts'
import type { RenamedRun } from './rename-ids.ts'

/** A way in which the spans of a run may arrive. */
export interface Variant {
  readonly name: string
  /** Whether the spans still say everything that was recorded: then the batches must be right. */
  readonly isWhole: boolean
  /** The requests in the order in which they are posted. */
  readonly toRequests: (run: RenamedRun) => readonly OtlpRequest[]
}

const SHUFFLE_SEED = 11

export const VARIANTS: readonly Variant[] = [
  { name: 'recorded', isWhole: true, toRequests: ({ requests }) => requests },
  { name: 'shuffled', isWhole: true, toRequests: ({ requests }) => shuffle(requests) },
  { name: 'split', isWhole: true, toRequests: ({ requests }) => requests.flatMap(split) },
  { name: 'split shuffled', isWhole: true, toRequests: ({ requests }) => shuffle(requests.flatMap(split)) },
  { name: 'twice', isWhole: true, toRequests: ({ requests }) => [...requests, ...requests] },
  {
    name: 'other encoding',
    isWhole: true,
    toRequests: ({ requests }) => requests.map((request) => encode(decode(request).spans, !isJson(request))),
  },
  reduced('no parents', withoutParents),
  reduced('no call ids', withoutCallIds),
  reduced('no contents', withoutContents),
  reduced('none of them', (span, run) => withoutContents(withoutCallIds(withoutParents(span), run))),
]

function reduced(name: string, reduce: (span: OtlpSpan, run: RenamedRun) => OtlpSpan): Variant {
  return {
    name,
    isWhole: false,
    toRequests: (run) =>
      run.requests.map((request) =>
        encode(
          decode(request).spans.map((span) => reduce(span, run)),
          isJson(request),
        ),
      ),
  }
}

function split(request: OtlpRequest): OtlpRequest[] {
  return decode(request).spans.map((span) => encode([span], isJson(request)))
}

function isJson({ contentType }: OtlpRequest): boolean {
  return contentType.includes('json')
}

function encode(spans: readonly OtlpSpan[], asJson: boolean): OtlpRequest {
  return {
    body: asJson ? encodeJson(spans) : encodeProtobuf(spans),
    contentType: asJson ? 'application/json' : 'application/x-protobuf',
    contentEncoding: '',
  }
}

function shuffle<T>(items: readonly T[]): T[] {
  const random = createRandom(SHUFFLE_SEED + items.length)
  const shuffled = [...items]
  for (let i = shuffled.length - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1))
    const kept = shuffled[i] as T
    shuffled[i] = shuffled[other] as T
    shuffled[other] = kept
  }
  return shuffled
}
