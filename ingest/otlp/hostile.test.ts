import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RequestError } from '../errors.ts'
import { encodeJson, encodeProtobuf } from './encode.test-util.ts'
import { OTLP_LIMITS } from './limits.ts'
import { decodeRequest, type OtlpRequest } from './pipeline.ts'
import { encodeResponse, encodeStatus } from './response.ts'
import { anySpan, MAX_BYTES, many, RECORDINGS, readRecording, requestOf } from './spans.test-util.ts'

/** Decodes and answers as a server would: 200, or the status of the sender's fault. Anything else is thrown. */
function answer(request: OtlpRequest): number {
  try {
    const decoded = decodeRequest(request, MAX_BYTES)
    const { count, faults } = decoded.rejected
    expect(faults).toHaveLength(Math.min(count, 20))
    for (const span of decoded.spans) {
      expect(span.traceId).toMatch(/^[0-9a-f]{32}$/)
      expect(span.spanId).toMatch(/^[0-9a-f]{16}$/)
      expect(span.endUnixNano).toBeGreaterThanOrEqual(OTLP_LIMITS.unixNanoMin)
    }
    encodeResponse(decoded.encoding, decoded)
    return 200
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    encodeStatus('protobuf', error)
    return error.status
  }
}

type Mutation = readonly [
  kind: 'set' | 'flip' | 'drop' | 'insert' | 'repeat',
  at: number,
  byte: number,
  length: number,
]

/** Damage as of a network, a bug or an attacker: bytes changed, lost, added and said twice. */
const mutation: fc.Arbitrary<Mutation> = fc.tuple(
  fc.constantFrom('set', 'flip', 'drop', 'insert', 'repeat'),
  fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 0x7f, 0x80, 0xff, 0x22, 0x5b, 0x7b)),
  fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 200 })),
)

function mutate(body: Buffer, [kind, place, byte, length]: Mutation): Buffer {
  const at = Math.floor(place * body.length)
  const before = body.subarray(0, at)
  const piece = body.subarray(at, at + length)
  const after = body.subarray(at + length)
  switch (kind) {
    case 'set':
      return Buffer.concat([before, Buffer.alloc(piece.length, byte), after])
    case 'flip':
      return Buffer.concat([before, piece.map((b) => b ^ byte), after])
    case 'drop':
      return Buffer.concat([before, after])
    case 'insert':
      return Buffer.concat([before, Buffer.alloc(length, byte), piece, after])
    case 'repeat':
      return Buffer.concat([before, piece, piece, after])
  }
}

const recorded = RECORDINGS.flatMap((run) => readRecording(run)).map(({ request }) => ({
  encoding: request.contentType.includes('json') ? ('json' as const) : ('protobuf' as const),
  body: request.contentEncoding === 'gzip' ? gunzipSync(request.body) : Buffer.from(request.body),
}))

