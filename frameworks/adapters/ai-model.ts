import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import { simulateReadableStream } from 'ai'
import { MockLanguageModelV4 } from 'ai/test'
import type { PlannedCall } from './lab.ts'

type Generated = Awaited<ReturnType<MockLanguageModelV4['doGenerate']>>
type Streamed = Awaited<ReturnType<MockLanguageModelV4['doStream']>>
type StreamPart = Streamed['stream'] extends ReadableStream<infer Part> ? Part : never

const usage: Generated['usage'] = {
  inputTokens: { total: 210, noCache: 210, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 96, text: 96, reasoning: undefined },
}

/** Emits the calls once, and says that it is done when it is answered. `answers` are those it was sent. */
export class ScriptedModel extends MockLanguageModelV4 {
  answers: unknown[] = []

  constructor(calls: readonly PlannedCall<object>[]) {
    const respond = (prompt: LanguageModelV4Prompt): Generated => {
      this.answers = prompt.flatMap((message) => (message.role === 'tool' ? message.content : []))
      return this.answers.length > 0 ? DONE : emit(calls)
    }
    super({
      provider: 'scripted',
      modelId: 'scripted-1',
      doGenerate: async ({ prompt }) => respond(prompt),
      doStream: async ({ prompt }) => toStream(respond(prompt)),
    })
  }
}

const DONE: Generated = {
  content: [{ type: 'text', text: 'Done.' }],
  finishReason: { unified: 'stop', raw: 'stop' },
  usage,
  warnings: [],
}

const emit = (calls: readonly PlannedCall<object>[]): Generated => ({
  content: calls.map(({ callId, tool, args }) => ({
    type: 'tool-call',
    toolCallId: callId,
    toolName: tool,
    input: JSON.stringify(args),
  })),
  finishReason: { unified: 'tool-calls', raw: 'tool_calls' },
  usage,
  warnings: [],
})

/** The same in pieces, each call's arguments in two. */
function toStream({ content, finishReason }: Generated): Streamed {
  const chunks = content.flatMap((part): StreamPart[] => {
    if (part.type === 'tool-call') {
      const { toolCallId: id, toolName, input } = part
      return [
        { type: 'tool-input-start', id, toolName },
        { type: 'tool-input-delta', id, delta: input.slice(0, 4) },
        { type: 'tool-input-delta', id, delta: input.slice(4) },
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
      chunkDelayInMs: null,
    }),
  }
}
