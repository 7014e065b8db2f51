import { expect } from 'vitest'
import { GET as listBatches } from '../../app/api/v1/batches/route.ts'
import { GET as getRun } from '../../app/api/v1/runs/[runId]/route.ts'
import type { BatchList, Run, WireBatch } from '../../lib/contract/reads.ts'
import { type LocalServer, startLocalServer } from '../../tests/testing/local-server.ts'
import { waitUntil } from '../../tests/testing/wait-until.ts'
import { MODEL_LASTS_MS, TOKENS, type Truth } from './refund.ts'
import { type AgentRun, runAgent } from './run-agent.ts'

type ToldCall = WireBatch['calls'][number]

/** What an instrumentation cannot tell. */
export interface Limits {
  /** Nothing watches the tools: what was emitted is known, and no times. */
  readonly untimed?: boolean
  /** Nothing tells what the model emitted: the calls are known in the order in which they began. */
  readonly unordered?: boolean
  /** Its callbacks run beside the tools: a span may begin when its tool has long begun. */
  readonly lateStarts?: boolean
  /** Nothing names the agent: it goes by the name of the service. */
  readonly unnamed?: boolean
  /** Nothing counts the tokens. */
  readonly uncounted?: boolean
}

/** What is between a tool's body and its span: half of it is that spans of JavaScript begin at whole milliseconds. */
const TOLERANCE_MS = 2

/** Starts a server on which batches of spans wait for no more spans than a test needs. */
export function startSpanServer(): Promise<LocalServer> {
  return startLocalServer({ spans: { quietMs: 60_000, maxBufferBytes: 64 << 20, capturesContent: false } })
}

/** Runs an agent with its exporter at the server, and holds what the server tells of it against the truth. */
export async function expectTrueBatches(
  server: LocalServer,
  run: Omit<AgentRun, 'endpoint'>,
  limits: Limits = {},
): Promise<void> {
  const truths = await runAgent({ ...run, endpoint: server.url })
  const turns = truths.flatMap((truth) => truth.emitted.map((calls, i) => ({ truth, calls, turn: i + 1 })))
  const batches = await settledBatches(server, run.environment, turns.length)
  expect(batches.map(({ turn }) => turn)).toEqual(turns.map(({ turn }) => turn))
  batches.forEach((batch, i) => {
    const { truth, calls } = turns[i] ?? { truth: truths[0], calls: [] }
    if (truth === undefined) throw new Error('The agent told of no case.')
    expectBatch(batch, calls, limits)
    for (const call of batch.calls) expectCall(batch, call, truth, limits)
    expectOverlap(batch, truth)
  })
  await expectRuns(batches, truths)
}

/*
 * The routes of the pages' side are asked in this process, where the server publishes its store: to serve them over
 * HTTP, it would need the built pages.
 */
const ask = (path: string) => new Request(new URL(path, 'http://localhost'))

async function answerOf<T>(answered: Promise<Response>): Promise<T> {
  const response = await answered
  expect(response.status).toBe(200)
  return response.json()
}

