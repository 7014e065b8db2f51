import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalServer, startLocalServer } from './testing/local-server.ts'
import { type OtlpAnswer, postSpans, readPartialSuccess, readStatus } from './testing/otlp-client.ts'
import { expectedTurns, listSpanBatches, tellTurns } from './testing/otlp-read.ts'
import { CONTENT_TYPE, encodeSpans, makeRun } from './testing/otlp-runs.ts'
import { createRandom } from './testing/random.ts'
import { waitUntil } from './testing/wait-until.ts'

/* `POST /v1/traces` to the letter: https://opentelemetry.io/docs/specs/otlp/#otlphttp */

const MAX_BODY_BYTES = 1 << 20
const ENCODINGS = ['json', 'protobuf'] as const
const INVALID_ARGUMENT = 3
const random = createRandom(4)
const NOW_MS = Date.now()

let server: LocalServer
beforeAll(async () => {
  server = await startLocalServer({ maxBodyBytes: MAX_BODY_BYTES })
})
afterAll(() => server.stop())

let made = 0
function oneRun() {
  made += 1
  return makeRun(random, `conversation-${made}`, NOW_MS, { turns: 1, maxCalls: 4 })
}

function post(
  encoding: (typeof ENCODINGS)[number],
  body: Uint8Array | string,
  headers: Record<string, string> = {},
) {
  return postSpans(server.url, body, { 'content-type': CONTENT_TYPE[encoding], ...headers })
}

/** The turns of a conversation once there are so many calls in them. */
async function readTurns(conversation: string, calls: number): Promise<unknown[]> {
  let told: unknown[] = []
  await waitUntil(`${conversation} is told whole`, async () => {
    const own = (await listSpanBatches(server)).filter(({ run_id }) => run_id === conversation)
    told = tellTurns(own)
    return own.reduce((sum, batch) => sum + batch.size, 0) >= calls
  })
  return told
}

function expectStatus(answer: OtlpAnswer, status: number, encoding: string, message: RegExp): void {
  expect([answer.status, answer.headers.get('content-type')]).toEqual([status, encoding])
  expect(readStatus(answer)).toMatchObject({
    code: INVALID_ARGUMENT,
    message: expect.stringMatching(message),
  })
}

describe.each(ENCODINGS)('spans in %s', (encoding) => {
  it.each(['identity', 'gzip', 'GZIP'])(
    'are taken as %s, and answered in the same encoding',
    async (packing) => {
      const run = oneRun()
      const body = encodeSpans(run.spans, encoding)
      const answer = await post(encoding, /gzip/i.test(packing) ? gzipSync(body) : body, {
        'content-encoding': packing,
      })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-type')).toBe(CONTENT_TYPE[encoding])
      expect(answer.headers.get('content-encoding')).toBeNull()
      // Nothing was refused, so that `partial_success` must not be set.
      expect(answer.body.toString()).toBe(encoding === 'json' ? '{}' : '')
      expect(await readTurns(run.conversation, run.turns[0]?.length ?? 0)).toEqual(expectedTurns(run))
    },
  )

  it('are taken under a content type of any spelling', async () => {
    const type = CONTENT_TYPE[encoding]
    for (const spelling of [type.toUpperCase(), `${type}; charset=utf-8`, ` ${type} ;x=y`])
      expect(
        (await post(encoding, encodeSpans(oneRun().spans, encoding), { 'content-type': spelling })).status,
      ).toBe(200)
  })

  it('are refused one by one, and told how many and why', async () => {
    const run = oneRun()
    const [first, ...rest] = run.spans
    if (first === undefined) throw new Error('a run has spans')
    const bad = [
      { ...first, traceId: '' },
      { ...first, spanId: '0'.repeat(16) },
      { ...first, startUnixNano: 0n },
    ]
    const answer = await post(encoding, encodeSpans([...bad, first, ...rest], encoding))
    expect(answer.status).toBe(200)
    expect(readPartialSuccess(answer)).toEqual({
      rejected: 3,
      message: expect.stringMatching(
        /^3 of \d+ spans were rejected: resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[0\]\.traceId is required; .*spanId must not be all zeros; .*startTimeUnixNano is required\.$/,
      ),
    })
    expect(await readTurns(run.conversation, run.turns[0]?.length ?? 0)).toEqual(expectedTurns(run))
  })

  it('that are none are taken', async () => {
    for (const body of encoding === 'json'
      ? ['{}', '{"resourceSpans":[]}', '{"resourceSpans":null}']
      : ['']) {
      const answer = await post(encoding, body)
      expect([answer.status, readPartialSuccess(answer)]).toEqual([200, null])
    }
  })

  it.each<[string, () => Buffer, RegExp]>([
    ['that cannot be read', () => Buffer.from('\u0001 no spans'), /./],
    ['that break off', () => encodeSpans(oneRun().spans, encoding).subarray(0, -3), /./],
  ])('%s are answered 400 with a Status', async (_, body, message) => {
    expectStatus(await post(encoding, body()), 400, CONTENT_TYPE[encoding], message)
  })

  it('that are too many bytes are answered 413, packed or not', async () => {
    const large = Buffer.alloc(MAX_BODY_BYTES + 1, ' ')
    expectStatus(await post(encoding, large), 413, CONTENT_TYPE[encoding], /larger than 1048576 bytes/)
    const packed = gzipSync(Buffer.alloc(64 << 20, ' '))
    expect(packed.byteLength).toBeLessThan(MAX_BODY_BYTES)
    const answer = await post(encoding, packed, { 'content-encoding': 'gzip' })
    expectStatus(answer, 413, CONTENT_TYPE[encoding], /larger than 1048576 bytes/)
  })

  it('that are not packed as they say are answered 400, and in an unknown way 415', async () => {
    const body = encodeSpans(oneRun().spans, encoding)
    expectStatus(
      await post(encoding, body, { 'content-encoding': 'gzip' }),
      400,
      CONTENT_TYPE[encoding],
      /gzip/,
    )
    expectStatus(await post(encoding, body, { 'content-encoding': 'br' }), 415, CONTENT_TYPE[encoding], /br/)
  })
})

