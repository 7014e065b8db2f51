import type { OtlpSpan } from '../otlp/span.ts'
import { hasPrefix, nameOf, readName, readRaw, unflatten } from './attributes.ts'
import {
  type Dialect,
  type Reading,
  readModel,
  readModelName,
  readProvider,
  readScope,
  readTokens,
  readTool,
} from './dialect.ts'
import type { Fingerprint } from './fingerprint.ts'
import { firstOf, isFields, tell } from './json.ts'
import { splitMerged } from './messages/merged-calls.ts'
import { answerIn } from './messages/own-messages.ts'
import { readMessages } from './messages/read-messages.ts'
import { readToolNames } from './messages/tool-names.ts'
import { readCall } from './otel-genai.ts'

/** OpenLLMetry: `traceloop.span.kind` around what runs, messages flattened below `gen_ai.prompt` and `gen_ai.completion`. */
export const traceloop: Dialect = {
  name: 'traceloop',
  markers: ['traceloop.span.kind'],
  claims: ({ attributes }) =>
    readName(attributes, 'traceloop.span.kind', 'llm.request.type') !== null ||
    hasPrefix(attributes, 'gen_ai.completion.') ||
    hasPrefix(attributes, 'gen_ai.prompt.'),
  read: (span, print) => {
    const { attributes } = span
    const kind = readName(attributes, 'traceloop.span.kind')
    const operation = readName(attributes, 'gen_ai.operation.name')
    if (kind === 'tool' || operation === 'execute_tool') return readExecution(span, print)
    if (kind === 'workflow' || kind === 'agent' || operation === 'invoke_agent') {
      return readScope(true, readName(attributes, 'gen_ai.agent.name', 'traceloop.entity.name'))
    }
    return isModelCall(span) ? readGeneration(span, print) : readScope(false)
  },
}

const MODEL_CALL = /^(?:chat|completion|text_completion|generate_content|responses?)$/

function isModelCall({ attributes }: OtlpSpan): boolean {
  const type = readName(attributes, 'llm.request.type', 'gen_ai.operation.name')
  if (type !== null) return MODEL_CALL.test(type)
  return hasPrefix(attributes, 'gen_ai.completion.') || readName(attributes, 'gen_ai.request.model') !== null
}

function readExecution(span: OtlpSpan, print: Fingerprint) {
  const { attributes } = span
  const output = outputOf(tell(readRaw(attributes, 'gen_ai.tool.call.result', 'traceloop.entity.output')))
  const answer = answerIn(output)
  return readTool(span, print, {
    tool:
      readName(attributes, 'gen_ai.tool.name', 'traceloop.entity.name') ??
      nameOf(/^(.+?)(?:\.tool)?$/.exec(span.name)?.[1]),
    nameAttribute: 'traceloop.entity.name',
    callId: readName(attributes, 'gen_ai.tool.call.id') ?? answer?.callId ?? null,
    args:
      readRaw(attributes, 'gen_ai.tool.call.arguments') ??
      inputOf(tell(attributes['traceloop.entity.input'])),
    result: output,
  })
}

/** A decorated function's `args` and `kwargs`, a LangChain run's `inputs` beside its tags, an MCP request's `arguments`, or the input. */
function inputOf(input: unknown): unknown {
  if (!isFields(input)) return input
  const inputs = firstOf(input, 'inputs', 'input_str') ?? ('tool_name' in input ? input.arguments : undefined)
  if (inputs !== undefined) return inputs
  const named = firstOf(input, 'kwargs')
  if (isFields(named) && Object.keys(named).length > 0) return named
  return Array.isArray(input.args) ? input.args : input
}

/** LangChain's callback gives the output beside what it was called with. */
function outputOf(output: unknown): unknown {
  if (!isFields(output) || firstOf(output, 'kwargs') === undefined) return output
  return firstOf(output, 'output') ?? output
}

function readGeneration(span: OtlpSpan, print: Fingerprint): Reading {
  const completion = unflatten(span.attributes, 'gen_ai.completion.')
  const prompt = unflatten(span.attributes, 'gen_ai.prompt.')
  // Since 2026 the same instrumentations write the convention's JSON attributes.
  if (completion === null && prompt === null) return readCall(span, print)
  const tools = () => readToolNames(unflatten(span.attributes, 'llm.request.functions.'))
  return readModel(span, print, {
    model: readModelName(span),
    provider: readProvider(span)?.toLowerCase() ?? null,
    ...readTokens(span),
    calls: completion === null ? null : splitMerged(readMessages(completion).calls, tools),
    history: readMessages(prompt),
  })
}
