import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeProtobuf } from '#ingest/otlp/decode-protobuf.ts'
import { encodeJson, encodeProtobuf } from '#ingest/otlp/encode.test-util.ts'
import { parseJsonRequest } from '#ingest/otlp/parse-json.ts'
import { anySpan } from '#ingest/otlp/spans.test-util.ts'
import { countSpans, isTraceRequest, splitJson } from './json-requests.ts'
import { listRequests, splitProtobuf } from './protobuf-requests.ts'

const spanLists = fc.array(anySpan, { minLength: 1, maxLength: 12 })

describe('a request that is too large', () => {
  it('is sent in parts that hold its spans, each once, with their resource and scope (protobuf)', () => {
    fc.assert(
      fc.property(spanLists, fc.integer({ min: 1, max: 4_000 }), (spans, maxBytes) => {
        const whole = encodeProtobuf(spans)
        const parts = splitProtobuf(whole, maxBytes)
        expect(parts.flatMap((part) => decodeProtobuf(part).spans)).toEqual(decodeProtobuf(whole).spans)
        for (const part of parts)
          if (part.byteLength > maxBytes) expect(decodeProtobuf(part).spans.length).toBeLessThanOrEqual(1)
      }),
      { numRuns: 200 },
    )
  })

  it('is sent in parts that hold its spans, each once, with their resource and scope (JSON)', () => {
    fc.assert(
      fc.property(spanLists, fc.integer({ min: 1, max: 5 }), (spans, maxSpans) => {
        const whole: unknown = JSON.parse(encodeJson(spans).toString())
        if (!isTraceRequest(whole)) throw new Error('no request was encoded')
        const parts = splitJson(whole, maxSpans)
        expect(parts.flatMap((part) => parseJsonRequest(part).spans)).toEqual(parseJsonRequest(whole).spans)
        expect(parts.every((part) => countSpans(part) <= maxSpans)).toBe(true)
        expect(parts.length).toBe(Math.ceil(spans.length / maxSpans))
      }),
      { numRuns: 200 },
    )
  })
})

describe('a file of protobuf', () => {
  it('is one request, or those behind their lengths', () => {
    fc.assert(
      fc.property(fc.array(spanLists, { minLength: 1, maxLength: 4 }), (lists) => {
        const requests = lists.map((spans) => Buffer.from(encodeProtobuf(spans)))
        const frames = requests.map((bytes) => {
          const head = Buffer.alloc(4)
          head.writeUInt32BE(bytes.byteLength)
          return Buffer.concat([head, bytes])
        })
        expect(listRequests(Buffer.concat(frames)).map(({ bytes }) => bytes)).toEqual(requests)
        const [first] = requests
        expect(first && listRequests(first)).toEqual([{ offset: 0, bytes: first }])
      }),
      { numRuns: 100 },
    )
  })
})
