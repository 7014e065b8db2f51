import { MockLanguageModelV4 } from 'ai/test'
import { emitCalls, type Generated, sayText, toStream } from '../ai-stream.ts'
import { ANSWER, nextTurn, TOKENS } from './refund.ts'

const usage: Generated['usage'] = {
  inputTokens: { total: TOKENS.input, noCache: TOKENS.input, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: TOKENS.output, text: TOKENS.output, reasoning: undefined },
}

/** Between the pieces of a stream: the SDK runs each call as soon as it is whole. */
const PIECE_MS = 4

async function generate(): Promise<Generated> {
  const calls = await nextTurn()
  return calls === null ? sayText(ANSWER, usage) : emitCalls(calls, usage)
}

/** The model for whatever is built on the AI SDK's providers. */
export const scriptedModel = new MockLanguageModelV4({
  modelId: 'scripted-1',
  doGenerate: generate,
  doStream: async () => toStream(await generate(), PIECE_MS),
})
