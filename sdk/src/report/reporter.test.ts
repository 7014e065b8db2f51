import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { name, version } from '../../package.json'
import { FarEnd, json } from '../far-end.test-util.ts'
import { createParascope, type Diagnostic, type Parascope, type ParascopeOptions } from '../index.ts'
import { backoffMs, parseRetryAfterMs } from './delivery.ts'

let farEnd: FarEnd
let scopes: Parascope[] = []
let told: Diagnostic[] = []

beforeEach(async () => {
  farEnd = await FarEnd.open()
  scopes = []
  told = []
})
afterEach(async () => {
  await Promise.all(scopes.map((scope) => scope.shutdown(50)))
  await farEnd.close()
})

function open(options: Partial<ParascopeOptions> = {}): Parascope {
  const onDiagnostic = (diagnostic: Diagnostic) => told.push(diagnostic)
  const scope = createParascope({
    url: farEnd.url,
    agent: 'tester',
    modeUpdates: 'off',
    onDiagnostic,
    ...options,
  })
  scopes.push(scope)
  return scope
}

async function runBatches(scope: Parascope, count: number): Promise<void> {
  const runBatch = scope.executor({ run: () => 'x' })
  for (let turn = 0; turn < count; turn++) await runBatch([{ callId: 'a', tool: 't' }], { turn })
}

const requests = () => farEnd.heard.filter(({ path }) => path === '/api/v1/batches')
const turns = () => farEnd.batches.map(({ turn }) => turn)
const upTo = (count: number) => Array.from({ length: count }, (_, turn) => turn)

/** A server that speaks no HTTP, or not at all. */
async function openSocketServer(
  onSocket: (socket: Socket) => void,
): Promise<{ url: string; server: Server }> {
  const server = createServer(onSocket)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, server }
}

