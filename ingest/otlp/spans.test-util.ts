import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { OTLP_LIMITS } from './limits.ts'
import type { DecodedRequest, OtlpRequest } from './pipeline.ts'
import { decodeRequest } from './pipeline.ts'
import type { OtlpAttributes, OtlpSpan, OtlpValue } from './span.ts'

export const MAX_BYTES = 20 << 20

export function requestOf(encoding: 'json' | 'protobuf', body: Uint8Array | string): OtlpRequest {
  const contentType = encoding === 'json' ? 'application/json' : 'application/x-protobuf'
  return { body: Buffer.from(body), contentType, contentEncoding: '' }
}

export function decode(encoding: 'json' | 'protobuf', body: Uint8Array | string): DecodedRequest {
  return decodeRequest(requestOf(encoding, body), MAX_BYTES)
}

interface RecordedRequest {
  readonly file: string
  readonly headers: Readonly<Record<string, string>>
  readonly spans: number
}

/** The requests of a recorded run, a folder of fixtures, and how many spans each is known to hold. */
export function readRecording(run: string): { readonly request: OtlpRequest; readonly spans: number }[] {
  const folder = join(import.meta.dirname, '../../fixtures', run)
  const requests = JSON.parse(readFileSync(join(folder, 'requests.json'), 'utf8')) as RecordedRequest[]
  return requests.map(({ file, headers, spans }) => ({
    spans,
    request: {
      body: readFileSync(join(folder, file)),
      contentType: headers['content-type'] ?? '',
      contentEncoding: headers['content-encoding'] ?? '',
    },
  }))
}

export const RECORDINGS = [
  'vercel-ai/7.0.173/parallel',
  'vercel-ai/7.0.173/parallel-proto',
  'genkit/1.42.0/parallel',
  'genkit/1.42.0/parallel-proto',
  'langchain/1.5.14/oi-dup-names',
] as const

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', 'gen_ai.tool.name', '😀 né'))
const key = fc.oneof(text, fc.constantFrom('__proto__', 'constructor', 'gen_ai.tool.call.id'))

/** Numbers where they are exact, as the decoders give them. */
const integer = fc
  .oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.integer().map(BigInt))
  .map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value))

const value = fc.letrec<{ value: OtlpValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    text,
    integer,
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
})).value

const attributes: fc.Arbitrary<OtlpAttributes> = fc.dictionary(key, value, { maxKeys: 6 })

function id(byteLength: number): fc.Arbitrary<string> {
  return fc
    .uint8Array({ minLength: byteLength, maxLength: byteLength })
    .filter((bytes) => bytes.some((byte) => byte !== 0))
    .map((bytes) => Buffer.from(bytes).toString('hex'))
}

const time = fc.bigInt({ min: OTLP_LIMITS.unixNanoMin, max: OTLP_LIMITS.unixNanoMax })

/** Any span that the decoders take. */
export const anySpan: fc.Arbitrary<OtlpSpan> = fc.record({
  traceId: id(16),
  spanId: id(8),
  parentSpanId: fc.option(id(8)),
  name: text,
  kind: fc.integer({ min: 0, max: 5 }),
  startUnixNano: time,
  endUnixNano: time,
  attributes,
  events: fc.array(
    fc.record({ name: text, timeUnixNano: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), attributes }),
    { maxLength: 3 },
  ),
  links: fc.array(fc.record({ traceId: id(16), spanId: id(8), attributes }), { maxLength: 3 }),
  status: fc.record({ code: fc.constantFrom(0 as const, 1 as const, 2 as const), message: text }),
  resource: attributes,
  scope: fc.record({ name: text, version: text, attributes }),
})

/** A span without fault, and with little in it. */
export const GOOD: OtlpSpan = {
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  parentSpanId: null,
  name: 'execute_tool get_order',
  kind: 1,
  startUnixNano: 1_795_172_218_705_000_000n,
  endUnixNano: 1_795_172_219_334_301_441n,
  attributes: { 'gen_ai.tool.name': 'get_order' },
  events: [],
  links: [],
  status: { code: 0, message: '' },
  resource: {},
  scope: { name: '', version: '', attributes: {} },
}

export function many<T>(count: number, item: T): T[] {
  return new Array<T>(count).fill(item)
}
