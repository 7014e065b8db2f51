import type { OtlpSpan } from '../otlp/span.ts'
import { countOf, nameOf, readName, readRaw } from './attributes.ts'
import {
  type Dialect,
  readModel,
  readModelName,
  readProvider,
  readScope,
  readTokens,
  readTool,
} from './dialect.ts'
import type { Fingerprint } from './fingerprint.ts'
import { firstOf, isFields, tell } from './json.ts'
import { readGenAiMessages } from './messages/gen-ai-messages.ts'
import { readMessages } from './messages/read-messages.ts'

/** Exporters of the Agents SDK's tracing put a span's data under one of these, or under nothing. */
const PREFIXES = ['openai.agents.', 'openai_agents.', 'agents.', 'agent.', 'span_data.', ''] as const
/** Attributes of which only an exporter of these traces tells the type. */
const OWN_TYPES = [
  'openai.agents.span.type',
  'openai.agents.span_type',
  'openai.agents.type',
  'openai_agents.span.type',
  'openai_agents.span_type',
  'openai_agents.type',
] as const
/** Names that others use as well: they count where the convention does not tell the operation. */
const OTHER_TYPES = ['agent.span.type', 'agents.span_type', 'span_data.type', 'type'] as const
const TYPES = new Set([
  'agent',
  'function',
  'generation',
  'response',
  'handoff',
  'guardrail',
  'custom',
  'mcp_tools',
])

/** OpenAI's Agents SDK: the `span_data` of its own traces, written out as attributes. */
export const openAiAgents: Dialect = {
  name: 'openai-agents',
  markers: ['openai.agents.span.type'],
  claims: (span) => TYPES.has(typeOf(span) ?? ''),
  read: (span, print) => {
    const type = typeOf(span)
    if (type === 'function') {
      return readTool(span, print, {
        tool: readName(span.attributes, 'gen_ai.tool.name', ...keys('name')) ?? nameOf(span.name),
        nameAttribute: 'gen_ai.tool.name',
        callId: readName(span.attributes, 'gen_ai.tool.call.id', ...keys('call_id'), ...keys('callId')),
        args: readRaw(span.attributes, 'gen_ai.tool.call.arguments', ...keys('input')),
        result: readRaw(span.attributes, 'gen_ai.tool.call.result', ...keys('output')),
      })
    }
    if (type === 'generation' || type === 'response') return readRequest(span, print)
    const agent = type === 'agent' ? readName(span.attributes, 'gen_ai.agent.name', ...keys('name')) : null
    return readScope(type === 'agent', agent)
  },
}

function keys(name: string): string[] {
  return PREFIXES.map((prefix) => prefix + name)
}

function typeOf({ attributes, scope }: OtlpSpan): string | null {
  const own = readName(attributes, ...OWN_TYPES)
  if (own !== null || readName(attributes, 'gen_ai.operation.name') !== null) return own
  const other = readName(attributes, ...OTHER_TYPES)
  // A bare `type` is told by anybody; beside the data that the SDK gives it, or by its exporter, it is the SDK's.
  const isBare = other === attributes.type
  const hasData =
    attributes.response_id !== undefined || (attributes.name !== undefined && 'input' in attributes)
  return !isBare || hasData || /openai[._-]?agents/i.test(scope.name) ? other : null
}

function readRequest(span: OtlpSpan, print: Fingerprint) {
  const { attributes } = span
  const output = tell(
    readRaw(
      attributes,
      'gen_ai.output.messages',
      ...keys('output'),
      ...keys('response'),
      ...keys('_response'),
    ),
  )
  const input = tell(readRaw(attributes, 'gen_ai.input.messages', ...keys('input'), ...keys('_input')))
  const usage = tell(readRaw(attributes, ...keys('usage')))
  const tokens = isFields(usage) ? usage : {}
  const told = readGenAiMessages(span)
  const { inputTokens, outputTokens } = readTokens(span)
  return readModel(span, print, {
    model: readModelName(span) ?? readName(attributes, ...keys('model')),
    provider: readProvider(span) ?? 'openai',
    inputTokens: inputTokens ?? countOf(firstOf(tokens, 'input_tokens', 'inputTokens')),
    outputTokens: outputTokens ?? countOf(firstOf(tokens, 'output_tokens', 'outputTokens')),
    parameters: readRaw(attributes, ...keys('model_config'), ...keys('response')),
    calls: output === undefined ? told.calls : readMessages(output).calls,
    history: input === undefined ? told.history : readMessages(input),
  })
}
