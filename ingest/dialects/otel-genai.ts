import type { OtlpSpan } from '../otlp/span.ts'
import { nameOf, readName, readRaw } from './attributes.ts'
import {
  type Dialect,
  type Missing,
  type Reading,
  readModel,
  readModelName,
  readProvider,
  readScope,
  readTokens,
  readTool,
} from './dialect.ts'
import type { Fingerprint } from './fingerprint.ts'
import { readGenAiMessages } from './messages/gen-ai-messages.ts'

const MODEL_OPERATIONS = new Set([
  'chat',
  'text_completion',
  'generate_content',
  'completion',
  'response',
  'responses',
])
const AGENT_OPERATIONS = new Set(['invoke_agent', 'invoke_workflow'])

/** Where arguments and results were before the convention named attributes for them, and beside it. */
const ARGUMENTS = [
  'gen_ai.tool.call.arguments',
  'gen_ai.tool.arguments',
  'gen_ai.tool.input',
  'gcp.vertex.agent.tool_call_args',
  'tool_arguments',
  'tool.parameters',
  'input.value',
] as const
const RESULTS = [
  'gen_ai.tool.call.result',
  'gen_ai.tool.result',
  'gen_ai.tool.output',
  'gcp.vertex.agent.tool_response',
  'tool_response',
  'tool.result',
  'output.value',
] as const

/**
 * OpenTelemetry's GenAI convention in all its published generations: the operation is told by
 * `gen_ai.operation.name`, and in the first ones only by what else there is. Messages were events with attributes,
 * then events with a body, then JSON attributes.
 */
export const otelGenAi: Dialect = {
  name: 'otel-genai',
  markers: ['gen_ai.operation.name'],
  claims: ({ attributes }) =>
    readName(
      attributes,
      'gen_ai.operation.name',
      'gen_ai.system',
      'gen_ai.provider.name',
      'gen_ai.tool.name',
      'gen_ai.tool.call.id',
      'gen_ai.agent.name',
      'gen_ai.request.model',
      'gen_ai.response.model',
    ) !== null,
  read: (span, print) => {
    const operation = operationOf(span)
    if (operation === 'execute_tool') return readExecution(span, print)
    if (operation === null) return { missing: ['gen_ai.operation.name'] }
    return MODEL_OPERATIONS.has(operation)
      ? readCall(span, print)
      : readScope(AGENT_OPERATIONS.has(operation))
  },
}

function operationOf({ attributes, name }: OtlpSpan): string | null {
  const told = readName(attributes, 'gen_ai.operation.name')
  if (told !== null) return told
  if (readName(attributes, 'gen_ai.tool.name', 'gen_ai.tool.call.id') !== null) return 'execute_tool'
  // Google's ADK and others name the operation only in the span's name.
  const named = /^(execute_tool|invoke_agent|invoke_workflow|chat|generate_content|call_llm)\b/.exec(
    name,
  )?.[1]
  if (named !== undefined) return named === 'call_llm' ? 'chat' : named
  const model = readName(attributes, 'gen_ai.request.model', 'gen_ai.response.model')
  if (readName(attributes, 'gen_ai.agent.name') !== null && model === null) {
    // Baggage may have put the agent's name on all that it does.
    return /agent|workflow/i.test(name) ? 'invoke_agent' : 'task'
  }
  return model === null ? null : 'chat'
}

/** An `execute_tool` span, also where another dialect only adds to it. */
function readExecution(span: OtlpSpan, print: Fingerprint): Reading | Missing {
  const { attributes } = span
  const events = readGenAiMessages(span)
  return readTool(span, print, {
    tool: readName(attributes, 'gen_ai.tool.name') ?? nameOf(/^execute_tool (.+)$/.exec(span.name)?.[1]),
    nameAttribute: 'gen_ai.tool.name',
    callId: readName(attributes, 'gen_ai.tool.call.id', 'tool_call_id') ?? events.toolCallId,
    args: readRaw(attributes, ...ARGUMENTS) ?? events.toolInput,
    result: readRaw(attributes, ...RESULTS) ?? events.choice,
  })
}

/** A model call told by `gen_ai.*`, also where another dialect only adds to it. */
export function readCall(span: OtlpSpan, print: Fingerprint): Reading {
  const told = readGenAiMessages(span)
  return readModel(span, print, {
    model: readModelName(span),
    provider: readProvider(span),
    ...readTokens(span),
    parameters: readRaw(span.attributes, 'gen_ai.request.parameters', 'llm.invocation_parameters'),
    calls: told.calls,
    history: told.history,
  })
}
