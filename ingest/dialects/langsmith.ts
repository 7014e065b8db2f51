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
import { answerIn, callIn } from './messages/own-messages.ts'
import { readMessages } from './messages/read-messages.ts'

/**
 * LangSmith's OpenTelemetry export: the run type in `langsmith.span.kind`, its inputs and outputs as JSON in
 * `gen_ai.prompt` and `gen_ai.completion`. Its session is a project, not a conversation: that is a thread.
 */
export const langsmith: Dialect = {
  name: 'langsmith',
  markers: ['langsmith.span.kind'],
  claims: ({ attributes }) => readName(attributes, 'langsmith.span.kind') !== null,
  read: (span, print) => {
    const { attributes } = span
    const kind = readName(attributes, 'langsmith.span.kind')
    if (kind === 'tool') return readExecution(span, print)
    if (kind === 'llm') return readGeneration(span, print)
    const isAgent =
      kind === 'agent' || readName(attributes, 'langsmith.metadata.ls_agent_type') === 'subagent'
    return readScope(isAgent)
  },
}

function readExecution(span: OtlpSpan, print: Fingerprint) {
  const { attributes } = span
  const input = tell(readRaw(attributes, 'gen_ai.tool.call.arguments', 'gen_ai.prompt', 'inputs'))
  const output = tell(readRaw(attributes, 'gen_ai.tool.call.result', 'gen_ai.completion', 'outputs'))
  const call = callIn(input)
  const answer = answerIn(output)
  return readTool(span, print, {
    tool: readName(attributes, 'gen_ai.tool.name', 'langsmith.trace.name') ?? nameOf(span.name),
    nameAttribute: 'gen_ai.tool.name',
    callId:
      readName(attributes, 'gen_ai.tool.call.id', 'langsmith.metadata.tool_call_id') ??
      call?.callId ??
      answer?.callId ??
      null,
    args: call?.args ?? input,
    result: output,
  })
}

function readGeneration(span: OtlpSpan, print: Fingerprint) {
  const { attributes } = span
  const output = tell(readRaw(attributes, 'gen_ai.output.messages', 'gen_ai.completion', 'outputs'))
  const input = tell(readRaw(attributes, 'gen_ai.input.messages', 'gen_ai.prompt', 'inputs'))
  const usage = tell(attributes['langsmith.usage_metadata'])
  const tokens = isFields(usage) ? usage : {}
  const told = readTokens(span)
  return readModel(span, print, {
    model: readModelName(span) ?? readName(attributes, 'langsmith.metadata.ls_model_name'),
    provider: readName(attributes, 'langsmith.metadata.ls_provider') ?? readProvider(span),
    inputTokens: told.inputTokens ?? countOf(firstOf(tokens, 'input_tokens')),
    outputTokens: told.outputTokens ?? countOf(firstOf(tokens, 'output_tokens')),
    parameters: readRaw(attributes, 'langsmith.metadata.invocation_params') ?? input,
    calls: output === undefined ? null : readMessages(output).calls,
    history: readMessages(input),
  })
}
