import Anthropic from '@anthropic-ai/sdk'
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod'
import type { MessageParam, ToolResultBlockParam } from '@anthropic-ai/sdk/resources/messages'
import { z } from 'zod'
import { anthropicToolCalls, anthropicToolRunner } from '../../sdk/src/adapters/anthropic.ts'
import { ScriptedApi } from './anthropic-api.ts'
import type { Driver, Job } from './lab.ts'

const params = { model: 'scripted-1', max_tokens: 1_024 }
const asked = [{ role: 'user', content: 'Go.' }] satisfies MessageParam[]

const open = (api: ScriptedApi) => new Anthropic({ apiKey: 'none', fetch: api.fetch, maxRetries: 0 })

const runnable = ({ tools }: Job) =>
  Object.entries(tools).map(([name, run]) =>
    betaZodTool({
      name,
      description: name,
      inputSchema: z.object({ n: z.number() }),
      run: async (args, context) => String(await run(args, context?.signal)),
    }),
  )

/** `eager`: the tools start while the reply streams, whose blocks come one turn of the event loop apart. */
function toolRunnerDriver(kind: 'whole' | 'streamed' | 'eager'): Driver {
  return {
    name: `Anthropic tool runner${kind === 'whole' ? '' : `, ${kind}`}`,
    async run(job, adapted) {
      const api = new ScriptedApi(job.calls)
      api.beforeBlock = () => new Promise((resolve) => setImmediate(resolve))
      const { messages } = open(api).beta
      const start = (tools: ReturnType<typeof runnable>) => {
        const request = { ...params, messages: [...asked], tools }
        if (kind === 'whole') return messages.toolRunner(request)
        return messages.toolRunner({ ...request, stream: true, runToolsEagerly: kind === 'eager' })
      }
      const tools = runnable(job)
      const runner =
        adapted === null ? start(tools) : anthropicToolRunner(adapted.scope, tools, start, adapted.options)
      await runner.runUntilDone()
      return { answers: api.answers, failure: null }
    },
  }
}

export const toolRunnerDrivers = [toolRunnerDriver('whole'), toolRunnerDriver('streamed')]
export const eagerDriver = toolRunnerDriver('eager')

function loopDriver(stream: boolean): Driver {
  return {
    name: `Anthropic loop over tool_use${stream ? ', streamed' : ''}`,
    async run(job, adapted) {
      const api = new ScriptedApi(job.calls)
      const client = open(api)
      const tools = Object.fromEntries(
        Object.entries(job.tools).map(([name, run]) => [
          name,
          (args: { n: number }, { signal }: { signal: AbortSignal }) => run(args, signal),
        ]),
      )
      const answer =
        adapted === null ? null : anthropicToolCalls(adapted.scope, { ...adapted.options, tools })
      const messages: MessageParam[] = [...asked]
      for (;;) {
        const request = { ...params, messages }
        const message = stream
          ? await client.messages.stream(request).finalMessage()
          : await client.messages.create(request)
        if (message.stop_reason !== 'tool_use') return { answers: api.answers, failure: null }
        const content = answer ? await answer(message) : await answerBare(job.tools, message)
        messages.push({ role: 'assistant', content: message.content }, { role: 'user', content })
      }
    },
  }
}

/** What people write: every call at once, and a result for each. */
async function answerBare(tools: Job['tools'], message: Anthropic.Message): Promise<ToolResultBlockParam[]> {
  const uses = message.content.filter((block) => block.type === 'tool_use')
  return Promise.all(
    uses.map(async ({ id, name, input }) => {
      const result = { type: 'tool_result' as const, tool_use_id: id }
      try {
        const run = tools[name]
        if (run === undefined) throw new Error(`there is no tool ${name}`)
        return { ...result, content: String(await run(input as { n: number }, undefined)) }
      } catch (error) {
        return { ...result, content: `Error: ${(error as Error).message}`, is_error: true }
      }
    }),
  )
}

export const loopDrivers = [loopDriver(false), loopDriver(true)]
