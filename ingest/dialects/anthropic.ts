import type { OtlpSpan } from '../otlp/span.ts'
import { nameOf, readCount, readName, readRaw } from './attributes.ts'
import {
  type Dialect,
  type Reading,
  readModel,
  readModelName,
  readScope,
  readTokens,
  readTool,
} from './dialect.ts'
import type { Fingerprint } from './fingerprint.ts'
import { readGenAiMessages } from './messages/gen-ai-messages.ts'

const TOOL = /^(?:anthropic\.tool_use(?: (.+))?|claude_code\.tool)$/
const REQUEST = /^(?:anthropic\.messages(?:\.(?:create|stream|parse))?|claude_code\.llm_request)$/

/**
 * Anthropic's own spans, known by their names: its SDK's `anthropic.tool_use NAME` and `anthropic.messages`, and
 * Claude Code's. What they say they say in `gen_ai.*`, or in plain words.
 */
export const anthropic: Dialect = {
  name: 'anthropic',
  markers: [],
  claims: ({ name, attributes }) =>
    /^(?:anthropic|claude_code)\./.test(name) && readName(attributes, 'gen_ai.operation.name') === null,
  read: (span, print) => {
    const { attributes, name } = span
    if (TOOL.test(name)) {
      return readTool(span, print, {
        tool: readName(attributes, 'gen_ai.tool.name', 'tool_name') ?? nameOf(TOOL.exec(name)?.[1]),
        nameAttribute: 'gen_ai.tool.name',
        callId: readName(attributes, 'gen_ai.tool.call.id', 'tool_use_id'),
        args: readRaw(attributes, 'gen_ai.tool.call.arguments', 'tool_input'),
        result: readRaw(attributes, 'gen_ai.tool.call.result', 'tool_result'),
      })
    }
    return REQUEST.test(name) ? readRequest(span, print) : readScope(name === 'claude_code.interaction')
  },
}

function readRequest(span: OtlpSpan, print: Fingerprint): Reading {
  const { attributes } = span
  const { calls, history } = readGenAiMessages(span)
  const { inputTokens, outputTokens } = readTokens(span)
  return readModel(span, print, {
    model: readModelName(span) ?? readName(attributes, 'model'),
    provider: readName(attributes, 'gen_ai.provider.name', 'gen_ai.system') ?? 'anthropic',
    inputTokens: inputTokens ?? readCount(attributes, 'input_tokens'),
    outputTokens: outputTokens ?? readCount(attributes, 'output_tokens'),
    calls,
    history,
  })
}