describe('reporting', () => {
  it('sends by itself, in order, several batches a request', async () => {
    const scope = open({ token: 'para_ingest_x' })
    await runBatches(scope, 250)
    await farEnd.until(() => farEnd.batches.length === 250)
    expect(turns()).toEqual(upTo(250))
    expect(requests().length).toBe(3)
    expect(requests()[0]?.authorization).toBe('Bearer para_ingest_x')
    expect(JSON.parse(requests()[0]?.body ?? '')).toMatchObject({ sdk: { name, version } })
    expect(await scope.flush()).toBe(true)
    expect(scope.stats()).toMatchObject({ queued: 0, sent: 250, accepted: 250, dropped: 0, retries: 0 })
  })

  it('keeps bodies small, and still sends a batch that is larger than that alone', async () => {
    const scope = open()
    const runBatch = scope.executor({ run: () => 'x' })
    const calls = Array.from({ length: 2_000 }, (_, i) => ({ callId: `c${i}`, tool: 'tool'.repeat(20) }))
    for (let turn = 0; turn < 4; turn++) await runBatch(calls, { turn })
    expect(await scope.flush()).toBe(true)
    expect(requests().length).toBe(4)
    expect(turns()).toEqual(upTo(4))
  })

  it('comes back after errors of the server until every batch is taken, once and in order', async () => {
    let failures = 3
    farEnd.onBatches = (request, response) => {
      if (failures-- > 0) json(response, 500, { broken: true })
      else farEnd.accept(request, response)
    }
    const scope = open()
    await runBatches(scope, 5)
    expect(await scope.flush(20_000)).toBe(true)
    expect(turns()).toEqual(upTo(5))
    expect(scope.stats()).toMatchObject({ retries: 3, accepted: 5, dropped: 0 })
    expect(told.map(({ code }) => code)).toEqual(['unreachable'])
  })

  it('does not come back before the server said, not even to flush', async () => {
    let busy = true
    farEnd.onBatches = (request, response) => {
      if (busy) json(response, 429, {}, { 'retry-after': '1' })
      else farEnd.accept(request, response)
      busy = false
    }
    const scope = open()
    await runBatches(scope, 1)
    expect(await scope.flush(100)).toBe(false)
    expect(await scope.flush(10_000)).toBe(true)
    const [first, second] = requests().map(({ at }) => at)
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(990)
  })

  it.each([400, 401, 403, 404, 415])(
    'drops what is refused with %i, counts it and goes on',
    async (status) => {
      let refusing = true
      farEnd.onBatches = (request, response) => {
        if (refusing) json(response, status, { title: 'no' })
        else farEnd.accept(request, response)
      }
      const scope = open()
      await runBatches(scope, 2)
      expect(await scope.flush()).toBe(true)
      refusing = false
      await runBatches(scope, 1)
      expect(await scope.flush()).toBe(true)
      expect(scope.stats()).toMatchObject({ dropped: 2, accepted: 1, retries: 0 })
      expect(told).toMatchObject([{ code: 'dropped', message: expect.stringContaining(`status ${status}`) }])
    },
  )

  it('splits what is too large for the server, and drops only the batch that is', async () => {
    farEnd.onBatches = (request, response) => {
      const { batches } = JSON.parse(request.body)
      if (batches.length > 2 || batches.some(({ turn }: { turn: number }) => turn === 5))
        json(response, 413, {})
      else farEnd.accept(request, response)
    }
    const scope = open()
    await runBatches(scope, 9)
    expect(await scope.flush()).toBe(true)
    expect(turns()).toEqual(upTo(9).filter((turn) => turn !== 5))
    expect(scope.stats()).toMatchObject({ dropped: 1, accepted: 8 })
  })

  it('counts what the server rejects and has already', async () => {
    farEnd.onBatches = (_, response) =>
      json(response, 200, {
        accepted: 1,
        duplicates: 1,
        rejected: [{ index: 2, path: 'turn', reason: 'no' }],
      })
    const scope = open()
    await runBatches(scope, 3)
    await scope.flush()
    expect(scope.stats()).toMatchObject({ sent: 3, accepted: 1, duplicates: 1, rejected: 1 })
    expect(told).toMatchObject([{ code: 'rejected', message: expect.stringContaining('turn') }])
  })

  it('drops the newest when the queue is full, counts them, and says so once', async () => {
    farEnd.onBatches = (_, response) => json(response, 503, {}, { 'retry-after': '60' })
    const scope = open({ maxQueuedBatches: 10 })
    await runBatches(scope, 1)
    await scope.flush(300)
    await runBatches(scope, 14)
    expect(scope.stats()).toMatchObject({ queued: 10, dropped: 5 })
    expect(told.map(({ code }) => code)).toEqual(['unreachable', 'dropped'])
    expect(await scope.shutdown(10)).toBe(false)
    expect(scope.stats()).toMatchObject({ queued: 0, dropped: 15 })
  })

  it('takes a server that answers nonsense for what it is', async () => {
    farEnd.onBatches = (_, response) => response.end('<html>hello</html>')
    const scope = open()
    await runBatches(scope, 2)
    expect(await scope.flush()).toBe(true)
    expect(scope.stats()).toMatchObject({ sent: 2, accepted: 0, dropped: 0 })
    expect(told).toMatchObject([{ code: 'answer' }])
  })

  it('is no trouble to the host while nobody listens', async () => {
    const { url, server } = await openSocketServer(() => {})
    await new Promise((resolve) => server.close(resolve))
    const scope = open({ url })
    await runBatches(scope, 3)
    expect(await scope.flush(30)).toBe(false)
    expect(scope.stats()).toMatchObject({ queued: 3, sent: 0 })
    expect(told).toMatchObject([{ code: 'unreachable', message: expect.stringContaining('ECONNREFUSED') }])
  })

  it.each([
    ['garbage', (socket: Socket) => socket.end('\u0000\u0001 nonsense\r\n\r\n')],
    ['an endless head', (socket: Socket) => socket.write(`HTTP/1.1 200 OK\r\n${'x-a: b\r\n'.repeat(5_000)}`)],
    ['silence', () => {}],
    ['a slammed door', (socket: Socket) => socket.destroy()],
  ])('is no trouble to the host while the server answers with %s', async (_, onSocket) => {
    const { url, server } = await openSocketServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => onSocket(socket))
    })
    const scope = open({ url, modeUpdates: 'stream' })
    await runBatches(scope, 3)
    expect(await scope.flush(100)).toBe(false)
    expect(scope.stats()).toMatchObject({ sent: 0, queued: 3 })
    await scope.shutdown(10)
    server.close()
  })

  it('stops at shutdown, once; what runs afterwards runs unrecorded', async () => {
    const scope = open()
    await runBatches(scope, 1)
    const first = scope.shutdown()
    expect(scope.shutdown()).toBe(first)
    expect(await first).toBe(true)
    await runBatches(scope, 2)
    expect(await scope.flush()).toBe(true)
    expect(farEnd.batches.length).toBe(1)
    expect(scope.stats()).toMatchObject({ accepted: 1, dropped: 2 })
  })

  it('can be switched off', async () => {
    const scope = open({ report: false })
    await runBatches(scope, 1)
    expect(await scope.flush()).toBe(true)
    expect(requests()).toEqual([])
  })

  it('logs a summary line a batch, on one line whatever the tools are called', async () => {
    const lines: string[] = []
    const scope = open({ log: (line) => lines.push(line) })
    await scope.executor({ run: () => Promise.reject(new Error('x')) })([{ callId: 'a', tool: 'a\nb' }])
    await scope.flush()
    expect(lines).toEqual([
      expect.stringMatching(/^parascope \S+ parallel: 1 calls in .* last a b .*1 error$/),
    ])
  })
})

