import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeJson, findShapeFault } from './decode.ts'
import { RequestError } from './errors.ts'

const MAX_BYTES = 8 << 20
const decode = (body: string | Uint8Array, encoding = '') =>
  decodeJson(typeof body === 'string' ? Buffer.from(body) : body, { encoding, maxBytes: MAX_BYTES })

function refusalOf(run: () => unknown): { status: number; message: string } | null {
  try {
    run()
    return null
  } catch (error) {
    if (error instanceof RequestError) return { status: error.status, message: error.message }
    throw error
  }
}

describe('decoding a body', () => {
  it('gives the value back, packed or not', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(decode(text).value).toEqual(JSON.parse(text))
        expect(decode(gzipSync(text), 'gzip').value).toEqual(JSON.parse(text))
      }),
    )
  })

  it('refuses any other bytes with a status of the sender, never an error of ours', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('', 'gzip', 'br', 'gzip, gzip'),
        (body, encoding) => {
          const refusal = refusalOf(() => decode(body, encoding))
          if (refusal !== null) expect([400, 413, 415]).toContain(refusal.status)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ['nothing', '', '', 400, 'The body is empty.'],
    ['what is no JSON', '{"batches": NaN}', '', 400, /^The body is not JSON: Unexpected token/],
    ['half of a document', '{"batches": [', '', 400, /^The body is not JSON: /],
    ['bytes that are no text', Buffer.from([0x22, 0xff, 0x22]), '', 400, 'The body is not UTF-8.'],
    ['gzip that is none', 'hello', 'gzip', 400, 'The body is not valid gzip.'],
    ['gzip that breaks off', gzipSync('[1,2,3]').subarray(0, 15), 'gzip', 400, 'The body is not valid gzip.'],
    ['a packing that we have not', '[]', 'br', 415, /`br` is not supported/],
    ['more than is taken', Buffer.alloc(MAX_BYTES + 1, 0x20), '', 413, /larger than 8388608 bytes/],
    ['a bomb', gzipSync(Buffer.alloc(64 << 20, 0x20)), 'gzip', 413, /larger than 8388608 bytes/],
  ])('refuses %s', (_, body, encoding, status, message) => {
    const refusal = refusalOf(() => decode(body, encoding))
    expect(refusal?.status).toBe(status)
    expect(refusal?.message).toMatch(message)
  })

  it('reads past a mark of byte order', () => {
    expect(decode('\ufeff{"a":1}').value).toEqual({ a: 1 })
  })

  it('takes the last of two values under one key, as every JSON.parse', () => {
    expect(decode('{"mode":"serial","mode":"parallel"}').value).toEqual({ mode: 'parallel' })
  })

  it('says when the text may hold halves of surrogate pairs, and never misses one', () => {
    expect(decode('"\\ud83d\\ude00"').mayHoldLoneSurrogates).toBe(true)
    expect(decode('"\\uD800"').mayHoldLoneSurrogates).toBe(true)
    expect(decode('"😀 \\u00e9"').mayHoldLoneSurrogates).toBe(false)
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
        (text) => {
          if (!text.isWellFormed()) expect(decode(JSON.stringify(text)).mayHoldLoneSurrogates).toBe(true)
        },
      ),
    )
  })
})

describe('the shape of a large body', () => {
  const bytes = (text: string) => Buffer.from(text)

  it('may not nest without end', () => {
    expect(findShapeFault(bytes(`${'['.repeat(33)}${']'.repeat(33)}${' '.repeat(600)}`))).toMatch(
      /nests deeper/,
    )
    expect(findShapeFault(bytes(`${'['.repeat(32)}${']'.repeat(32)}${' '.repeat(600)}`))).toBeNull()
  })

  it('may not be brackets alone', () => {
    expect(findShapeFault(bytes(`[${'{},'.repeat(1_000)}{}]`))).toMatch(/nothing but brackets/)
  })

  it('may be a batch of calls with nothing but empty lists', () => {
    const call =
      '{"call_id":"1","tool":"t","outcome":"ok","start_ms":0,"duration_ms":1,"resources":[],"depends_on":[],"args_fp":[],"result_fp":[]}'
    expect(findShapeFault(bytes(`{"batches":[{"calls":[${new Array(1_000).fill(call)}]}]}`))).toBeNull()
  })

  it('is not read from inside of text', () => {
    expect(findShapeFault(bytes(JSON.stringify(`${'[{'.repeat(500)}\\"`)))).toBeNull()
  })
})
