import { tool } from '@langchain/core/tools'
import { MessagesAnnotation, StateGraph } from '@langchain/langgraph'
import { ToolNode, toolsCondition } from '@langchain/langgraph/prebuilt'
import { createAgent } from 'langchain'
import { z } from 'zod'
import { langchainTools } from '../../sdk/src/adapters/langchain.ts'
import type { Adapted, Driver, Job } from './lab.ts'
import { ScriptedModel } from './langchain-model.ts'

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