/** Every batch of the environment, oldest first, once none can change any more. */
async function settledBatches(server: LocalServer, environment: string, count: number): Promise<WireBatch[]> {
  const settled = await server.client.ask('/api/v1/otlp/settle', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  expect(settled.status).toBe(202)
  let batches: WireBatch[] = []
  await waitUntil('the batches of the spans are final', async () => {
    const list: BatchList = await answerOf(listBatches(ask(`/api/v1/batches?environment=${environment}`)))
    batches = list.batches
    return batches.length >= count && batches.every(({ provisional }) => !provisional)
  })
  return batches.toSorted((a, b) => a.started_at - b.started_at)
}

function expectBatch(batch: WireBatch, calls: Truth['emitted'][number], limits: Limits): void {
  const told = batch.calls.map(({ call_id, tool }) => ({ callId: call_id, tool }))
  const planned = calls.map(({ callId, tool }) => ({ callId, tool }))
  if (limits.unordered === true) expect(told.toSorted(byId)).toEqual(planned.toSorted(byId))
  else {
    expect(told).toEqual(planned)
    expect(batch.emitted_calls).toBe(calls.length)
  }
  const tokens = limits.uncounted === true ? null : TOKENS
  expect(batch).toMatchObject({
    size: calls.length,
    source: 'otlp',
    agent: limits.unnamed === true ? 'refund-service' : 'refund-agent',
    version: '1.4.2',
    model: expect.stringMatching(/(^|\/)scripted-1$/),
    input_tokens: tokens?.input ?? null,
    output_tokens: tokens?.output ?? null,
  })
  expect(batch.model_ms).toBeGreaterThanOrEqual(MODEL_LASTS_MS - TOLERANCE_MS)
}

function byId(a: { callId: string }, b: { callId: string }): number {
  return a.callId.localeCompare(b.callId)
}

function expectCall(batch: WireBatch, call: ToldCall, truth: Truth, limits: Limits): void {
  const observed = truth.observed.find(({ callId }) => callId === call.call_id)
  if (observed === undefined) throw new Error(`${call.tool} never ran.`)
  if (limits.untimed === true) {
    expect(call).toMatchObject({ start_ms: null, duration_ms: null })
    return
  }
  expect(call.outcome, call.tool).toBe(observed.outcome)
  const startedAtMs = batch.started_at + (call.start_ms ?? Number.NaN)
  const endedAtMs = startedAtMs + (call.duration_ms ?? Number.NaN)
  // A span holds its tool's body, and no more than the framework's own work and what the process stood still.
  const mostMs = TOLERANCE_MS + truth.stalledMs
  const earliestMs = limits.lateStarts === true ? -mostMs : -TOLERANCE_MS
  expectWithin(observed.startedAtMs - startedAtMs, earliestMs, mostMs, `${call.tool} before its body`)
  expectWithin(endedAtMs - observed.endedAtMs, -TOLERANCE_MS, mostMs, `${call.tool} after its body`)
}

function expectWithin(value: number, least: number, most: number, what: string): void {
  expect(value, what).toBeGreaterThanOrEqual(least)
  expect(value, what).toBeLessThanOrEqual(most)
}

/** Any two calls are told to have run beside each other for as long as they did, or as far apart as they were. */
function expectOverlap(batch: WireBatch, truth: Truth): void {
  const ran = batch.calls.flatMap((call) => {
    const observed = truth.observed.find(({ callId }) => callId === call.call_id)
    const { start_ms: start, duration_ms: duration } = call
    if (observed === undefined || start === null || duration === null) return []
    const { startedAtMs, endedAtMs } = observed
    return [{ told: [start, start + duration] as const, true: [startedAtMs, endedAtMs] as const }]
  })
  for (const [i, a] of ran.entries()) {
    for (const b of ran.slice(i + 1)) {
      const error = overlap(a.told, b.told) - overlap(a.true, b.true)
      const mostMs = 2 * (TOLERANCE_MS + truth.stalledMs)
      expectWithin(error, -mostMs, mostMs, 'how long two calls ran beside each other')
    }
  }
}

type Interval = readonly [start: number, end: number]

/** Negative for intervals that are apart. */
function overlap(a: Interval, b: Interval): number {
  return Math.min(a[1], b[1]) - Math.max(a[0], b[0])
}

/** Each case is a run of its own, with its turns in order. */
async function expectRuns(batches: readonly WireBatch[], truths: readonly Truth[]): Promise<void> {
  const ids = [...new Set(batches.map(({ run_id }) => run_id))]
  expect(ids).toHaveLength(truths.length)
  for (const [i, id] of ids.entries()) {
    const runId = id ?? ''
    const run: Run = await answerOf(
      getRun(ask(`/api/v1/runs/${runId}`), { params: Promise.resolve({ runId }) }),
    )
    const { turns } = run
    const told = turns.map((turn) => turn.batches.map(({ calls }) => calls.length))
    expect(told).toEqual(truths[i]?.emitted.map((calls) => [calls.length]))
  }
}
