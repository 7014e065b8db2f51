import { encodeJson, encodeProtobuf } from '#ingest/otlp/encode.test-util.ts'
import type { OtlpAttributes, OtlpSpan } from '#ingest/otlp/span.ts'
import type { Random } from './random.ts'

/*
 * Runs of agents as spans of the GenAI conventions, of which every time and outcome is known beforehand: what
 * becomes of them can be compared field by field.
 */

export interface MadeCall {
  readonly callId: string
  readonly tool: string
  readonly startedAtMs: number
  readonly durationMs: number
  readonly outcome: 'ok' | 'error'
}

export interface MadeRun {
  readonly conversation: string
  /** Calls by turn, in the order of their emission. */
  readonly turns: readonly (readonly MadeCall[])[]
  /** Children before their parents, as they end. */
  readonly spans: readonly OtlpSpan[]
}

export interface RunShape {
  readonly turns: number
  /** At most so many calls a turn; at least one. */
  readonly maxCalls: number
}

const NS_PER_MS = 1_000_000n
const TOOLS = ['get_order', 'get_payment', 'get_shipment', 'check_fraud', 'search_docs', 'create_refund']
const RESOURCE: OtlpAttributes = { 'service.name': 'made-agent', 'deployment.environment.name': 'staging' }
const SCOPE = { name: 'made', version: '1.0.0', attributes: {} }

export function makeRun(random: Random, conversation: string, startedAtMs: number, shape: RunShape): MadeRun {
  const traceId = randomHex(random, 32)
  const turns: MadeCall[][] = []
  const spans: OtlpSpan[] = []
  const root = randomHex(random, 16)
  let atMs = startedAtMs
  for (let turn = 0; turn < shape.turns; turn++) {
    const modelMs = random.int(100, 900)
    const emittedAtMs = atMs + modelMs
    const calls = Array.from({ length: random.int(1, shape.maxCalls) }, () => makeCall(random, emittedAtMs))
    const parent = { traceId, parentSpanId: root }
    spans.push(span(random, parent, `chat model-1`, [atMs, emittedAtMs], chatAttributes(conversation, calls)))
    for (const call of calls) spans.push(toolSpan(random, parent, call))
    turns.push(calls)
    atMs = Math.max(...calls.map((call) => call.startedAtMs + call.durationMs)) + random.int(1, 20)
  }
  const agent = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'made-agent' }
  const whole = span(
    random,
    { traceId, parentSpanId: null },
    'invoke_agent made-agent',
    [startedAtMs, atMs],
    agent,
  )
  spans.push({ ...whole, spanId: root })
  return { conversation, turns, spans }
}

/** A request with these spans. */
export function encodeSpans(spans: readonly OtlpSpan[], encoding: 'json' | 'protobuf'): Buffer {
  return encoding === 'json' ? encodeJson(spans) : encodeProtobuf(spans)
}

export const CONTENT_TYPE = { json: 'application/json', protobuf: 'application/x-protobuf' } as const

function makeCall(random: Random, emittedAtMs: number): MadeCall {
  return {
    callId: `call_${randomText(random, 20)}7`,
    tool: random.pick(TOOLS),
    startedAtMs: emittedAtMs + random.int(1, 5),
    durationMs: random.int(5, 2_000),
    outcome: random.chance(0.1) ? 'error' : 'ok',
  }
}

function chatAttributes(conversation: string, calls: readonly MadeCall[]): OtlpAttributes {
  const parts = calls.map(({ callId, tool }) => ({
    type: 'tool_call',
    id: callId,
    name: tool,
    arguments: { order: `orders/${callId.slice(-6)}` },
  }))
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'provider-1',
    'gen_ai.request.model': 'model-1',
    'gen_ai.conversation.id': conversation,
    'gen_ai.agent.name': 'made-agent',
    'gen_ai.usage.input_tokens': 1_200,
    'gen_ai.usage.output_tokens': 90,
    'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts, finish_reason: 'tool_call' }]),
  }
}

function toolSpan(random: Random, parent: Parent, call: MadeCall): OtlpSpan {
  const { callId, tool, startedAtMs, durationMs, outcome } = call
  const attributes = {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': tool,
    'gen_ai.tool.call.id': callId,
    'gen_ai.tool.call.arguments': JSON.stringify({ order: `orders/${callId.slice(-6)}` }),
    'gen_ai.tool.call.result': JSON.stringify({
      order: `orders/${callId.slice(-6)}`,
      state: 'found',
      total: 84.5,
    }),
  }
  const made = span(
    random,
    parent,
    `execute_tool ${tool}`,
    [startedAtMs, startedAtMs + durationMs],
    attributes,
  )
  if (outcome === 'ok') return made
  return {
    ...made,
    attributes: { ...attributes, 'error.type': 'upstream_down' },
    status: { code: 2, message: 'upstream is down' },
  }
}

type Parent = Pick<OtlpSpan, 'traceId' | 'parentSpanId'>

function span(
  random: Random,
  parent: Parent,
  name: string,
  [startMs, endMs]: readonly [number, number],
  attributes: OtlpAttributes,
): OtlpSpan {
  return {
    ...parent,
    spanId: randomHex(random, 16),
    name,
    kind: 1,
    startUnixNano: BigInt(startMs) * NS_PER_MS,
    endUnixNano: BigInt(endMs) * NS_PER_MS,
    attributes,
    events: [],
    links: [],
    status: { code: 0, message: '' },
    resource: RESOURCE,
    scope: SCOPE,
  }
}

function randomHex(random: Random, digits: number): string {
  return Array.from({ length: digits }, () => random.int(1, 15).toString(16)).join('')
}

const LETTERS = [...'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789']

function randomText(random: Random, length: number): string {
  return Array.from({ length }, () => random.pick(LETTERS)).join('')
}
