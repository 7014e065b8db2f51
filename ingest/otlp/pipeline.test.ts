import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RequestError } from '../errors.ts'
import { encodeJson, encodeProtobuf } from './encode.test-util.ts'
import { decodeRequest } from './pipeline.ts'
import type { OtlpSpan } from './span.ts'
import { anySpan, decode, MAX_BYTES, RECORDINGS, readRecording, requestOf } from './spans.test-util.ts'

function refusalOf(run: () => unknown): { status: number; message: string } {
  try {
    run()
  } catch (error) {
    if (error instanceof RequestError) return { status: error.status, message: error.message }
    throw error
  }
  throw new Error('was not refused')
}

function decodeRecording(run: string): readonly OtlpSpan[] {
  return readRecording(run).flatMap(({ request }) => decodeRequest(request, MAX_BYTES).spans)
}

/** What two runs of the same program have in common. */
function outlineOf(spans: readonly OtlpSpan[]): string[] {
  return spans
    .map((span) =>
      [span.name, span.kind, span.status.code, span.scope.name, ...Object.keys(span.attributes)].join(),
    )
    .sort()
}

describe('recorded requests', () => {
  it.each(RECORDINGS)('of %s give every span that the exporter sent', (run) => {
    for (const { request, spans } of readRecording(run)) {
      const decoded = decodeRequest(request, MAX_BYTES)
      expect(decoded.rejected).toEqual({ count: 0, faults: [] })
      expect(decoded.spans).toHaveLength(spans)
    }
  })

  it.each(RECORDINGS)('of %s are the same spans in either encoding', (run) => {
    const spans = decodeRecording(run)
    expect(decode('json', encodeJson(spans)).spans).toEqual(spans)
    expect(decode('protobuf', encodeProtobuf(spans)).spans).toEqual(spans)
  })

  it.each(['vercel-ai/7.0.173', 'genkit/1.42.0'])(
    'of one program by both exporters of %s are alike',
    (folder) => {
      const json = decodeRecording(`${folder}/parallel`)
      const protobuf = decodeRecording(`${folder}/parallel-proto`)
      expect(outlineOf(protobuf)).toEqual(outlineOf(json))
    },
  )

  it('keep nanoseconds, ids and all kinds of values', () => {
    const span = decodeRecording('vercel-ai/7.0.173/parallel-proto').find(({ name }) =>
      name.includes('shipment'),
    )
    expect(span).toMatchObject({
      traceId: '8136263d4f5e7ac0354fbff61e57a8c8',
      spanId: '10f6ce6873a43c9f',
      parentSpanId: '3c090e2ecd41bbde',
      startUnixNano: 1_795_172_218_705_000_000n,
      endUnixNano: 1_795_172_219_334_301_441n,
      attributes: {
        'gen_ai.tool.name': 'get_shipment_status',
        'gen_ai.execute_tool.duration': 0.6002344879999999,
      },
      resource: { 'service.name': 'vercel-ai-v7-capture' },
      scope: { name: 'gen_ai' },
    })
  })
})

describe('any spans', () => {
  it('survive the way through either encoding, packed or not', () => {
    fc.assert(
      fc.property(fc.array(anySpan, { maxLength: 4 }), fc.boolean(), (spans, packed) => {
        for (const encoding of ['json', 'protobuf'] as const) {
          const body = encoding === 'json' ? encodeJson(spans) : encodeProtobuf(spans)
          const request = packed
            ? { ...requestOf(encoding, gzipSync(body)), contentEncoding: 'gzip' }
            : requestOf(encoding, body)
          const decoded = decodeRequest(request, MAX_BYTES)
          expect(decoded.spans).toEqual(spans)
          expect(decoded).toMatchObject({ encoding, byteLength: body.byteLength, rejected: { count: 0 } })
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('a request', () => {
  it('without spans is a good one', () => {
    expect(decode('protobuf', '').spans).toEqual([])
    expect(decode('json', '{}').spans).toEqual([])
    expect(decode('json', '{"resourceSpans":null}').spans).toEqual([])
    expect(decode('json', '{"resourceSpans":[{"scopeSpans":[{"spans":[]}]}]}').spans).toEqual([])
  })

  it('may name its content type with parameters, in any case', () => {
    const contentType = 'Application/JSON; charset=utf-8'
    expect(decodeRequest({ ...requestOf('json', '{}'), contentType }, MAX_BYTES).encoding).toBe('json')
  })

  const good = encodeProtobuf(decodeRecording('vercel-ai/7.0.173/parallel-proto'))

  it.each([
    [
      'of no type',
      { ...requestOf('json', '{}'), contentType: '' },
      415,
      /must be application\/x-protobuf or application\/json\.$/,
    ],
    ['of another type', { ...requestOf('json', '{}'), contentType: 'text/plain' }, 415, /not `text\/plain`/],
    ['in a packing that we have not', { ...requestOf('json', '{}'), contentEncoding: 'zstd' }, 415, /`zstd`/],
    ['that is no gzip', { ...requestOf('protobuf', good), contentEncoding: 'gzip' }, 400, /not valid gzip/],
    [
      'that is a bomb',
      { ...requestOf('protobuf', gzipSync(Buffer.alloc(64 << 20))), contentEncoding: 'gzip' },
      413,
      /larger than/,
    ],
    ['that is too large', requestOf('protobuf', Buffer.alloc(MAX_BYTES + 1)), 413, /larger than/],
    ['of JSON that breaks off', requestOf('json', '{"resourceSpans":['), 400, /not JSON/],
    ['of JSON without text', requestOf('json', ''), 400, /is empty/],
    ['of JSON that is a list', requestOf('json', '[]'), 400, /^The body must be an object\.$/],
    [
      'without a list of resources',
      requestOf('json', '{"resourceSpans":{}}'),
      400,
      /^`resourceSpans` must be a list\.$/,
    ],
    [
      'with a scope that is none',
      requestOf('json', '{"resourceSpans":[{"scopeSpans":[{},7]}]}'),
      400,
      /^`resourceSpans\[0\]\.scopeSpans\[1\]` must be an object\.$/,
    ],
    [
      'of protobuf that breaks off',
      requestOf('protobuf', good.subarray(0, good.length - 3)),
      400,
      /^`resourceSpans\[\d+\]` breaks off\.$/,
    ],
    ['that is JSON and says protobuf', requestOf('protobuf', '{"resourceSpans":[]}'), 400, /^The body|^`/],
  ] as const)('%s is refused', (_, request, status, message) => {
    const refusal = refusalOf(() => decodeRequest(request, MAX_BYTES))
    expect(refusal.status).toBe(status)
    expect(refusal.message).toMatch(message)
  })

  it('may be made of requests that were put one behind the other, as protobuf allows', () => {
    const [first, second] = readRecording('genkit/1.42.0/parallel-proto').map(({ request }) =>
      gunzipSync(request.body),
    )
    const joined = Buffer.concat([first ?? Buffer.of(), second ?? Buffer.of()])
    expect(decode('protobuf', joined).spans).toEqual(decodeRecording('genkit/1.42.0/parallel-proto'))
  })
})
