import type { OtlpSpan } from '../otlp/span.ts'
import { anthropic } from './anthropic.ts'
import { type Dialect, type Reading, readScope } from './dialect.ts'
import type { SpanFacts, Unrecognised } from './facts.ts'
import type { Fingerprint } from './fingerprint.ts'
import { genkit } from './genkit.ts'
import { readIdentity } from './identity.ts'
import { langfuse } from './langfuse.ts'
import { langsmith } from './langsmith.ts'
import { mastra } from './mastra.ts'
import { mcp } from './mcp.ts'
import { openAiAgents } from './openai-agents.ts'
import { openInference } from './openinference.ts'
import { otelGenAi } from './otel-genai.ts'
import { traceloop } from './traceloop.ts'
import { vercelAi } from './vercel-ai.ts'

/**
 * The dialects in the order in which they are asked; the first that can read a span has it. Frameworks that write
 * `gen_ai.*` beside attributes of their own come before the convention, because they use its names in ways of
 * their own; what adds to another's span (MCP around an `execute_tool`) comes before what it adds to.
 */
export const DIALECTS: readonly Dialect[] = [
  genkit,
  vercelAi,
  langsmith,
  mastra,
  openInference,
  langfuse,
  mcp,
  traceloop,
  openAiAgents,
  anthropic,
  otelGenAi,
]

/** Stands for the dialect of a span that none can read. */
const UNREAD = 'none'

/** What the span says of an agent's turn, or what it would have had to say. Never throws. */
export function normaliseSpan(span: OtlpSpan, print: Fingerprint): SpanFacts | Unrecognised {
  const missing = new Set<string>()
  for (const dialect of DIALECTS) {
    if (!dialect.claims(span)) continue
    const reading = dialect.read(span, print)
    if (!('missing' in reading)) return factsOf(span, dialect.name, reading)
    for (const attribute of reading.missing) missing.add(attribute)
  }
  const wanted = missing.size > 0 ? [...missing] : DIALECTS.flatMap((dialect) => dialect.markers)
  // Whose session such a span is in is another question than which conversation an agent has.
  const place = { ...factsOf(span, UNREAD, readScope(false)), agent: null, runId: null }
  return { spanName: span.name, scopeName: span.scope.name, missing: wanted, place }
}

export function isRecognised(read: SpanFacts | Unrecognised): read is SpanFacts {
  return 'facts' in read
}

const NS_PER_US = 1_000n

function factsOf(span: OtlpSpan, dialect: string, reading: Reading): SpanFacts {
  const identity = readIdentity(span)
  return {
    dialect,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    startUs: Number(span.startUnixNano / NS_PER_US),
    endUs: Number(span.endUnixNano / NS_PER_US),
    ...identity,
    agent: reading.agent ?? identity.agent,
    runId: reading.runId ?? identity.runId,
    facts: reading.facts,
  }
}
