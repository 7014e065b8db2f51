import type { SpanFacts } from '../dialects/facts.ts'
import type { OtlpSpan } from '../otlp/span.ts'

const NS_PER_US = 1000n

/**
 * A span that no dialect reads (a request over HTTP, a query), as a step: it says nothing but who is above it. Without
 * it an agent behind such a span would seem to have no caller.
 */
export function toLink({ traceId, spanId, parentSpanId, startUnixNano, endUnixNano }: OtlpSpan): SpanFacts {
  return {
    dialect: 'none',
    traceId,
    spanId,
    parentSpanId,
    startUs: Number(startUnixNano / NS_PER_US),
    endUs: Number(endUnixNano / NS_PER_US),
    agent: null,
    environment: null,
    version: null,
    runId: null,
    facts: { role: 'scope', isAgent: false },
  }
}
