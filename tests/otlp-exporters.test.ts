import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openForWriting } from '#db/sqlite/open.ts'
import type { WireBatch } from '#lib/contract/reads.ts'
import { type LocalServer, startLocalServer } from './testing/local-server.ts'
import { type AgentTurn, traceTurn } from './testing/otlp-agent.ts'
import { listSpanBatches } from './testing/otlp-read.ts'
import { waitUntil } from './testing/wait-until.ts'

/*
 * The exporters that people use, as they come from npm, against a server: what they send is understood, and what
 * they are answered does with them what it should.
 */

const EXPORTERS = [
  { encoding: 'JSON', Exporter: JsonExporter, compression: 'none' },
  { encoding: 'JSON', Exporter: JsonExporter, compression: 'gzip' },
  { encoding: 'protobuf', Exporter: ProtobufExporter, compression: 'none' },
  { encoding: 'protobuf', Exporter: ProtobufExporter, compression: 'gzip' },
] as const
type Which = (typeof EXPORTERS)[number]

/** Two bodies of this size are all that may be under way at once. */
const LARGE_BODY_BYTES = 48 << 20

let dataDir: string
let server: LocalServer
const log: string[] = []
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'parascope-exporters-'))
  server = await startLocalServer({ dataDir, maxBodyBytes: LARGE_BODY_BYTES + 1 })
  log.length = 0
  const note = (...words: unknown[]) => void log.push(words.join(' '))
  const logger: DiagLogger = { error: note, warn: note, info: note, debug: note, verbose: note }
  diag.setLogger(logger, { logLevel: DiagLogLevel.VERBOSE, suppressOverrideMessage: true })
})
afterEach(async () => {
  diag.disable()
  await server.stop()
  await rm(dataDir, { recursive: true, force: true })
})

const RESOURCE = resourceFromAttributes({
  'service.name': 'refunds',
  'service.version': '4.2.0',
  'deployment.environment.name': 'staging',
})

