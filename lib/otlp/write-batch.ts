import type { ExportLine, WireCall } from '#lib/contract/reads.ts'
import { hashToHex } from './hash-to-hex.ts'

/*
 * A batch in the words of others: OTLP/JSON (opentelemetry-proto 1.x, ids in hexadecimal, 64-bit integers as text)
 * by OpenTelemetry's semantic conventions for generative AI.
 */

/** A value of an attribute in OTLP/JSON. */
type OtlpJsonValue =
  | { readonly stringValue: string }
  | { readonly intValue: string }
  | { readonly boolValue: boolean }

interface OtlpJsonAttribute {
  readonly key: string
  readonly value: OtlpJsonValue
}

interface OtlpJsonSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly OtlpJsonAttribute[]
  readonly status: { readonly code?: number; readonly message?: string }
}

/** An ExportTraceServiceRequest with the spans of one batch. */
export interface OtlpJsonRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpJsonAttribute[] }
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string }
      readonly spans: OtlpJsonSpan[]
    }[]
  }[]
}

const SCOPE = 'parascope'
/** https://opentelemetry.io/docs/specs/otel/trace/api/#spankind */
const KIND = { internal: 1, client: 3 } as const
const STATUS_ERROR = 2
const DEFAULT_ENVIRONMENT = 'default'
const US_PER_MS = 1000

/**
 * A batch as spans: a `chat` span with the calls that were emitted, an `execute_tool` span for each attempt that has
 * times. One trace a batch, always with the same ids. A model call of unknown length has length 0, and ends where
 * the calls begin. Batches that were only seen to overlap were emitted by nobody: they have no `chat` span.
 */
export function toOtlpRequest(batch: ExportLine): OtlpJsonRequest {
  const traceId = hashToHex(`trace ${batch.batch_id}`, 16)
  const chat = batch.evidence === 'overlap' ? null : toChatSpan(batch, traceId)
  const tools = batch.calls.flatMap((call) => {
    const span = toToolSpan(batch, call, { traceId, parentSpanId: chat?.spanId })
    return span === null ? [] : [span]
  })
  const spans = chat === null ? tools : [chat, ...tools]
  return {
    resourceSpans: [
      { resource: { attributes: toResource(batch) }, scopeSpans: [{ scope: { name: SCOPE }, spans }] },
    ],
  }
}

function toResource({ agent, version, environment }: ExportLine): OtlpJsonAttribute[] {
  return attributes({
    'service.name': agent,
    'service.version': version,
    'deployment.environment.name': environment === DEFAULT_ENVIRONMENT ? null : environment,
  })
}

/** What every span of a batch says of it. */
function toIdentity({ agent, batch_id, run_id, turn }: ExportLine) {
  return {
    'gen_ai.agent.name': agent,
    'gen_ai.conversation.id': run_id,
    'parascope.batch.id': batch_id,
    'parascope.turn': turn,
  }
}

function toChatSpan(batch: ExportLine, traceId: string): OtlpJsonSpan {
  const { model, started_at, model_ms } = batch
  const startsUs = batch.calls.flatMap(({ start_ms }) => (start_ms === null ? [] : [toUs(start_ms)]))
  const endUs = toUs(started_at) + startsUs.reduce((first, us) => Math.min(first, us), 0)
  return {
    traceId,
    spanId: hashToHex(`chat ${batch.batch_id}`, 8),
    name: model === null ? 'chat' : `chat ${model}`,
    kind: KIND.client,
    startTimeUnixNano: toNano(endUs - toUs(model_ms ?? 0)),
    endTimeUnixNano: toNano(endUs),
    attributes: attributes({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': batch.provider,
      'gen_ai.response.model': model,
      'gen_ai.usage.input_tokens': batch.input_tokens,
      'gen_ai.usage.output_tokens': batch.output_tokens,
      'gen_ai.request.parallel_tool_calls': batch.parallel_requested,
      ...toIdentity(batch),
      'gen_ai.output.messages': toMessages(batch),
    }),
    status: {},
  }
}

/** The calls as the model emitted them; null when nobody told, and the tools were found by time alone. */
function toMessages({ calls, emitted_calls, evidence, source }: ExportLine): string | null {
  if (emitted_calls === null && evidence === 'time') return null
  const byId = new Map<string, WireCall>()
  for (const call of calls.toSorted((a, b) => a.seq - b.seq)) {
    if (!byId.has(call.call_id)) byId.set(call.call_id, call)
  }
  // Tools that no emission told of follow those that one did.
  const count = source === 'otlp' ? (emitted_calls ?? byId.size) : byId.size
  const emitted = [...byId.values()].slice(0, count)
  const parts = emitted.map(({ call_id: id, tool: name }) => ({ type: 'tool_call', id, name }))
  return JSON.stringify([{ role: 'assistant', parts, finish_reason: 'tool_call' }])
}

interface ToolPlace {
  readonly traceId: string
  readonly parentSpanId: string | undefined
}

/** An attempt; null when it has no times, because then it never ran or nobody saw it. */
function toToolSpan(batch: ExportLine, call: WireCall, place: ToolPlace): OtlpJsonSpan | null {
  const { call_id, tool, attempt, start_ms, duration_ms, outcome, error_code } = call
  if (start_ms === null || duration_ms === null) return null
  const startUs = toUs(batch.started_at) + toUs(start_ms)
  const hasFailed = outcome !== 'ok'
  return {
    traceId: place.traceId,
    spanId: hashToHex(`call ${batch.batch_id} ${attempt} ${call_id}`, 8),
    ...(place.parentSpanId === undefined ? {} : { parentSpanId: place.parentSpanId }),
    name: `execute_tool ${tool}`,
    kind: KIND.internal,
    startTimeUnixNano: toNano(startUs),
    endTimeUnixNano: toNano(startUs + toUs(duration_ms)),
    attributes: attributes({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': tool,
      'gen_ai.tool.call.id': call_id,
      'error.type': hasFailed ? toErrorType(outcome, error_code) : null,
      ...toIdentity(batch),
    }),
    status: hasFailed ? { code: STATUS_ERROR, message: error_code ?? outcome } : {},
  }
}

const TIMEOUT = /time_?d?_?-?out|deadline_?-?exceeded/i
const CANCELLED = /abort|cancel/i

/** The code where it says by itself how the call ended; else the outcome, with the code in the status. */
function toErrorType(outcome: WireCall['outcome'], code: string | null): string {
  if (code === null || code === '' || /\s/.test(code)) return outcome
  const said = TIMEOUT.test(code) ? 'timeout' : CANCELLED.test(code) ? 'cancelled' : 'error'
  return said === outcome ? code : outcome
}

/** The attributes that are known. */
function attributes(values: Readonly<Record<string, string | number | boolean | null>>): OtlpJsonAttribute[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === null ? [] : [{ key, value: toValue(value) }],
  )
}

function toValue(value: string | number | boolean): OtlpJsonValue {
  if (typeof value === 'number') return { intValue: String(value) }
  return typeof value === 'boolean' ? { boolValue: value } : { stringValue: value }
}

function toUs(ms: number): number {
  return Math.round(ms * US_PER_MS)
}

function toNano(epochUs: number): string {
  return `${epochUs}000`
}
