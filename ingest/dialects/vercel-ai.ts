import type { OtlpSpan } from '../otlp/span.ts'
import { readCount, readName, readRaw } from './attributes.ts'
import {
  type Dialect,
  type Reading,
  readModel,
  readModelName,
  readProvider,
  readScope,
  readTool,
} from './dialect.ts'
import type { Fingerprint } from './fingerprint.ts'
import { tell } from './json.ts'
import { readMessages } from './messages/read-messages.ts'

/** `ai.streamText.doStream`: one request to a model; without the `do…` it is the loop around several. */
const MODEL_CALL = /^ai\.\w+\.do(?:Generate|Stream)$/

const OPERATION = /^ai\.(?:toolCall|(?:generate|stream)(?:Text|Object)|embed(?:Many)?|agent)\b/

/**
 * Vercel AI SDK before its move to `gen_ai.*` (version 7's spans are read by the convention): operations by
 * `ai.operationId`, in the first generation only by the span's name.
 */
export const vercelAi: Dialect = {
  name: 'vercel-ai',
  markers: ['ai.operationId'],
  claims: ({ attributes, name }) =>
    readName(attributes, 'ai.operationId', 'ai.toolCall.name') !== null || OPERATION.test(name),
  read: (span, print) => {
    const operation = operationOf(span)
    if (operation === 'ai.toolCall') {
      return readTool(span, print, {
        tool: readName(span.attributes, 'ai.toolCall.name'),
        nameAttribute: 'ai.toolCall.name',
        callId: readName(span.attributes, 'ai.toolCall.id'),
        args: readRaw(span.attributes, 'ai.toolCall.args', 'ai.toolCall.input'),
        result: readRaw(span.attributes, 'ai.toolCall.result', 'ai.toolCall.output'),
      })
    }
    if (MODEL_CALL.test(operation)) return readCall(span, print)
    const isLoop = /^ai\.(?:generate|stream)(?:Text|Object)$|^ai\.agent/.test(operation)
    return readScope(isLoop, readName(span.attributes, 'ai.telemetry.functionId'))
  },
}

function operationOf({ attributes, name }: OtlpSpan): string {
  if (attributes['ai.toolCall.name'] !== undefined) return 'ai.toolCall'
  const told = readName(attributes, 'ai.operationId') ?? name
  return told.split(' ')[0] ?? told
}

function readCall(span: OtlpSpan, print: Fingerprint): Reading {
  const { attributes } = span
  const calls = tell(readRaw(attributes, 'ai.response.toolCalls', 'ai.result.toolCalls'))
  const finish = readName(attributes, 'ai.response.finishReason', 'ai.finishReason')
  const text =
    attributes['ai.response.text'] ?? attributes['ai.result.text'] ?? attributes['ai.response.object']
  const emitted = calls === undefined ? null : readMessages(calls).calls
  // Without calls there is no attribute for them: another reason to stop, or an answer alone, says that there are none.
  const none = finish !== null ? finish !== 'tool-calls' : text !== undefined
  return readModel(span, print, {
    model:
      readName(attributes, 'ai.response.model') ?? readModelName(span) ?? readName(attributes, 'ai.model.id'),
    provider: readProvider(span) ?? readName(attributes, 'ai.model.provider'),
    inputTokens: readCount(
      attributes,
      'ai.usage.inputTokens',
      'ai.usage.promptTokens',
      'gen_ai.usage.input_tokens',
      'gen_ai.usage.prompt_tokens',
    ),
    outputTokens: readCount(
      attributes,
      'ai.usage.outputTokens',
      'ai.usage.completionTokens',
      'gen_ai.usage.output_tokens',
      'gen_ai.usage.completion_tokens',
    ),
    parameters: readRaw(attributes, 'ai.request.providerOptions', 'ai.settings.providerOptions'),
    calls: emitted ?? (none ? [] : null),
    history: readMessages(tell(readRaw(attributes, 'ai.prompt.messages', 'ai.prompt'))),
  })
}
