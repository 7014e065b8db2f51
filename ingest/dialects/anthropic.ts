import type { OtlpSpan } from '../otlp/span.ts'
import { nameOf, readName, readRaw } from './attributes.ts'
import { type Dialect, readScope, readTool } from './dialect.ts'
import { readCall } from './otel-genai.ts'

const TOOL = /^(?:anthropic\.tool_use|claude_code\.tool)\b(?:\s+(.+))?$/
const TOOL_NAMES = ['gen_ai.tool.name', 'anthropic.tool.name', 'tool_name'] as const

/** Anthropic's own spans: its SDK's `anthropic.tool_use NAME` and `anthropic.messages…`, and Claude Code's. */
export const anthropic: Dialect = {
  name: 'anthropic',
  markers: [],
  claims: ({ name, attributes }) =>
    (/^(?:anthropic\.|claude_code\.)/.test(name) && readName(attributes, 'gen_ai.operation.name') === null) ||
    TOOL.test(name),
  read: (span, print) => {
    const { attributes, name } = span
    if (TOOL.test(name)) {
      return readTool(span, print, {
        tool: readName(attributes, ...TOOL_NAMES) ?? nameOf(TOOL.exec(name)?.[1]),
        nameAttribute: 'gen_ai.tool.name',
        callId: readName(attributes, 'gen_ai.tool.call.id', 'anthropic.tool_use.id', 'tool_use_id'),
        args: readRaw(attributes, 'gen_ai.tool.call.arguments', 'anthropic.tool_use.input', 'tool_input'),
        result: readRaw(attributes, 'gen_ai.tool.call.result', 'anthropic.tool_use.result', 'tool_result'),
      })
    }
    return isRequest(span) ? readCall(span, print) : readScope(name === 'claude_code.interaction')
  },
}

function isRequest({ name, attributes }: OtlpSpan): boolean {
  return (
    /^(?:anthropic\.messages(?:\.(?:create|stream|parse))?|claude_code\.llm_request)$/.test(name) ||
    (readName(attributes, 'gen_ai.request.model') !== null && !/\b(?:tool_runner|session)/.test(name))
  )
}
