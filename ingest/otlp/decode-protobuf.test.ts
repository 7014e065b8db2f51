import { describe, expect, it } from 'vitest'
import { encodeProtobuf, protobufSpan } from './encode.test-util.ts'
import { decode, GOOD, many } from './spans.test-util.ts'
import { lengthField, message, varintField } from './write-wire.ts'

describe('in protobuf', () => {
  const good = protobufSpan(GOOD)
  const request = (...scopeSpans: Uint8Array[]) => lengthField(1, lengthField(2, message(...scopeSpans)))
  const bodyOf = (...spans: Uint8Array[]) => request(...spans.map((span) => lengthField(2, span)))

  it.each([
    ['a name that is a number', varintField(5, 7), 'name', 'is a varint on the wire, not length-delimited'],
    ['a time that is a varint', varintField(8, 7), 'endTimeUnixNano', 'is a varint on the wire, not 64 bits'],
    ['a kind that is text', lengthField(6, 'x'), 'kind', 'is length-delimited on the wire, not a varint'],
    [
      'a status that is a number',
      varintField(15, 2),
      'status',
      'is a varint on the wire, not length-delimited',
    ],
    [
      'a status within which a type is wrong',
      lengthField(15, varintField(2, 2)),
      'status.message',
      'is a varint on the wire, not length-delimited',
    ],
    [
      'an attribute that is text',
      varintField(9, 1),
      'attributes[1]',
      'is a varint on the wire, not length-delimited',
    ],
    [
      'an attribute within which a type is wrong',
      lengthField(9, lengthField(2, lengthField(3, 'x'))),
      'attributes[1].value.intValue',
      'is length-delimited on the wire, not a varint',
    ],
    ['a name that breaks off', Buffer.from([0x2a, 5, 0x61]), 'name', 'breaks off'],
    [
      'an attribute that is longer than the span',
      Buffer.from([0x4a, 100, 0x0a]),
      'attributes[1]',
      'breaks off',
    ],
    [
      'a length without end',
      Buffer.from([0x2a, 255, 255, 255, 255, 255, 1]),
      'name',
      'has a tag or a length that is too large',
    ],
    [
      'a varint without end',
      Buffer.from([0x30, ...many(11, 0xff)]),
      'kind',
      'is a varint of more than ten bytes',
    ],
    ['a group', Buffer.from([0x9b, 0x06, 0x9c, 0x06]), 'field 99', 'is a group, which OTLP does not have'],
    ['a field of the number 0', Buffer.from([0x02, 0x00]), '', 'holds a field of the number 0'],
  ])('%s costs only its span', (_, bytes, field, reason) => {
    const { spans, rejected } = decode('protobuf', bodyOf(good, message(good, bytes), good))
    expect(spans).toEqual([GOOD, GOOD])
    const span = 'resourceSpans[0].scopeSpans[0].spans[1]'
    expect(rejected).toEqual({
      count: 1,
      faults: [{ index: 1, path: field ? `${span}.${field}` : span, reason }],
    })
  })

  it('unknown fields are passed over, on every level', () => {
    const unknown = message(
      varintField(1000, 2n ** 64n - 1n),
      lengthField(2000, 'new'),
      Buffer.from([0xcd, 0x3e, 1, 2, 3, 4]),
      Buffer.from([0xc9, 0x3e, 1, 2, 3, 4, 5, 6, 7, 8]),
    )
    const event = lengthField(11, message(unknown, lengthField(2, 'e'), unknown))
    const attribute = lengthField(
      9,
      message(unknown, lengthField(1, 'k'), lengthField(2, message(unknown, varintField(3, 5), unknown))),
    )
    const span = lengthField(2, message(unknown, good, event, attribute, lengthField(15, unknown)))
    const scope = lengthField(1, message(unknown, lengthField(1, 's')))
    const body = message(
      unknown,
      lengthField(1, message(unknown, lengthField(2, message(unknown, span, scope, unknown)))),
      unknown,
    )
    expect(decode('protobuf', body)).toMatchObject({
      rejected: { count: 0 },
      spans: [
        { ...GOOD, attributes: { ...GOOD.attributes, k: 5 }, events: [{ name: 'e' }], scope: { name: 's' } },
      ],
    })
  })

  it('a resource and a scope may come after their spans', () => {
    const scopeSpans = message(lengthField(2, good), lengthField(1, lengthField(1, 'late scope')))
    const resource = lengthField(
      1,
      message(lengthField(1, 'service.name'), lengthField(2, lengthField(1, 'late'))),
    )
    const body = lengthField(1, message(lengthField(2, scopeSpans), lengthField(1, resource)))
    expect(decode('protobuf', body).spans).toEqual([
      { ...GOOD, resource: { 'service.name': 'late' }, scope: { ...GOOD.scope, name: 'late scope' } },
    ])
  })

  it('a resource that cannot be read costs its own spans only', () => {
    const bad = lengthField(
      1,
      message(lengthField(1, varintField(1, 3)), lengthField(2, lengthField(2, good))),
    )
    const { spans, rejected } = decode('protobuf', message(bad, bodyOf(good)))
    expect(spans).toEqual([GOOD])
    expect(rejected.faults).toEqual([
      {
        index: 0,
        path: 'resourceSpans[0].resource.attributes[0]',
        reason: 'is a varint on the wire, not length-delimited',
      },
    ])
  })

  it('text that was cut inside of a character keeps the rest', () => {
    const cut = Buffer.from('né').subarray(0, 2)
    expect(decode('protobuf', bodyOf(message(good, lengthField(5, cut)))).spans[0]?.name).toBe('n\ufffd')
  })

  it('a key is never taken for another that looks like it in another encoding', () => {
    const keyed = (key: string) =>
      lengthField(9, message(lengthField(1, key), lengthField(2, varintField(3, 1))))
    const keys = [
      '\u00e9\u00e9\u00e9',
      'Ã©Ã©Ã©',
      'aaaaa',
      'baaaa',
      'aabaa',
      '\u0000\u0000\u0000\u0000',
      '😀😀',
    ]
    const spans = [...keys, ...keys].map((key) => message(good, keyed(key)))
    const decoded = decode('protobuf', bodyOf(...spans)).spans
    expect(decoded.map(({ attributes }) => Object.keys(attributes)[1])).toEqual([...keys, ...keys])
  })

  it('lists without end across spans are stopped', () => {
    const attributes = { a: many(9_999, ['padding']) }
    const { spans, rejected } = decode('protobuf', encodeProtobuf(many(51, { ...GOOD, attributes })))
    expect(spans).toHaveLength(50)
    expect(rejected.faults[0]).toMatchObject({
      index: 50,
      reason: 'is beyond the 500000 lists and maps of a request',
    })
  })
})
