import { Agent } from '@mastra/core/agent'
import type { MastraModelConfig } from '@mastra/core/llm'
import { createTool } from '@mastra/core/tools'
import { z } from 'zod'
import { mastra } from '../../sdk/src/adapters/mastra.ts'
import { ScriptedModel } from './ai-model.ts'
import type { Driver } from './lab.ts'

function mastraDriver(method: 'generate' | 'stream'): Driver {
  return {
    name: `Mastra ${method}`,
    async run({ calls, tools }, adapted) {
      const model = new ScriptedModel(calls)
      const plain = Object.fromEntries(
        Object.entries(tools).map(([name, run]) => [
          name,
          createTool({
            id: name,
            description: name,
            inputSchema: z.object({ n: z.number() }),
            execute: (input, context) => run(input, context.abortSignal),
          }),
        ]),
      )
      const ours = adapted === null ? { tools: plain } : mastra(adapted.scope, plain, adapted.options)
      const agent = new Agent({
        id: 'agent',
        name: 'agent',
        instructions: 'Go.',
        model: model as unknown as MastraModelConfig,
        ...ours,
      })
      if (method === 'generate') await agent.generate('Go.')
      else await (await agent.stream('Go.')).text
      return { answers: model.answers, failure: null }
    },
  }
}

export const mastraDrivers = [mastraDriver('generate'), mastraDriver('stream')]
