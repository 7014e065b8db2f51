import { describe, expect, it } from 'vitest'
import { encodeJson, encodeProtobuf } from './encode.test-util.ts'
import { OTLP_LIMITS } from './limits.ts'
import type { OtlpSpan, OtlpValue } from './span.ts'
import { decode, GOOD, many } from './spans.test-util.ts'

const nested = (depth: number): OtlpValue => (depth === 0 ? 'leaf' : [nested(depth - 1)])
const nestedMaps = (depth: number): OtlpValue => (depth === 0 ? 'leaf' : { a: nestedMaps(depth - 1) })
const named = (count: number) => Object.fromEntries(many(count, 0).map((_, i) => [`a${i}`, i]))
const event = { name: 'chunk', timeUnixNano: 1n, attributes: {} }
const link = { traceId: GOOD.traceId, spanId: GOOD.spanId, attributes: {} }

/** What either encoding can say. */
const BAD: readonly (readonly [string, Partial<OtlpSpan>, string, string])[] = [
  [
    'a trace id of 15 bytes',
    { traceId: 'ab'.repeat(15) },
    'traceId',
    'must be 32 hexadecimal digits, not 30',
  ],
  ['no trace id', { traceId: '' }, 'traceId', 'is required'],
  ['a trace id of zeros', { traceId: '00'.repeat(16) }, 'traceId', 'must not be all zeros'],
  ['a span id of 16 bytes', { spanId: 'ab'.repeat(16) }, 'spanId', 'must be 16 hexadecimal digits, not 32'],
  ['no span id', { spanId: '' }, 'spanId', 'is required'],
  ['a span id of zeros', { spanId: '00'.repeat(8) }, 'spanId', 'must not be all zeros'],
  [
    'a parent id of 4 bytes',
    { parentSpanId: 'abcdef01' },
    'parentSpanId',
    'must be 16 hexadecimal digits, not 8',
  ],
  ['no end', { endUnixNano: 0n }, 'endTimeUnixNano', 'is required'],
  ['no start', { startUnixNano: 0n }, 'startTimeUnixNano', 'is required'],
  [
    'milliseconds',
    { startUnixNano: 1_795_172_218_705n },
    'startTimeUnixNano',
    'must be nanoseconds since 1970, after 2001',
  ],
  [
    'a time without end',
    { endUnixNano: 2n ** 64n - 1n },
    'endTimeUnixNano',
    'must be nanoseconds since 1970, before the year 2100',
  ],
  [
    'a link to half an id',
    { links: [link, { ...link, spanId: 'ab' }] },
    'links[1].spanId',
    'must be 16 hexadecimal digits, not 2',
  ],
  [
    'too many attributes',
    { attributes: named(OTLP_LIMITS.attributesPerList + 1) },
    'attributes',
    'has more than 10000 items',
  ],
  [
    'too many events',
    { events: many(OTLP_LIMITS.eventsPerSpan + 1, event) },
    'events',
    'has more than 10000 items',
  ],
  [
    'too many links',
    { links: many(OTLP_LIMITS.linksPerSpan + 1, link) },
    'links',
    'has more than 10000 items',
  ],
  [
    'too long a key',
    { attributes: { ['k'.repeat(OTLP_LIMITS.keyChars + 1)]: 1 } },
    'attributes[0].key',
    'has 1025 characters, more than 1024',
  ],
  [
    'too long a text',
    { attributes: { a: 'x'.repeat(OTLP_LIMITS.textChars + 1) } },
    'attributes[0].value.stringValue',
    'has 4194305 characters, more than 4194304',
  ],
  [
    'too long a text in an event',
    { events: [{ ...event, attributes: { a: [1, 'x'.repeat(OTLP_LIMITS.textChars + 1)] } }] },
    'events[0].attributes[0].value.arrayValue.values[1].stringValue',
    'has 4194305 characters, more than 4194304',
  ],
  [
    'lists nested too deep',
    { attributes: { a: nested(17) } },
    `attributes[0].value${'.arrayValue.values[0]'.repeat(16)}.arrayValue`,
    'nests deeper than 16 lists and maps',
  ],
  [
    'maps nested too deep',
    { attributes: { a: nestedMaps(17) } },
    `attributes[0].value${'.kvlistValue.values[0].value'.repeat(16)}.kvlistValue`,
    'nests deeper than 16 lists and maps',
  ],
]

describe.each(['json', 'protobuf'] as const)('in %s', (encoding) => {
  const encode = encoding === 'json' ? encodeJson : encodeProtobuf

  it.each(BAD)(
    'a span with %s is rejected with its place and reason, and its neighbours live',
    (_, fields, field, reason) => {
      const body = encode([GOOD, { ...GOOD, ...fields }, GOOD])
      const { spans, rejected } = decode(encoding, body)
      expect(spans).toEqual([GOOD, GOOD])
      const path = `resourceSpans[1].scopeSpans[0].spans[0].${field}`
      expect(rejected).toEqual({ count: 1, faults: [{ index: 1, path, reason }] })
    },
  )

  it('what is at the bounds is taken', () => {
    const span = {
      ...GOOD,
      attributes: {
        deep: nested(16),
        maps: nestedMaps(16),
        long: 'x'.repeat(OTLP_LIMITS.textChars),
        ...named(9_997),
      },
      events: many(OTLP_LIMITS.eventsPerSpan, event),
      links: many(OTLP_LIMITS.linksPerSpan, link),
      startUnixNano: OTLP_LIMITS.unixNanoMin,
      endUnixNano: OTLP_LIMITS.unixNanoMax,
    }
    expect(decode(encoding, encode([span])).spans).toEqual([span])
  })

  it('a span that ends before it starts is a span', () => {
    const span = { ...GOOD, endUnixNano: GOOD.startUnixNano - 1n }
    expect(decode(encoding, encode([span])).spans).toEqual([span])
  })

  it('a parent of zeros is no parent, and a link to nothing is kept', () => {
    const nowhere = { traceId: '00'.repeat(16), spanId: '00'.repeat(8), attributes: { a: 1 } }
    const links = [{ ...nowhere, traceId: '', spanId: '' }, nowhere]
    const body = encode([{ ...GOOD, parentSpanId: '00'.repeat(8), links }])
    expect(decode(encoding, body).spans).toEqual([{ ...GOOD, links: [nowhere, nowhere] }])
  })

  it('a status that is not defined is unset', () => {
    const body = encode([{ ...GOOD, status: { code: 9 as 0, message: 'm' } }])
    expect(decode(encoding, body).spans[0]?.status).toEqual({ code: 0, message: 'm' })
  })

  it('names that objects have of their own are names like any other', () => {
    const attributes = JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"toString":"t"}')
    const span = decode(encoding, encode([{ ...GOOD, attributes }])).spans[0]
    expect(Object.entries(span?.attributes ?? {})).toEqual(Object.entries(attributes))
    expect(span?.attributes.polluted).toBeUndefined()
    expect(span?.attributes.hasOwnProperty).toBeUndefined()
  })

  it('more spans than a request may have are counted, not listed', () => {
    const bodies = encode(many(1_000, GOOD))
    const body =
      encoding === 'protobuf'
        ? Buffer.concat(many(101, bodies))
        : JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: many(101_000, 0) }] }] })
    const { spans, rejected } = decode(encoding, body)
    expect(spans.length + rejected.count).toBe(101_000)
    expect(rejected.faults).toHaveLength(20)
    expect(spans).toHaveLength(encoding === 'protobuf' ? OTLP_LIMITS.spansPerRequest : 0)
  })
})
