import { describe, expect, it } from 'vitest'
import type { DecodedSpans } from './collect.ts'
import { CONTENT_TYPES, encodeResponse, encodeStatus, encodingOf, type Refusal } from './response.ts'
import { GOOD } from './spans.test-util.ts'
import { WireReader } from './wire.ts'

const FAULT = { index: 1, path: 'resourceSpans[0].scopeSpans[0].spans[1].traceId', reason: 'is required' }
const ACCEPTED: DecodedSpans = { spans: [GOOD], rejected: { count: 0, faults: [] } }
const PARTIAL: DecodedSpans = { spans: [GOOD], rejected: { count: 1, faults: [FAULT] } }

const readJson = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString())

/** The fields of a message by number, in order; those in `messages` are read as messages. */
function readMessage(bytes: Uint8Array, messages: readonly number[] = []): [number, unknown][] {
  const reader = new WireReader(bytes)
  const fields: [number, unknown][] = []
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1 && messages.length === 0) fields.push([field, readEither(reader)])
    else if (messages.includes(field)) fields.push([field, reader.bytes('message')])
    else fields.push([field, reader.text('text')])
  }
  return fields
}

function readEither(reader: WireReader): unknown {
  const { position, limit } = reader
  try {
    return reader.int64('number')
  } catch {
    reader.seek(position, limit)
    return reader.text('text')
  }
}

describe('the content type', () => {
  it.each([
    ['application/json', 'json'],
    ['application/json; charset=utf-8', 'json'],
    ['APPLICATION/X-PROTOBUF', 'protobuf'],
    ['application/x-protobuf;messageType="x"', 'protobuf'],
    ['application/protobuf', null],
    ['text/json', null],
    ['', null],
  ])('%s names %s', (contentType, encoding) => {
    expect(encodingOf(contentType)).toBe(encoding)
  })

  it('of an answer is that of its request', () => {
    expect(encodingOf(CONTENT_TYPES.json)).toBe('json')
    expect(encodingOf(CONTENT_TYPES.protobuf)).toBe('protobuf')
  })
})

describe('the answer to a request that was read', () => {
  it('leaves partial success unset when all was taken', () => {
    expect(readJson(encodeResponse('json', ACCEPTED))).toEqual({})
    expect(encodeResponse('protobuf', ACCEPTED)).toHaveLength(0)
  })

  it('says how many spans were rejected, and why', () => {
    const errorMessage = `1 of 2 spans were rejected: ${FAULT.path} ${FAULT.reason}.`
    expect(readJson(encodeResponse('json', PARTIAL))).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage },
    })
    const [[field, partialSuccess] = []] = readMessage(encodeResponse('protobuf', PARTIAL), [1])
    expect(field).toBe(1)
    expect(readMessage(partialSuccess as Uint8Array)).toEqual([
      [1, 1],
      [2, errorMessage],
    ])
  })

  it('does not grow with the number of faults', () => {
    const faults = new Array(20).fill(FAULT)
    const body = encodeResponse('json', { spans: [], rejected: { count: 70_000, faults } })
    expect(readJson(body).partialSuccess).toMatchObject({ rejectedSpans: '70000' })
    expect(readJson(body).partialSuccess.errorMessage).toMatch(/^70000 of 70000 spans .*; and 69995 more\.$/)
    expect(body.byteLength).toBeLessThan(1_000)
  })
})

describe('the answer to a request that was refused', () => {
  const refusal: Refusal = {
    status: 400,
    message: '`resourceSpans[0]` breaks off.',
    faults: [{ path: 'resourceSpans[0]', reason: 'breaks off' }],
  }

  it('is a google.rpc.Status that names the fields at fault', () => {
    expect(readJson(encodeStatus('json', refusal))).toEqual({
      code: 3,
      message: refusal.message,
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations: [{ field: 'resourceSpans[0]', description: 'breaks off' }],
        },
      ],
    })
    const status = encodeStatus('protobuf', refusal)
    const reader = new WireReader(status)
    expect([reader.nextField(), reader.int64('code')]).toEqual([1, 3])
    expect([reader.nextField(), reader.text('message')]).toEqual([2, refusal.message])
    expect(reader.nextField()).toBe(3)
    const detail = readMessage(reader.bytes('details'), [2])
    expect(reader.nextField()).toBe(0)
    expect(detail[0]).toEqual([1, 'type.googleapis.com/google.rpc.BadRequest'])
    const [[field, violation] = []] = readMessage(detail[1]?.[1] as Uint8Array, [1])
    expect(field).toBe(1)
    expect(readMessage(violation as Uint8Array)).toEqual([
      [1, 'resourceSpans[0]'],
      [2, 'breaks off'],
    ])
  })

  it.each([
    [400, 3],
    [401, 16],
    [403, 7],
    [413, 3],
    [415, 3],
    [429, 8],
    [500, 13],
    [503, 14],
  ])('with status %i has the code %i', (status, code) => {
    const plain = { status, message: 'No.', faults: [] }
    expect(readJson(encodeStatus('json', plain))).toEqual({ code, message: 'No.' })
    expect(readMessage(encodeStatus('protobuf', plain))).toEqual([
      [1, code],
      [2, 'No.'],
    ])
  })
})
