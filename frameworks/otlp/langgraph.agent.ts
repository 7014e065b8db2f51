import { LangChainInstrumentation } from '@arizeai/openinference-instrumentation-langchain'
import * as CallbackManagerModule from '@langchain/core/callbacks/manager'
import { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { AIMessage } from '@langchain/core/messages'
import type { ChatResult } from '@langchain/core/outputs'
import { tool } from '@langchain/core/tools'
import { MessagesAnnotation, StateGraph } from '@langchain/langgraph'
import { ToolNode, toolsCondition } from '@langchain/langgraph/prebuilt'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { createAgent } from 'langchain'
import { ANSWER, handleCases, nextTurn, QUESTION, runTool, TOKENS, TOOLS } from './refund.ts'

/*
 * LangChain 1 and LangGraph with OpenInference. The recipe:
 *
 *   OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:3000 OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none
 */
const sdk = new NodeSDK()
sdk.start()
new LangChainInstrumentation().manuallyInstrument(CallbackManagerModule)

class ScriptedModel extends BaseChatModel {
  override _llmType(): string {
    return 'scripted'
  }

  override invocationParams(): Record<string, unknown> {
    return { model: 'scripted-1' }
  }

  override bindTools(): this {
    return this
  }

  override async _generate(): Promise<ChatResult> {
    const calls = (await nextTurn()) ?? []
    const message = new AIMessage({
      content: calls.length === 0 ? ANSWER : '',
      tool_calls: calls.map(({ callId, tool: name, args }) => ({
        id: callId,
        name,
        args,
        type: 'tool_call',
      })),
    })
    message.usage_metadata = {
      input_tokens: TOKENS.input,
      output_tokens: TOKENS.output,
      total_tokens: TOKENS.input + TOKENS.output,
    }
    return { generations: [{ text: ANSWER, message }] }
  }
}

const model = new ScriptedModel({})
const tools = TOOLS.map(({ name, description, schema }) =>
  tool((args) => runTool(name, args), { name, description, schema }),
)

/** The graph that people draw themselves: the model, then the tools at once, and back. */
const graph = new StateGraph(MessagesAnnotation)
  .addNode('model', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
  .addNode('tools', new ToolNode(tools))
  .addEdge('__start__', 'model')
  .addConditionalEdges('model', toolsCondition)
  .addEdge('tools', 'model')
  .compile({ name: 'refund-agent' })

const agent = createAgent({ model, tools, name: 'refund-agent' })

const asked = { messages: [{ role: 'user', content: QUESTION }] }
await handleCases(
  () => (process.argv[2] === 'create-agent' ? agent.invoke(asked) : graph.invoke(asked)),
  () => sdk.shutdown(),
)
