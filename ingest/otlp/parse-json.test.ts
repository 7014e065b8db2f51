import { describe, expect, it } from 'vitest'
import { encodeJson } from './encode.test-util.ts'
import { decode, GOOD } from './spans.test-util.ts'

describe('in JSON', () => {
  const wire = JSON.parse(encodeJson([GOOD]).toString()).resourceSpans[0].scopeSpans[0].spans[0]
  const bodyOf = (...spans: unknown[]) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
  const attribute = (value: unknown) => ({ attributes: [{ key: 'a', value }] })

  it.each([
    ['no span at all', null, '', 'must be an object'],
    ['a span that is a list', [], '', 'must be an object'],
    [
      'an id in base64',
      { ...wire, traceId: 'W47/95gDgQPSabYzgT/GDA==' },
      '.traceId',
      'must be hexadecimal digits',
    ],
    ['an id that is a number', { ...wire, spanId: 7 }, '.spanId', 'must be text'],
    ['an enum by its name', { ...wire, kind: 'SPAN_KIND_CLIENT' }, '.kind', 'must be an integer'],
    [
      'a status by its name',
      { ...wire, status: { code: 'STATUS_CODE_ERROR' } },
      '.status.code',
      'must be an integer',
    ],
    ['a status that is text', { ...wire, status: 'ERROR' }, '.status', 'must be an object'],
    ['a name that is a number', { ...wire, name: 7 }, '.name', 'must be text'],
    [
      'a time in words',
      { ...wire, endTimeUnixNano: '2026-11-20' },
      '.endTimeUnixNano',
      'must be an integer, as text or as a number',
    ],
    [
      'a time below zero',
      { ...wire, endTimeUnixNano: '-1' },
      '.endTimeUnixNano',
      'must be an integer of 64 bits without sign',
    ],
    [
      'a time of 65 bits',
      { ...wire, endTimeUnixNano: '18446744073709551616' },
      '.endTimeUnixNano',
      'must be an integer of 64 bits without sign',
    ],
    ['a time with a fraction', { ...wire, endTimeUnixNano: 1.5 }, '.endTimeUnixNano', 'must be an integer'],
    ['attributes by name', { ...wire, attributes: { a: 1 } }, '.attributes', 'must be a list'],
    [
      'an attribute without its type',
      { ...wire, ...attribute('plain') },
      '.attributes[0].value',
      'must be an object',
    ],
    [
      'an integer of 65 bits',
      { ...wire, ...attribute({ intValue: '9223372036854775808' }) },
      '.attributes[0].value.intValue',
      'must be an integer of 64 bits',
    ],
    [
      'a truth in words',
      { ...wire, ...attribute({ boolValue: 'true' }) },
      '.attributes[0].value.boolValue',
      'must be true or false',
    ],
    [
      'a double in words',
      { ...wire, ...attribute({ doubleValue: 'two' }) },
      '.attributes[0].value.doubleValue',
      'must be a number',
    ],
    [
      'bytes that are none',
      { ...wire, ...attribute({ bytesValue: '**' }) },
      '.attributes[0].value.bytesValue',
      'must be base64',
    ],
    [
      'a list without its values',
      { ...wire, ...attribute({ arrayValue: [1] }) },
      '.attributes[0].value.arrayValue',
      'must be an object',
    ],
    ['events that are none', { ...wire, events: [{}, 1] }, '.events[1]', 'must be an object'],
  ])('%s is rejected alone', (_, span, field, reason) => {
    const { spans, rejected } = decode('json', bodyOf(wire, span, wire))
    expect(spans).toEqual([GOOD, GOOD])
    const path = `resourceSpans[0].scopeSpans[0].spans[1]${field}`
    expect(rejected).toEqual({ count: 1, faults: [{ index: 1, path, reason }] })
  })

  it('fields that are null or unknown are as if they were not there', () => {
    const span = {
      ...wire,
      parentSpanId: null,
      links: null,
      status: null,
      trace_id: 7,
      novelty: [{ deep: {} }],
    }
    expect(decode('json', bodyOf(span))).toMatchObject({ spans: [GOOD], rejected: { count: 0 } })
  })

  it('ids may be in capitals', () => {
    const span = { ...wire, traceId: GOOD.traceId.toUpperCase(), spanId: GOOD.spanId.toUpperCase() }
    expect(decode('json', bodyOf(span)).spans).toEqual([GOOD])
  })

  it('64-bit integers are exact as text and as numbers', () => {
    const value = (int: string) => `{"key":"a${int}","value":{"intValue":${int}}}`
    const text = bodyOf({ ...wire, attributes: [] })
      .replace(/"(1795\d{15})"/g, (_, digits) => ` ${digits} `)
      .replace(
        '"attributes":[]',
        `"attributes":[${['9223372036854775807', '-9223372036854775808', '9007199254740993', '7', '"8"'].map((int) => value(int).replace('a"8"', 'a8')).join()}]`,
      )
    const span = decode('json', text).spans[0]
    expect(span?.endUnixNano).toBe(1_795_172_219_334_301_441n)
    expect(Object.values(span?.attributes ?? {})).toEqual([
      9_223_372_036_854_775_807n,
      -9_223_372_036_854_775_808n,
      9_007_199_254_740_993n,
      7,
      8,
    ])
  })

  it('a number that cannot be exact is rejected rather than rounded', () => {
    const text = bodyOf(wire).replace('"1795172219334301441"', '1.795172219334301441e18')
    expect(decode('json', text).rejected.faults[0]?.reason).toMatch(/too large to be exact/)
  })

  it('text that speaks of long numbers stays as it was', () => {
    const name = 'says {"intValue":12345678901234567890,"endTimeUnixNano": 1795172219334301441}'
    expect(decode('json', bodyOf({ ...wire, name })).spans[0]?.name).toBe(name)
  })

  it('halves of surrogate pairs become the mark for what is no text', () => {
    const text = bodyOf({ ...wire, name: 'HALF' }).replace('HALF', '\\ud83d!')
    expect(decode('json', text).spans[0]?.name).toBe('\ufffd!')
  })

  it('a scope that cannot be read costs its own spans only', () => {
    const scopeSpans = [{ scope: { name: 7 }, spans: [wire, wire] }, { spans: [wire] }]
    const { spans, rejected } = decode('json', JSON.stringify({ resourceSpans: [{}, { scopeSpans }] }))
    expect(spans).toEqual([GOOD])
    const fault = { path: 'resourceSpans[1].scopeSpans[0].scope.name', reason: 'must be text' }
    expect(rejected).toEqual({
      count: 2,
      faults: [
        { index: 0, ...fault },
        { index: 1, ...fault },
      ],
    })
  })
})
