import type { EmittedCall, ModelFacts, ReturnedResult, SpanFacts, ToolFacts } from '../dialects/facts.ts'
import type { AssembledBatch } from './assembled.ts'

/** What a test says of a span; the rest is filled in. Times in milliseconds. */
interface Place {
  readonly id: string
  readonly at: readonly [startMs: number, endMs: number]
  readonly in?: string | null
  readonly trace?: string
  readonly dialect?: string
  readonly agent?: string
  readonly run?: string
}

const TRACE = 'trace-1'

function span(place: Place, facts: SpanFacts['facts']): SpanFacts {
  return {
    dialect: place.dialect ?? 'test',
    traceId: place.trace ?? TRACE,
    spanId: place.id,
    parentSpanId: place.in ?? null,
    startUs: Math.round(place.at[0] * 1000),
    endUs: Math.round(place.at[1] * 1000),
    agent: place.agent ?? null,
    environment: null,
    version: null,
    runId: place.run ?? null,
    facts,
  }
}

/** `tool#id` or `tool#id(arguments)`; an empty id is none. */
export function emitted(text: string): EmittedCall {
  const match = /^([^#(]+)(?:#([^(]*))?(?:\((.*)\))?$/.exec(text)
  const [, tool = text, callId = '', args] = match ?? []
  return {
    callId: callId === '' ? null : callId,
    tool,
    argumentsKey: args ?? null,
    argsFp: [],
    argsBytes: null,
  }
}

export function returned(text: string, failed: boolean | null = false): ReturnedResult {
  const { callId, tool } = emitted(text)
  return { callId, tool, resultFp: [], resultBytes: null, failed }
}

/** `emits` null = the span does not tell. */
export function model(
  place: Place & {
    readonly emits?: readonly string[] | null
    readonly sees?: readonly ReturnedResult[]
    readonly failed?: boolean
  },
  extra: Partial<ModelFacts> = {},
): SpanFacts {
  return span(place, {
    role: 'model',
    model: 'model-1',
    provider: 'provider-1',
    inputTokens: 10,
    outputTokens: 5,
    parallelRequested: null,
    emitted: place.emits?.map(emitted) ?? null,
    returned: place.sees ?? [],
    failed: place.failed ?? false,
    ...extra,
  })
}

export function tool(place: Place & { readonly call: string }, extra: Partial<ToolFacts> = {}): SpanFacts {
  const { callId, tool: name, argumentsKey } = emitted(place.call)
  return span(place, {
    role: 'tool',
    tool: name,
    callId,
    argumentsKey,
    argsFp: [],
    argsBytes: null,
    resultFp: [],
    resultBytes: null,
    outcome: 'ok',
    errorCode: null,
    ...extra,
  })
}

export function agent(place: Place): SpanFacts {
  return span(place, { role: 'scope', isAgent: true })
}

export function step(place: Place): SpanFacts {
  return span(place, { role: 'scope', isAgent: false })
}

/** The span without one of the things that instrumentations leave out. */
export function strip(facts: SpanFacts, what: 'parents' | 'ids' | 'contents'): SpanFacts {
  if (what === 'parents') return { ...facts, parentSpanId: null }
  const own = facts.facts
  if (own.role === 'scope') return facts
  if (own.role === 'tool') {
    return {
      ...facts,
      facts:
        what === 'ids' ? { ...own, callId: null } : { ...own, argumentsKey: null, argsFp: [], resultFp: [] },
    }
  }
  if (what === 'contents') return { ...facts, facts: { ...own, emitted: null, returned: [] } }
  return {
    ...facts,
    facts: {
      ...own,
      emitted: own.emitted?.map((call) => ({ ...call, callId: null })) ?? null,
      earlier: {
        count: own.earlier?.count ?? 0,
        last: own.earlier?.last.map((call) => ({ ...call, callId: null })) ?? [],
      },
      returned: own.returned.map((result) => ({ ...result, callId: null })),
    },
  }
}

/** The batches in one line each: `evidence turn agent: tool#id outcome start+duration, …`, times in milliseconds. */
export function tell(batches: readonly AssembledBatch[]): string[] {
  return batches.map(({ evidence, turn, calls }) => {
    const told = calls.map(({ callId, attempt, tool: name, outcome, startUs, durationUs }) => {
      const times = startUs === null ? '' : ` ${startUs / 1000}+${(durationUs ?? 0) / 1000}`
      return `${name}#${callId}${attempt > 1 ? `/${attempt}` : ''} ${outcome}${times}`
    })
    return `${evidence} ${turn}: ${told.join(', ')}`
  })
}
