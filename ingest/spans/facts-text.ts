import type { Declared, SpanFacts } from '../dialects/facts.ts'

/** The key of a span in the buffer: 16 bytes of the trace and 8 of the span. */
export function encodeSpanKey({ traceId, spanId }: Pick<SpanFacts, 'traceId' | 'spanId'>): Uint8Array {
  return Buffer.from(traceId + spanId, 'hex')
}

/** What the buffer keeps of a span, as one text. Equal facts give equal text. */
export function encodeFacts(span: SpanFacts): string {
  const { dialect, traceId, spanId, parentSpanId, startUs, endUs } = span
  const { agent, service = null, environment, version, runId, declared = null, facts } = span
  const named = [agent, service, environment, version, runId, declared]
  return JSON.stringify([dialect, traceId, spanId, parentSpanId, startUs, endUs, named, facts])
}

type FactsTuple = [
  dialect: string,
  traceId: string,
  spanId: string,
  parentSpanId: string | null,
  startUs: number,
  endUs: number,
  named: [
    agent: string | null,
    service: string | null,
    environment: string | null,
    version: string | null,
    runId: string | null,
    declared: Declared | null,
  ],
  facts: SpanFacts['facts'],
]

/** The inverse of {@link encodeFacts}. */
export function decodeFacts(text: string): SpanFacts {
  const [dialect, traceId, spanId, parentSpanId, startUs, endUs, named, facts] = JSON.parse(
    text,
  ) as FactsTuple
  const [agent, service, environment, version, runId, declared] = named
  return {
    dialect,
    traceId,
    spanId,
    parentSpanId,
    startUs,
    endUs,
    agent,
    service,
    environment,
    version,
    runId,
    ...(declared === null ? {} : { declared }),
    facts,
  }
}