describe('configuration', () => {
  it.each([
    [undefined],
    [null],
    [7],
    [{ url: 'not a url', agent: 'x' }],
    [{ url: 'ftp://example.org', agent: 'x' }],
    [{ url: 'http://127.0.0.1:1', agent: 'x', token: 'two\nlines' }],
    [
      {
        url: 'http://127.0.0.1:1',
        agent: { toString: 4 },
        environment: 5,
        maxQueuedBatches: 'many',
        log: 'yes',
      },
    ],
    [
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no')
          },
        },
      ),
    ],
    [
      Object.create(null, {
        url: {
          get() {
            throw new Error('no')
          },
        },
      }),
    ],
  ])('that is garbage throws nothing and changes nothing: %#', async (options) => {
    const scope = createParascope(options as never)
    scopes.push(scope)
    const [envelope] = await scope.executor({ run: () => 'fine' })([{ callId: 'a', tool: 't' }])
    expect(envelope).toEqual({ callId: 'a', status: 'ok', data: 'fine' })
    expect(scope.wrap(() => 5)()).toBe(5)
    expect(scope.mode()).toMatchObject({ mode: 'parallel', revision: null })
  })

  it('that is unusable is told once, also to a listener that throws', async () => {
    const codes: string[] = []
    const scope = open({
      url: 'nowhere',
      agent: '',
      onDiagnostic({ code }) {
        codes.push(code)
        throw new Error('listener')
      },
    })
    await runBatches(scope, 3)
    expect(await scope.flush()).toBe(true)
    expect(codes).toEqual(['config-agent', 'config-url'])
  })
})

describe('Retry-After and backoff', () => {
  it('reads seconds and dates, nothing else, and bounds them', () => {
    const nowMs = Date.parse('2026-11-20T12:00:00Z')
    expect(parseRetryAfterMs('3', nowMs)).toBe(3_000)
    expect(parseRetryAfterMs('Fri, 20 Nov 2026 12:00:05 GMT', nowMs)).toBe(5_000)
    expect(parseRetryAfterMs('Fri, 20 Nov 2026 11:00:05 GMT', nowMs)).toBe(0)
    expect(parseRetryAfterMs('999999', nowMs)).toBe(300_000)
    expect(parseRetryAfterMs('soon', nowMs)).toBe(null)
    expect(parseRetryAfterMs('', nowMs)).toBe(null)
    expect(parseRetryAfterMs(null, nowMs)).toBe(null)
  })

  it('spreads over the whole of a span that doubles up to its bound', () => {
    expect(backoffMs(0, 30_000, () => 1)).toBe(500)
    expect(backoffMs(3, 30_000, () => 1)).toBe(4_000)
    expect(backoffMs(50, 30_000, () => 1)).toBe(30_000)
    expect(backoffMs(50, 30_000, () => 0)).toBe(0)
  })
})