const made = fc
  .tuple(fc.array(anySpan, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([spans, isJson]) =>
    isJson
      ? { encoding: 'json' as const, body: encodeJson(spans) }
      : { encoding: 'protobuf' as const, body: encodeProtobuf(spans) },
  )

describe('any body', () => {
  it('of recorded traffic that was damaged gets an answer', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...recorded),
        fc.array(mutation, { minLength: 1, maxLength: 8 }),
        (request, all) => {
          const body = all.reduce(mutate, request.body)
          expect([200, 400]).toContain(answer(requestOf(request.encoding, body)))
        },
      ),
      { numRuns: 3_000 },
    )
  })

  it('of made spans that was damaged gets an answer', () => {
    fc.assert(
      fc.property(made, fc.array(mutation, { minLength: 1, maxLength: 4 }), (request, all) => {
        const body = all.reduce(mutate, request.body)
        expect([200, 400]).toContain(answer(requestOf(request.encoding, body)))
      }),
      { numRuns: 1_000 },
    )
  })

  it('that was packed and damaged gets an answer', () => {
    const packed = readRecording('genkit/1.42.0/parallel-proto').map(({ request }) => request)
    fc.assert(
      fc.property(fc.constantFrom(...packed), mutation, (request, change) => {
        const body = mutate(Buffer.from(request.body), change)
        expect([200, 400, 413]).toContain(answer({ ...request, body }))
      }),
      { numRuns: 500 },
    )
  })

  it('of noise gets an answer, whatever it claims to be', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (body, isJson) => {
        expect([200, 400]).toContain(answer(requestOf(isJson ? 'json' : 'protobuf', body)))
      }),
      { numRuns: 3_000 },
    )
  })

  it('of JSON of any other shape gets an answer', () => {
    const names = [
      'resourceSpans',
      'scopeSpans',
      'spans',
      'resource',
      'scope',
      'attributes',
      'value',
      'key',
      'events',
    ]
    const shape = fc.letrec<{ any: unknown }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 8 },
        fc.constantFrom(null, 0, '', true, -1.5, '1795172218705000000'),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names), tie('any'), { maxKeys: 4 }),
      ),
    })).any
    fc.assert(
      fc.property(shape, (body) => {
        expect([200, 400]).toContain(answer(requestOf('json', JSON.stringify(body))))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a body that is made to cost much', () => {
  const LARGE = 4 << 20
  const opened = (field: number, depth: number) => {
    let bytes: Buffer = Buffer.alloc(0)
    for (let i = 0; i < depth; i++)
      bytes = Buffer.concat([Buffer.from([field * 8 + 2]), lengthOf(bytes), bytes])
    return bytes
  }
  const lengthOf = (bytes: Buffer) => {
    const out: number[] = []
    let rest = bytes.length
    for (; rest > 127; rest >>>= 7) out.push((rest & 127) | 128)
    return Buffer.from([...out, rest])
  }

  it.each([
    ['millions of empty resources', requestOf('protobuf', Buffer.from('0a00'.repeat(LARGE / 2), 'hex')), 200],
    ['one resource within another', requestOf('protobuf', opened(1, 5_000)), 200],
    [
      'millions of empty spans',
      requestOf('protobuf', spansOf(Buffer.from('1200'.repeat(LARGE / 2), 'hex'))),
      200,
    ],
    ['a long row of continued bytes', requestOf('protobuf', Buffer.alloc(LARGE, 0xff)), 400],
    ['millions of empty objects', requestOf('json', `{"resourceSpans":[${'{},'.repeat(1 << 20)}{}]}`), 400],
    ['lists in lists', requestOf('json', `${'['.repeat(LARGE)}${']'.repeat(LARGE)}`), 400],
    ['lists in lists, but few', requestOf('json', `{"x":${'['.repeat(90_000)}${']'.repeat(90_000)}}`), 200],
    ['values in values', requestOf('json', deepValue(2_000)), 200],
    [
      'digits without end',
      requestOf('json', `{"a":"${'"intValue":1'.repeat(10)}","b":${'1'.repeat(LARGE)}}`),
      400,
    ],
    ['blanks without end', requestOf('json', `{"intValue":${' '.repeat(LARGE)}1}`), 200],
  ])('by %s gets an answer', (_, request, status) => {
    expect(answer(request)).toBe(status)
  })

  function spansOf(spans: Buffer): Buffer {
    const scopeSpans = Buffer.concat([Buffer.from([0x12]), lengthOf(spans), spans])
    return Buffer.concat([Buffer.from([0x0a]), lengthOf(scopeSpans), scopeSpans])
  }

  function deepValue(depth: number): string {
    const value = `${'{"arrayValue":{"values":['.repeat(depth)}{}${']}}'.repeat(depth)}`
    const spans = many(2, `{"attributes":[{"key":"a","value":${value}}]}`)
    return `{"resourceSpans":[{"scopeSpans":[{"spans":[${spans}]}]}]}`
  }
})
