import { simulateReadableStream } from 'ai'
import { MockLanguageModelV4 } from 'ai/test'
import { ANSWER, nextTurn, TOKENS } from './refund.ts'

type Generated = Awaited<ReturnType<MockLanguageModelV4['doGenerate']>>
type Streamed = Awaited<ReturnType<MockLanguageModelV4['doStream']>>
type StreamPart = Streamed['stream'] extends ReadableStream<infer Part> ? Part : never

const usage: Generated['usage'] = {
  inputTokens: { total: TOKENS.input, noCache: TOKENS.input, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: TOKENS.output, text: TOKENS.output, reasoning: undefined },
}

async function generate(): Promise<Generated> {
  const calls = await nextTurn()
  if (calls === null) {
    const finishReason = { unified: 'stop', raw: 'stop' } as const
    return { content: [{ type: 'text', text: ANSWER }], finishReason, usage, warnings: [] }
  }
  return {
    content: calls.map(({ callId, tool: toolName, args }) => ({
      type: 'tool-call',
      toolCallId: callId,
      toolName,
      input: JSON.stringify(args),
    })),
    finishReason: { unified: 'tool-calls', raw: 'tool_calls' },
    usage,
    warnings: [],
  }
}

/** The same in pieces, with time between the calls: the SDK runs each as soon as it is whole. */
async function stream(): Promise<Streamed> {
  const { content, finishReason } = await generate()
  const chunks = content.flatMap((part): StreamPart[] => {
    if (part.type === 'tool-call') {
      const { toolCallId: id, toolName, input } = part
      return [
        { type: 'tool-input-start', id, toolName },
        { type: 'tool-input-delta', id, delta: input },
        { type: 'tool-input-end', id },
        part,
      ]
    }
    return part.type === 'text'
      ? [
          { type: 'text-start', id: 'text' },
          { type: 'text-delta', id: 'text', delta: part.text },
          { type: 'text-end', id: 'text' },
        ]
      : []
  })
  return {
    stream: simulateReadableStream<StreamPart>({
      chunks: [{ type: 'stream-start', warnings: [] }, ...chunks, { type: 'finish', finishReason, usage }],
      chunkDelayInMs: 4,
    }),
  }
}

/** The model for whatever is built on the AI SDK's providers. */
export const scriptedModel = new MockLanguageModelV4({
  modelId: 'scripted-1',
  doGenerate: generate,
  doStream: stream,
})