/** What an agent has that is told by this exporter; its spans are sent when it is flushed. */
function instrument({ Exporter, compression }: Which, headers: Record<string, string> = {}) {
  const url = `${server.url}/v1/traces`
  const exporter = new Exporter({ url, headers, compression: compression as never })
  const provider = new TracerProvider({
    resource: RESOURCE,
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  return { provider, tracer: provider.getTracer('agent', '1.0.0') }
}

const NOW_MS = Date.now()
function turnOf(conversation: string): AgentTurn {
  const [a, b, c] = ['a1B2c3D4', 'e5F6g7H8', 'i9J0k1L2'].map((id) => `call_${conversation}${id}`) as [
    string,
    string,
    string,
  ]
  return {
    agent: 'refund-agent',
    conversation,
    startedAtMs: NOW_MS,
    modelMs: 800,
    calls: [
      { id: a, tool: 'get_order', startMs: 1, durationMs: 120 },
      { id: b, tool: 'get_payment', startMs: 2, durationMs: 250 },
      { id: c, tool: 'check_fraud', startMs: 2, durationMs: 40, fails: true },
    ],
  }
}

async function waitForFinal(conversation: string): Promise<WireBatch> {
  let found: WireBatch | undefined
  await waitUntil(`the batch of ${conversation} is final`, async () => {
    found = (await listSpanBatches(server)).find(
      (batch) => batch.run_id === conversation && !batch.provisional,
    )
    return found !== undefined
  })
  return found as WireBatch
}

function expectTurn(batch: WireBatch, turn: AgentTurn): void {
  const [first] = turn.calls
  expect(batch).toMatchObject({
    run_id: turn.conversation,
    turn: 1,
    agent: 'refund-agent',
    environment: 'staging',
    version: '4.2.0',
    provider: 'provider-1',
    model: 'model-1',
    model_ms: turn.modelMs,
    emitted_calls: turn.calls.length,
    size: turn.calls.length,
    source: 'otlp',
    evidence: 'call-id',
    started_at: turn.startedAtMs + turn.modelMs + (first?.startMs ?? 0),
    mode: null,
  })
  expect(
    batch.calls.map(({ call_id, tool, start_ms, duration_ms, outcome, error_code }) => [
      call_id,
      tool,
      start_ms,
      duration_ms,
      outcome,
      error_code,
    ]),
  ).toEqual(
    turn.calls.map(({ id, tool, startMs, durationMs, fails }) => [
      id,
      tool,
      startMs - (first?.startMs ?? 0),
      durationMs,
      fails ? 'error' : 'ok',
      fails ? 'upstream_down' : null,
    ]),
  )
}

describe.each(EXPORTERS)('the $encoding exporter with $compression compression', (which) => {
  it('makes batches of what it exports, with every time as it was', async () => {
    const { provider, tracer } = instrument(which)
    const turns = ['one', 'two', 'three'].map((name) =>
      turnOf(`${which.encoding}${which.compression}${name}`),
    )
    for (const turn of turns) traceTurn(tracer, turn)
    await provider.forceFlush()
    for (const turn of turns) expectTurn(await waitForFinal(turn.conversation), turn)
    expect(await listSpanBatches(server)).toHaveLength(turns.length)
    expect(log.filter((line) => /partial|fail|could not/i.test(line))).toEqual([])
    await provider.shutdown()
  })

  it('is told of a span that was refused, which costs its neighbours nothing', async () => {
    const { provider, tracer } = instrument(which)
    const turn = turnOf(`${which.encoding}${which.compression}beside`)
    // Clocks that were never set are the commonest fault of devices.
    tracer.startSpan('execute_tool late', { startTime: new Date(5_000) }).end(new Date(6_000))
    traceTurn(tracer, turn)
    await provider.forceFlush()
    expectTurn(await waitForFinal(turn.conversation), turn)
    const told = log.filter((line) => line.includes('Partial Success'))
    expect(told).toHaveLength(1)
    expect(told[0]).toContain(
      '1 of 6 spans were rejected: resourceSpans[0].scopeSpans[0].spans[0].startTimeUnixNano',
    )
    expect(told[0]).toMatch(/"rejectedSpans":"?1"?/)
    await provider.shutdown()
  })

  it('comes back while the storage is at fault, and then loses nothing', async () => {
    const { provider, tracer } = instrument(which)
    const turn = turnOf(`${which.encoding}${which.compression}faulty`)
    const other = openForWriting(path.join(dataDir, 'parascope.db'))
    other.exec('begin immediate')
    traceTurn(tracer, turn)
    const flushed = provider.forceFlush()
    await waitUntil('the exporter is told to come back', () =>
      log.some((line) => line.includes('Scheduling export retry')),
    )
    other.close()
    await flushed
    expect(log.some((line) => /Export succeeded after [1-5] retry attempts/.test(line))).toBe(true)
    expectTurn(await waitForFinal(turn.conversation), turn)
    await provider.shutdown()
  })
})

describe('the exporters', () => {
  it('come back when too much is under way', async () => {
    const { provider, tracer } = instrument(EXPORTERS[3])
    const turn = turnOf('crowded')
    const crowd = [crowdIn(), crowdIn()]
    await waitUntil(
      'nothing more may be under way',
      async () => (await server.client.postBatches('{"batches":[]}')).status === 429,
    )
    traceTurn(tracer, turn)
    const flushed = provider.forceFlush()
    await waitUntil('the exporter is told to come back', () =>
      log.some((line) => line.includes('Scheduling export retry')),
    )
    for (const socket of crowd) socket.destroy()
    await flushed
    expectTurn(await waitForFinal(turn.conversation), turn)
    await provider.shutdown()
  })

  it.each([EXPORTERS[0], EXPORTERS[2]])(
    'do not repeat what will never be taken: $encoding',
    async (which) => {
      // Who claims to have packed what is not packed is answered 400, and would be again.
      const { provider, tracer } = instrument(which, { 'content-encoding': 'gzip' })
      traceTurn(tracer, turnOf('garbled'))
      await provider.forceFlush().catch(() => undefined)
      expect(log.some((line) => line.includes('Scheduling export retry'))).toBe(false)
      expect(log.filter((line) => line.includes('non-retryable'))).toEqual([
        expect.stringContaining('Bad Request'),
      ])
      await provider.shutdown()
      expect(await listSpanBatches(server)).toEqual([])
    },
  )

  it('sent twice what they sent before, and it is counted and changes nothing', async () => {
    const turn = turnOf('repeated')
    for (let i = 0; i < 2; i++) {
      const exporter = new ProtobufExporter({ url: `${server.url}/v1/traces` })
      const provider = new TracerProvider({
        idGenerator: { generateTraceId: () => '0af7651916cd43dd8448eb211c80319c', generateSpanId: spanIds() },
        resource: RESOURCE,
        spanProcessors: [new BatchSpanProcessor({ exporter })],
      })
      traceTurn(provider.getTracer('agent', '1.0.0'), turn)
      await provider.shutdown()
      const batch = await waitForFinal(turn.conversation)
      expectTurn(batch, turn)
      expect(batch.revision).toBe(1)
    }
    const { text } = await server.client.ask('/metrics')
    expect(text).toContain('parascope_spans_total{result="accepted"} 5')
    expect(text).toContain('parascope_spans_total{result="duplicate"} 5')
  })
})

/** A body that takes its share of what may be under way, and never ends. */
function crowdIn(): Socket {
  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  socket.write(
    `POST /api/v1/batches HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${LARGE_BODY_BYTES + 1}\r\n\r\n`,
  )
  socket.write(Buffer.alloc(LARGE_BODY_BYTES, ' '))
  return socket
}

function spanIds(): () => string {
  let made = 0
  return () => {
    made += 1
    return made.toString(16).padStart(16, '0')
  }
}
