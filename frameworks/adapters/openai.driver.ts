import OpenAI from 'openai'
import { zodFunction } from 'openai/helpers/zod'
import type {
  ChatCompletionMessageFunctionToolCall,
  ChatCompletionMessageParam,
  ChatCompletionTool,
} from 'openai/resources/chat/completions'
import type { ResponseInput } from 'openai/resources/responses/responses'
import { z } from 'zod'
import { openaiToolCalls, openaiTools } from '../../sdk/src/adapters/openai.ts'
import type { CallContext } from '../../sdk/src/index.ts'
import type { Adapted, Driver, Job, Outcome } from './lab.ts'
import { ScriptedApi } from './openai-api.ts'

const parameters = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] }
const asked = [{ role: 'user', content: 'Go.' }] as const

const open = (api: ScriptedApi) => new OpenAI({ apiKey: 'none', fetch: api.fetch, maxRetries: 0 })

/** What the run ended with, where an error of a tool ends it. */
async function outcomeOf(api: ScriptedApi, run: () => Promise<unknown>): Promise<Outcome> {
  try {
    await run()
    return { answers: api.answers, failure: null }
  } catch (error) {
    return { answers: api.answers, failure: String(error) }
  }
}

/** `runTools`, whole and streamed, with functions of each kind: text in, parsed, and by schema. */
function runToolsDriver(stream: boolean): Driver {
  return {
    name: `OpenAI runTools${stream ? ', streamed' : ''}`,
    throws: true,
    run({ calls, tools }, adapted) {
      const api = new ScriptedApi(calls)
      const { look, search, refund } = tools
      const plain = [
        {
          type: 'function' as const,
          function: {
            name: 'look',
            description: 'looks',
            parameters,
            function: (text: string, _runner: unknown, _context?: unknown, call?: CallContext) =>
              look?.(JSON.parse(text), call?.signal),
          },
        },
        {
          type: 'function' as const,
          function: {
            name: 'search',
            description: 'searches',
            parameters,
            parse: (text: string) => JSON.parse(text) as { n: number },
            function: (args: { n: number }, _runner: unknown, _context?: unknown, call?: CallContext) =>
              search?.(args, call?.signal),
          },
        },
        zodFunction({
          name: 'refund',
          parameters: z.object({ n: z.number() }),
          function: (args: { n: number }, ...rest: unknown[]) =>
            refund?.(args, (rest[2] as CallContext | undefined)?.signal),
        }),
      ]
      const ours = adapted === null ? plain : openaiTools(adapted.scope, plain, adapted.options)
      const params = { model: 'scripted-1', messages: [...asked], tools: ours as never }
      const runner = stream
        ? open(api).chat.completions.runTools({ ...params, stream: true })
        : open(api).chat.completions.runTools(params)
      return outcomeOf(api, () => runner.finalContent())
    },
  }
}

export const runToolsDrivers = [runToolsDriver(false), runToolsDriver(true)]

const declared = (tools: Job['tools']): ChatCompletionTool[] =>
  Object.keys(tools).map((name) => ({ type: 'function', function: { name, parameters } }))

/** What people write: every call at once, and an answer for each. */
async function answerBare(tools: Job['tools'], calls: readonly ChatCompletionMessageFunctionToolCall[]) {
  return Promise.all(
    calls.map(async ({ id, function: { name, arguments: text } }) => {
      let content: string
      try {
        const run = tools[name]
        if (run === undefined) throw new Error(`there is no tool ${name}`)
        content = String(await run(JSON.parse(text), undefined))
      } catch (error) {
        content = `Error: ${(error as Error).message}`
      }
      return { role: 'tool' as const, tool_call_id: id, content }
    }),
  )
}

const answering = ({ tools }: Job, { scope, options }: Adapted) =>
  openaiToolCalls(scope, {
    ...options,
    tools: Object.fromEntries(
      Object.entries(tools).map(([name, run]) => [name, (args, { signal }) => run(args, signal)]),
    ),
  })

function chatLoopDriver(stream: boolean): Driver {
  return {
    name: `OpenAI loop over tool_calls${stream ? ', streamed' : ''}`,
    async run(job, adapted) {
      const api = new ScriptedApi(job.calls)
      const { completions } = open(api).chat
      const answer = adapted === null ? null : answering(job, adapted)
      const messages: ChatCompletionMessageParam[] = [...asked]
      for (;;) {
        const request = { model: 'scripted-1', messages, tools: declared(job.tools) }
        const message = stream
          ? await completions.stream(request).finalMessage()
          : (await completions.create(request)).choices[0]?.message
        if (!message?.tool_calls?.length) return { answers: api.answers, failure: null }
        const calls = message.tool_calls.filter((call) => call.type === 'function')
        messages.push(message, ...(answer ? await answer(message) : await answerBare(job.tools, calls)))
      }
    },
  }
}

export const chatLoopDrivers = [chatLoopDriver(false), chatLoopDriver(true)]

export const responsesLoopDriver: Driver = {
  name: 'OpenAI loop over responses',
  async run(job, adapted) {
    const api = new ScriptedApi(job.calls)
    const answer = adapted === null ? null : answering(job, adapted)
    const input: ResponseInput = [...asked]
    for (;;) {
      const response = await open(api).responses.create({ model: 'scripted-1', input })
      const calls = response.output.filter((item) => item.type === 'function_call')
      if (calls.length === 0) return { answers: api.answers, failure: null }
      const chat = calls.map(({ call_id: id, name, arguments: text }) => ({
        id,
        type: 'function' as const,
        function: { name, arguments: text },
      }))
      const outputs = answer
        ? await answer(response)
        : (await answerBare(job.tools, chat)).map(({ tool_call_id: call_id, content: output }) => ({
            type: 'function_call_output' as const,
            call_id,
            output,
          }))
      input.push(...calls, ...outputs)
    }
  },
}
