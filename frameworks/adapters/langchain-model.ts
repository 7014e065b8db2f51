import { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { AIMessage, type BaseMessage, ToolMessage } from '@langchain/core/messages'
import type { ChatResult } from '@langchain/core/outputs'
import type { PlannedCall } from './lab.ts'

/** Emits the calls once, and says that it is done when it is answered. */
export class ScriptedModel extends BaseChatModel {
  answers: unknown[] = []
  readonly #calls: readonly PlannedCall<object>[]

  constructor(calls: readonly PlannedCall<object>[]) {
    super({})
    this.#calls = calls
  }

  override _llmType(): string {
    return 'scripted'
  }

  override bindTools(): this {
    return this
  }

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    this.answers = messages
      .filter((message) => ToolMessage.isInstance(message))
      .map(({ tool_call_id, name, content, status }) => ({ tool_call_id, name, content, status }))
    const calls = this.answers.length > 0 ? [] : this.#calls
    const message = new AIMessage({
      content: calls.length === 0 ? 'Done.' : '',
      tool_calls: calls.map(({ callId: id, tool: name, args }) => ({ id, name, args, type: 'tool_call' })),
      usage_metadata: { input_tokens: 210, output_tokens: 96, total_tokens: 306 },
      response_metadata: { model_name: 'scripted-1' },
    })
    return { generations: [{ text: 'Done.', message }] }
  }
}
