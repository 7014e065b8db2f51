import { simulateReadableStream } from 'ai'
import type { MockLanguageModelV4 } from 'ai/test'

/** A response of a scripted model, whole and in pieces. */
export type Generated = Awaited<ReturnType<MockLanguageModelV4['doGenerate']>>
type Streamed = Awaited<ReturnType<MockLanguageModelV4['doStream']>>
type StreamPart = Streamed['stream'] extends ReadableStream<infer Part> ? Part : never

interface EmittedCall {
  readonly callId: string
  readonly tool: string
  readonly args: unknown
}

/** A response that emits these calls. */
export function emitCalls(calls: readonly EmittedCall[], usage: Generated['usage']): Generated {
  return {
    content: calls.map(({ callId, tool, args }) => ({
      type: 'tool-call',
      toolCallId: callId,
      toolName: tool,
      input: JSON.stringify(args),
    })),
    finishReason: { unified: 'tool-calls', raw: 'tool_calls' },
    usage,
    warnings: [],
  }
}

/** A response that ends the run. */
export function sayText(text: string, usage: Generated['usage']): Generated {
  return {
    content: [{ type: 'text', text }],
    finishReason: { unified: 'stop', raw: 'stop' },
    usage,
    warnings: [],
  }
}

/** The same in pieces, each call's arguments in two; `pieceMs` between them, null = none. */
export function toStream({ content, finishReason, usage }: Generated, pieceMs: number | null): Streamed {
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
      chunkDelayInMs: pieceMs,
    }),
  }
}
