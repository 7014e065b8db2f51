import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import { MockLanguageModelV4 } from 'ai/test'
import { emitCalls, type Generated, sayText, toStream } from '../ai-stream.ts'
import type { PlannedCall } from './lab.ts'

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
      return this.answers.length > 0 ? sayText('Done.', usage) : emitCalls(calls, usage)
    }
    super({
      provider: 'scripted',
      modelId: 'scripted-1',
      doGenerate: async ({ prompt }) => respond(prompt),
      doStream: async ({ prompt }) => toStream(respond(prompt), null),
    })
  }
}
