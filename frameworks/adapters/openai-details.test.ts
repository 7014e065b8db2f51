import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openaiToolCalls, openaiTools } from '../../sdk/src/adapters/openai.ts'
import { FarEnd } from '../../sdk/src/far-end.test-util.ts'
import { createParascope, type Parascope } from '../../sdk/src/index.ts'
import { policyExecutor } from '../../sdk/src/policies.ts'
import { ScriptedApi } from './openai-api.ts'

let farEnd: FarEnd
let scope: Parascope

beforeEach(async () => {
  farEnd = await FarEnd.open()
  scope = createParascope({ url: farEnd.url, agent: 'agent' })
  expect(await scope.ready()).toBe(true)
})
afterEach(async () => {
  await scope.shutdown()
  await farEnd.close()
})

const toolCall = (id: string, name: string, text: string) => ({
  id,
  type: 'function' as const,
  function: { name, arguments: text },
})

describe('openaiToolCalls', () => {
  it('never runs a call whose arguments did not arrive whole, and answers it', async () => {
    const ran: unknown[] = []
    const answer = openaiToolCalls(scope, { tools: { look: (args) => ran.push(args) } })
    const message = { tool_calls: [toolCall('a', 'look', '{"n":1}'), toolCall('b', 'look', '{"n":')] }
    const answers = await answer(message)
    expect(ran).toEqual([{ n: 1 }])
    expect(answers).toMatchObject([
      { role: 'tool', tool_call_id: 'a', content: '1' },
      { role: 'tool', tool_call_id: 'b', content: expect.stringMatching(/^Error: /) },
    ])
  })

  it('answers custom tools, and says errors in the words that it is given', async () => {
    const answer = openaiToolCalls(scope, {
      tools: {
        run_sql: (query) => `${query}: 3 rows`,
        look: () => {
          throw new Error('no')
        },
      },
      formatError: (error, { tool }) => `${tool} said ${(error as Error).message}`,
    })
    const custom = { id: 'a', type: 'custom', custom: { name: 'run_sql', input: 'select 1' } }
    expect(await answer({ tool_calls: [custom, toolCall('b', 'look', '')] })).toEqual([
      { role: 'tool', tool_call_id: 'a', content: 'select 1: 3 rows' },
      { role: 'tool', tool_call_id: 'b', content: 'look said no' },
    ])
  })

  it('runs under policies, where it is given their executor', async () => {
    let failures = 0
    const answer = openaiToolCalls(scope, {
      tools: {
        look: () => {
          if (failures++ === 0) throw Object.assign(new Error('busy'), { code: 'ECONNRESET' })
          return 'seen'
        },
      },
      executor: (mine, options) =>
        policyExecutor(mine, {
          ...options,
          tools: { look: { effect: 'read', retry: { attempts: 2, initialDelayMs: 1 } } },
        }),
    })
    expect(await answer({ tool_calls: [toolCall('a', 'look', '{}')] })).toMatchObject([{ content: 'seen' }])
    expect(failures).toBe(2)
  })

  it('gives nothing for a message without calls', async () => {
    const answer = openaiToolCalls(scope, { tools: {} })
    expect(await answer({ tool_calls: null })).toEqual([])
    expect(await answer({ output: [{ type: 'message' }] })).toEqual([])
  })
})

describe('runTools', () => {
  it('tells calls apart that are alike, and gives each function its own call', async () => {
    const alike = ['a', 'b', 'c'].map((callId) => ({ callId, tool: 'look', args: { n: 1 } }))
    const api = new ScriptedApi(alike)
    const client = new OpenAI({ apiKey: 'none', fetch: api.fetch })
    const seen: string[] = []
    const look = {
      type: 'function' as const,
      function: {
        name: 'look',
        description: 'looks',
        parameters: { type: 'object' },
        function: (_text: string, _runner: unknown, _context?: unknown, call?: { callId: string }) => {
          seen.push(call?.callId ?? '')
          return 'seen'
        },
      },
    }
    const runner = client.chat.completions.runTools({
      model: 'scripted-1',
      messages: [{ role: 'user', content: 'Go.' }],
      tools: openaiTools(scope, [look]),
    })
    await runner.finalContent()
    expect(seen).toEqual(['a', 'b', 'c'])
    await scope.flush()
    expect(farEnd.batches).toMatchObject([
      { provider: 'openai', model: 'scripted-1', turn: 1, input_tokens: 210, emitted_calls: 3 },
    ])
  })
})
