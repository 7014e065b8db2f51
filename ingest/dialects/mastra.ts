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
import { readMessages } from './messages/read-messages.ts'

const TOOLS = new Set(['tool_call', 'mcp_tool_call', 'client_tool_call'])
/** A generation goes on over several steps, each of which is one request; the first versions knew no steps. */
const MODELS = new Set(['model_step', 'model_inference', 'llm_step', 'llm_generation'])
const AGENTS = new Set(['agent_run', 'workflow_run'])

/** Mastra: `mastra.span.type`, with `gen_ai.*` beside it since its exporter follows the convention. */
export const mastra: Dialect = {
  name: 'mastra',
  markers: ['mastra.span.type'],
  claims: ({ attributes }) => readName(attributes, 'mastra.span.type') !== null,
  read: (span, print) => {
    const { attributes } = span
    const type = readName(attributes, 'mastra.span.type')?.toLowerCase() ?? ''
    if (TOOLS.has(type)) {
      return readTool(span, print, {
        tool:
          readName(
            attributes,
            'gen_ai.tool.name',
            'mastra.attributes.toolId',
            'mastra.span.entityName',
            'tool.name',
          ) ?? nameOf(/^(?:execute_tool |(?:mcp_)?tool: '?)([^']+)/.exec(span.name)?.[1]),
        nameAttribute: 'gen_ai.tool.name',
        callId: readName(
          attributes,
          'gen_ai.tool.call.id',
          'mastra.attributes.toolCallId',
          'mastra.metadata.toolCallId',
          'toolCallId',
          'tool_call.id',
        ),
        args: readRaw(
          attributes,
          'gen_ai.tool.call.arguments',
          `mastra.${type}.input`,
          'input.value',
          'input',
        ),
        result: readRaw(
          attributes,
          'gen_ai.tool.call.result',
          `mastra.${type}.output`,
          'output.value',
          'output',
        ),
      })
    }
    if (MODELS.has(type)) return readRequest(span, print, type)
    const isAgent = AGENTS.has(type)
    return readScope(
      isAgent,
      isAgent ? readName(attributes, 'gen_ai.agent.name', 'agent.id', 'workflow.id') : null,
    )
  },
}

function readRequest(span: OtlpSpan, print: Fingerprint, type: string) {
  const { attributes } = span
  const output = tell(
    readRaw(attributes, 'gen_ai.output.messages', `mastra.${type}.output`, 'output.value', 'output'),
  )
  const input = tell(
    readRaw(attributes, 'gen_ai.input.messages', `mastra.${type}.input`, 'input.value', 'input'),
  )
  const body = isFields(input) ? tell(firstOf(input, 'body')) : undefined
  const usage = tell(readRaw(attributes, `mastra.${type}.usage`, 'mastra.attributes.usage'))
  const tokens = isFields(usage) ? usage : {}
  const told = readTokens(span)
  return readModel(span, print, {
    model: readModelName(span) ?? nameOf(isFields(body) ? firstOf(body, 'model') : undefined),
    provider: readProvider(span),
    inputTokens: told.inputTokens ?? countOf(firstOf(tokens, 'inputTokens')),
    outputTokens: told.outputTokens ?? countOf(firstOf(tokens, 'outputTokens')),
    parameters: body ?? input,
    calls: output === undefined ? null : readMessages(output).calls,
    history: readMessages(body ?? input),
  })
}
