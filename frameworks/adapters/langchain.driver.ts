import { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { AIMessage, type BaseMessage, ToolMessage } from '@langchain/core/messages'
import type { ChatResult } from '@langchain/core/outputs'
import { tool } from '@langchain/core/tools'
import { MessagesAnnotation, StateGraph } from '@langchain/langgraph'
import { ToolNode, toolsCondition } from '@langchain/langgraph/prebuilt'
import { createAgent } from 'langchain'
import { z } from 'zod'
import { langchainTools } from '../../sdk/src/adapters/langchain.ts'
import type { Adapted, Driver, Job, PlannedCall } from './lab.ts'

class ScriptedModel extends BaseChatModel {
  answers: unknown[] = []
  readonly #calls: readonly PlannedCall[]

  constructor(calls: readonly PlannedCall[]) {
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

function toolsOf({ tools }: Job, adapted: Adapted | null) {
  const plain = Object.entries(tools).map(([name, run]) =>
    tool((args, { signal }) => run(args, signal), {
      name,
      description: name,
      schema: z.object({ n: z.number() }),
    }),
  )
  return adapted === null ? plain : langchainTools(adapted.scope, plain, adapted.options)
}

const asked = { messages: [{ role: 'user', content: 'Go.' }] }

export const toolNodeDriver: Driver = {
  name: 'LangGraph ToolNode',
  async run(job, adapted) {
    const model = new ScriptedModel(job.calls)
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('model', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
      .addNode('tools', new ToolNode(toolsOf(job, adapted)))
      .addEdge('__start__', 'model')
      .addConditionalEdges('model', toolsCondition)
      .addEdge('tools', 'model')
      .compile()
    await graph.invoke(asked)
    return { answers: model.answers, failure: null }
  },
}

function createAgentDriver(version: 'v1' | 'v2'): Driver {
  return {
    name: `LangChain createAgent ${version}`,
    async run(job, adapted) {
      const model = new ScriptedModel(job.calls)
      await createAgent({ model, tools: toolsOf(job, adapted), version }).invoke(asked)
      return { answers: model.answers, failure: null }
    },
  }
}

export const createAgentDrivers = [createAgentDriver('v1'), createAgentDriver('v2')]
