import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { OtlpAttributes, OtlpSpan, OtlpStatusCode, OtlpValue } from '../otlp/span.ts'

/** What a run really did, by its plan and by clocks within its tools. */
export interface Expected {
  readonly modelCalls: readonly { readonly tokens: { readonly input: number; readonly output: number } }[]
  readonly turns: readonly {
    readonly turn: number
    readonly calls: readonly {
      readonly callId: string
      readonly name: string
      readonly args: unknown
      /** Null for a call that never ran. */
      readonly observed: { readonly outcome: string; readonly result?: unknown } | null
    }[]
  }[]
}

export interface Recording {
  /** `framework/version/variant`. */
  readonly name: string
  readonly spans: readonly OtlpSpan[]
  readonly expected: Expected
}

const FRAMEWORKS = ['genkit', 'langchain', 'mcp', 'openai', 'vercel-ai'] as const
const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url))

/** Every recorded run below `fixtures/`. */
export function readRecordings(): Recording[] {
  return FRAMEWORKS.flatMap((framework) =>
    readdirSync(`${FIXTURES}${framework}`).flatMap((version) =>
      readdirSync(`${FIXTURES}${framework}/${version}`).map((variant) => {
        const name = `${framework}/${version}/${variant}`
        const read = (file: string) => JSON.parse(readFileSync(`${FIXTURES}${name}/${file}`, 'utf8'))
        return { name, spans: spansOf(read('spans.json')), expected: read('expected.json') }
      }),
    ),
  )
}

/** A span with the given attributes, for conventions of which no run was recorded. */
export function spanWith(attributes: OtlpAttributes, more: Partial<OtlpSpan> = {}): OtlpSpan {
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentSpanId: null,
    name: 'span',
    kind: 1,
    startUnixNano: 1_795_172_163_529_276_999n,
    endUnixNano: 1_795_172_163_610_297_001n,
    attributes,
    events: [],
    links: [],
    status: { code: 0, message: '' },
    resource: {},
    scope: { name: '', version: '', attributes: {} },
    ...more,
  }
}

interface JsonKeyValue {
  readonly key: string
  readonly value: JsonValue
}

interface JsonValue {
  readonly stringValue?: string
  readonly boolValue?: boolean
  readonly intValue?: string | number
  readonly doubleValue?: number
  readonly arrayValue?: { readonly values?: readonly JsonValue[] }
  readonly kvlistValue?: { readonly values?: readonly JsonKeyValue[] }
}

interface JsonSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes?: readonly JsonKeyValue[]
  readonly events?: readonly {
    readonly name: string
    readonly timeUnixNano: string
    readonly attributes?: readonly JsonKeyValue[]
  }[]
  readonly status?: { readonly code?: OtlpStatusCode; readonly message?: string }
}

interface JsonRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes?: readonly JsonKeyValue[] }
    readonly scopeSpans: readonly {
      readonly scope: { readonly name?: string; readonly version?: string }
      readonly spans: readonly JsonSpan[]
    }[]
  }[]
}

function spansOf(request: JsonRequest): OtlpSpan[] {
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId || null,
        name: span.name,
        kind: span.kind,
        startUnixNano: BigInt(span.startTimeUnixNano),
        endUnixNano: BigInt(span.endTimeUnixNano),
        attributes: attributesOf(span.attributes),
        events: (span.events ?? []).map((event) => ({
          name: event.name,
          timeUnixNano: BigInt(event.timeUnixNano),
          attributes: attributesOf(event.attributes),
        })),
        links: [],
        status: { code: span.status?.code ?? 0, message: span.status?.message ?? '' },
        resource: attributesOf(resource.attributes),
        scope: { name: scope.name ?? '', version: scope.version ?? '', attributes: {} },
      })),
    ),
  )
}

function attributesOf(pairs: readonly JsonKeyValue[] = []): OtlpAttributes {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, wireValue(value)]))
}

function wireValue(value: JsonValue): OtlpValue {
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(wireValue)
  if (value.kvlistValue !== undefined) return attributesOf(value.kvlistValue.values)
  if (value.intValue !== undefined) return Number(value.intValue)
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? null
}