describe('spans in JSON', () => {
  const span = {
    traceId: '0AF7651916CD43DD8448EB211C80319C',
    spanId: 'B7AD6B7169203331',
    name: 'execute_tool get_order',
    kind: 1,
  }
  const times = { startTimeUnixNano: `${NOW_MS}123456`, endTimeUnixNano: `${NOW_MS + 250}654321` }
  const attributes = [
    { key: 'gen_ai.operation.name', value: { stringValue: 'execute_tool' } },
    { key: 'gen_ai.tool.name', value: { stringValue: 'get_order' } },
  ]
  const send = (traceId: string, change: object) => {
    const spans = [{ ...span, traceId, ...times, attributes, ...change }]
    return post(
      'json',
      JSON.stringify({
        resourceSpans: [{ scopeSpans: [{ spans, unknown: 1 }], schemaUrl: 'x' }],
        unknown: {},
      }),
    )
  }
  const traceId = (digit: string) => digit.repeat(32)

  it.each<[string, string, object]>([
    ['ids in capitals and 64-bit numbers as text', 'A', {}],
    [
      '64-bit numbers as numbers',
      'b',
      { startTimeUnixNano: NOW_MS * 1e6, endTimeUnixNano: (NOW_MS + 250) * 1e6 },
    ],
    ['unknown fields', 'c', { flags: 257, droppedAttributesCount: 3, madeUp: { deep: [1] } }],
    ['empty lists and nulls', 'd', { parentSpanId: '', events: null, links: [], status: {}, traceState: '' }],
    ['a status by its number', 'e', { status: { code: 2, message: 'no' } }],
  ])('may have %s', async (_, digit, change) => {
    const answer = await send(traceId(digit), change)
    expect([answer.status, readPartialSuccess(answer)]).toEqual([200, null])
    expect(await readTurns(traceId(digit).toLowerCase(), 1)).toMatchObject([
      { calls: [{ tool: 'get_order' }] },
    ])
  })

  it.each<[string, object, string]>([
    ['an id in Base64', { spanId: 't61rcWkgMzE=' }, 'spanId'],
    ['an enum by its name', { kind: 'SPAN_KIND_CLIENT' }, 'kind'],
    ['a time that is no number', { startTimeUnixNano: 'noon' }, 'startTimeUnixNano'],
    [
      'fields in snake case, which are unknown',
      { startTimeUnixNano: undefined, start_time_unix_nano: '1' },
      'startTimeUnixNano',
    ],
  ])('are refused for %s', async (_, change, field) => {
    const partial = readPartialSuccess(await send(traceId('f'), change))
    expect(partial).toEqual({ rejected: 1, message: expect.stringContaining(`spans[0].${field} `) })
  })
})

describe('the path', () => {
  it('takes nothing but POST', async () => {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const answer = await fetch(`${server.url}/v1/traces`, { method })
      expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, 'POST'])
    }
  })

  it.each(['text/plain', 'application/grpc', 'application/json+x', 'multipart/form-data'])(
    'does not take %s',
    async (type) => {
      const answer = await postSpans(server.url, '{}', { 'content-type': type })
      expectStatus(
        answer,
        415,
        'application/json',
        /must be application\/x-protobuf or application\/json, not `/,
      )
    },
  )

  it('does not take bytes of which nobody says what they are', async () => {
    expectStatus(
      await postSpans(server.url, '{}', {}),
      415,
      'application/json',
      /must be application\/x-protobuf/,
    )
  })

  it('is not for pages of other origins', async () => {
    const answer = await post('json', '{}', { origin: 'https://elsewhere.example' })
    expect([answer.status, readStatus(answer).code]).toEqual([403, 7])
  })

  it('counts spans that come again, also in the other encoding, and changes nothing for them', async () => {
    const run = oneRun()
    const [calls] = run.turns
    await post('json', encodeSpans(run.spans, 'json'))
    const told = await readTurns(run.conversation, calls?.length ?? 0)
    const before = await countSpans('duplicate')
    await post('protobuf', encodeSpans(run.spans, 'protobuf'))
    await post('json', encodeSpans(run.spans, 'json'))
    expect((await countSpans('duplicate')) - before).toBe(run.spans.length * 2)
    expect(await readTurns(run.conversation, calls?.length ?? 0)).toEqual(told)
  })
})

async function countSpans(result: string): Promise<number> {
  const { text } = await server.client.ask('/metrics')
  return Number(new RegExp(`parascope_spans_total\\{result="${result}"\\} (\\d+)`).exec(text)?.[1])
}
