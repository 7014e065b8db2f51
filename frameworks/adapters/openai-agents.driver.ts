import {
  Agent,
  OpenAIChatCompletionsModel,
  OpenAIResponsesModel,
  Runner,
  setTracingDisabled,
  tool,
} from '@openai/agents'
import OpenAI from 'openai'
import { z } from 'zod'
import { openaiAgents } from '../../sdk/src/adapters/openai-agents.ts'
import type { Driver } from './lab.ts'
import { ScriptedApi } from './openai-api.ts'

setTracingDisabled(true)

function agentsDriver(api: 'chat' | 'responses', stream: boolean, watched = true): Driver {
  return {
    name: `OpenAI Agents SDK, ${api}${stream ? ', streamed' : ''}${watched ? '' : ', unwatched'}`,
    async run({ calls, tools }, adapted) {
      const scripted = new ScriptedApi(calls)
      const client = new OpenAI({ apiKey: 'none', fetch: scripted.fetch, maxRetries: 0 })
      const ours = adapted === null ? null : openaiAgents(adapted.scope, adapted.options)
      const model =
        api === 'chat'
          ? new OpenAIChatCompletionsModel(client, 'scripted-1')
          : new OpenAIResponsesModel(client, 'scripted-1')
      const agent = new Agent({
        name: 'agent',
        instructions: 'Go.',
        model: (watched && ours?.watch(model)) || model,
        tools: Object.entries(tools).map(([name, run]) => {
          const options = {
            name,
            description: name,
            parameters: z.object({ n: z.number() }),
            execute: (args: { n: number }, _context?: unknown, details?: { signal?: AbortSignal }) =>
              run(args, details?.signal),
          }
          return tool(ours?.prepare(options) ?? options)
        }),
      })
      const runner = new Runner({ tracingDisabled: true })
      try {
        if (stream) await (await runner.run(agent, 'Go.', { stream: true })).completed
        else await runner.run(agent, 'Go.')
        return { answers: scripted.answers, failure: null }
      } catch (error) {
        return { answers: scripted.answers, failure: String(error) }
      }
    },
  }
}

export const agentsDrivers = [
  agentsDriver('chat', false),
  agentsDriver('chat', true),
  agentsDriver('responses', false),
]
export const unwatchedDriver = agentsDriver('responses', false, false)
