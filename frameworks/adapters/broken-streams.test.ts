import Anthropic from '@anthropic-ai/sdk'
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod'
import { stepCountIs, streamText, tool } from 'ai'
import { MockLanguageModelV4 } from 'ai/test'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { aiSdk } from '../../sdk/src/adapters/ai-sdk.ts'
import { anthropicToolRunner } from '../../sdk/src/adapters/anthropic.ts'
import { openaiTools } from '../../sdk/src/adapters/openai.ts'
import { createParascope } from '../../sdk/src/index.ts'
import { ScriptedApi } from './anthropic-api.ts'
import { PLAN } from './lab.ts'

/* A response that breaks off: what of it was not whole must not run, and what runs is what would without us. */

const scope = createParascope({
  url: 'http://127.0.0.1:9',
  agent: 'agent',
  report: false,
  modeUpdates: 'off',
})
const inputSchema = z.object({ n: z.number() })

/** What ran, bare and with the adapter, of a run that is to fail. */
async function compare(run: (isBare: boolean, ran: (n: number) => string) => Promise<unknown>) {
  const seen = await Promise.all(
    [true, false].map(async (isBare) => {
      const ran: number[] = []
      const note = (n: number) => {
        ran.push(n)
        return `done ${n}`
      }
      await expect(run(isBare, note)).rejects.toThrow()
      return ran
    }),
  )
  expect(seen[1]).toEqual(seen[0])
  return seen[1]
}

describe('a stream that breaks off', () => {
  it('runs nothing with the AI SDK, though two calls were whole', async () => {
    const broken = async () => ({
      stream: new ReadableStream({
        start(controller) {
          controller.enqueue({ type: 'stream-start', warnings: [] })
          for (const { callId, tool: toolName, args } of PLAN.slice(0, 2)) {
            const call = { toolCallId: callId, toolName, input: JSON.stringify(args) }
            controller.enqueue({ type: 'tool-call', ...call })
          }
          controller.error(new Error('broken off'))
        },
      }),
    })
    const ran = await compare(async (isBare, note) => {
      const plain = {
        look: tool({ inputSchema, execute: ({ n }) => note(n) }),
        search: tool({ inputSchema, execute: ({ n }) => note(n) }),
      }
      const result = streamText({
        model: new MockLanguageModelV4({ doStream: broken as never }),
        prompt: 'Go.',
        maxRetries: 0,
        stopWhen: stepCountIs(5),
        onError: () => {},
        ...(isBare ? { tools: plain } : aiSdk(scope, plain)),
      })
      await result.text
    })
    expect(ran).toEqual([])
  })

  it('runs nothing with runTools', async () => {
    const piece = (delta: object) =>
      `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`
    const fetch = async () =>
      new Response(
        [
          piece({ role: 'assistant', content: null }),
          piece({
            tool_calls: [
              { index: 0, id: 'a', type: 'function', function: { name: 'look', arguments: '{"n' } },
            ],
          }),
        ].join(''),
        { headers: { 'content-type': 'text/event-stream' } },
      )
    const ran = await compare(async (isBare, note) => {
      const look = {
        type: 'function' as const,
        function: {
          name: 'look',
          description: 'looks',
          parameters: { type: 'object' },
          parse: JSON.parse as (text: string) => { n: number },
          function: ({ n }: { n: number }) => note(n),
        },
      }
      const client = new OpenAI({ apiKey: 'none', fetch, maxRetries: 0 })
      const runner = client.chat.completions.runTools({
        model: 'scripted-1',
        messages: [{ role: 'user', content: 'Go.' }],
        tools: isBare ? [look] : openaiTools(scope, [look]),
        stream: true,
      })
      await runner.finalContent()
    })
    expect(ran).toEqual([])
  })

  it('runs what was whole with an eager runner of Anthropic’s, as it does without us', async () => {
    const ran = await compare(async (isBare, note) => {
      const api = new ScriptedApi(PLAN)
      let blocks = 1
      api.beforeBlock = async () => {
        await new Promise((resolve) => setImmediate(resolve))
        if (++blocks === 3) throw new Error('broken off')
      }
      const make = (name: string) =>
        betaZodTool({ name, description: name, inputSchema, run: async ({ n }) => note(n) })
      const tools = [make('look'), make('search'), make('refund')]
      const { messages } = new Anthropic({ apiKey: 'none', fetch: api.fetch, maxRetries: 0 }).beta
      const start = (given: typeof tools) =>
        messages.toolRunner({
          model: 'scripted-1',
          max_tokens: 1_024,
          messages: [{ role: 'user', content: 'Go.' }],
          tools: given,
          stream: true,
          runToolsEagerly: true,
        })
      await (isBare ? start(tools) : anthropicToolRunner(scope, tools, start)).runUntilDone()
    })
    expect(ran).toEqual([0])
  })
})
