import { countOf, nameOf, readName, readRaw } from './attributes.ts'
import { type Dialect, readModel, readModelName, readProvider, readScope, readTool } from './dialect.ts'
import { firstOf, isFields, tell } from './json.ts'
import { answerIn, callIn } from './messages/own-messages.ts'
import { readMessages } from './messages/read-messages.ts'

/** Langfuse's SDKs: `langfuse.observation.type`. */
export const langfuse: Dialect = {
  name: 'langfuse',
  markers: ['langfuse.observation.type'],
  claims: ({ attributes }) => readName(attributes, 'langfuse.observation.type') !== null,
  read: (span, print) => {
    const { attributes } = span
    const type = readName(attributes, 'langfuse.observation.type')?.toLowerCase()
    const input = tell(readRaw(attributes, 'langfuse.observation.input'))
    const output = tell(readRaw(attributes, 'langfuse.observation.output'))
    if (type === 'tool') {
      const call = callIn(input)
      return readTool(span, print, {
        tool: readName(attributes, 'gen_ai.tool.name') ?? nameOf(span.name),
        nameAttribute: 'gen_ai.tool.name',
        callId:
          readName(attributes, 'gen_ai.tool.call.id', 'langfuse.observation.metadata.tool_call_id') ??
          call?.callId ??
          answerIn(output)?.callId ??
          null,
        args: call?.args ?? input,
        result: output,
      })
    }
    if (type !== 'generation') return readScope(type === 'agent', type === 'agent' ? nameOf(span.name) : null)
    const usage = tell(attributes['langfuse.observation.usage_details'])
    const tokens = isFields(usage) ? usage : {}
    return readModel(span, print, {
      model: readName(attributes, 'langfuse.observation.model.name') ?? readModelName(span),
      provider: readProvider(span),
      inputTokens: countOf(firstOf(tokens, 'input', 'input_tokens', 'prompt_tokens')),
      outputTokens: countOf(firstOf(tokens, 'output', 'output_tokens', 'completion_tokens')),
      parameters: readRaw(attributes, 'langfuse.observation.model.parameters'),
      calls: output === undefined ? null : readMessages(output).calls,
      history: readMessages(input),
    })
  },
}
