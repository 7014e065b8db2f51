import { describe, expect, it } from 'vitest'
import type { ModelFacts } from './facts.ts'
import { json, print, readAs } from './reading.test-util.ts'

const emittedBy = (model: ModelFacts) =>
  model.emitted?.map((call) => [call.callId, call.tool, call.argumentsKey])

describe('model calls', () => {
  const chat = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm-1' }

  it.each<[string, unknown, boolean | null]>([
    [
      'OTel',
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_1', response: { total: 8_450 } }] },
      null,
    ],
    ['OpenAI', { role: 'tool', tool_call_id: 'call_1', content: '{"total":8450}' }, null],
    ['Responses', { type: 'function_call_output', call_id: 'call_1', output: '{"total":8450}' }, null],
    [
      'Agents SDK',
      {
        type: 'function_call_result',
        callId: 'call_1',
        name: 'get_order',
        output: { type: 'text', text: '{"total":8450}' },
      },
      null,
    ],
    [
      'Anthropic',
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'call_1',
            is_error: true,
            content: [{ type: 'text', text: '{"total":8450}' }],
          },
        ],
      },
      true,
    ],
    [
      'AI SDK 4',
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'call_1', toolName: 'get_order', result: { total: 8_450 } },
        ],
      },
      null,
    ],
    [
      'AI SDK 5',
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'call_1',
            toolName: 'get_order',
            output: { type: 'error-json', value: { total: 8_450 } },
          },
        ],
      },
      true,
    ],
    [
      'Genkit',
      {
        role: 'tool',
        content: [{ toolResponse: { name: 'get_order', ref: 'call_1', output: { total: 8_450 } } }],
      },
      null,
    ],
    [
      'Bedrock',
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'call_1', status: 'success', content: [{ json: { total: 8_450 } }] } },
        ],
      },
      false,
    ],
    [
      'Gemini',
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'call_1', name: 'get_order', response: { output: { total: 8_450 } } } },
        ],
      },
      null,
    ],
    [
      'LangChain',
      {
        lc: 1,
        type: 'constructor',
        kwargs: { content: '{"total":8450}', tool_call_id: 'call_1', status: 'success' },
      },
      false,
    ],
  ])('finds the result in a history of %s', (_form, message, failed) => {
    const call = {
      role: 'assistant',
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_order' } }],
    }
    const model = readAs('model', { ...chat, 'gen_ai.input.messages': json([call, message]) })
    expect(model.returned).toEqual([
      { callId: 'call_1', tool: 'get_order', resultFp: print({ total: 8_450 }).fp, resultBytes: 14, failed },
    ])
  })

  it('keeps of a long history how many answers it has, and their end', () => {
    const turn = (n: number, size: number) => {
      const ids = Array.from({ length: size }, (_, i) => `call_${n}_${i}`)
      const calls = ids.map((id) => ({ id, type: 'function', function: { name: 'get_order' } }))
      const results = ids.map((id) => ({ role: 'tool', tool_call_id: id, content: id }))
      return [{ role: 'assistant', tool_calls: calls }, ...results]
    }
    const readTurns = (...sizes: number[]) => {
      const messages = sizes.flatMap((size, n) => turn(n, size))
      const { earlier, returned } = readAs('model', { ...chat, 'gen_ai.input.messages': json(messages) })
      const printed = returned.filter((result) => result.resultFp.length > 0)
      return [earlier?.count, earlier?.last.length, returned.length, printed.length, printed.at(-1)?.callId]
    }
    expect(readTurns(1, 3)).toEqual([2, 3, 4, 4, 'call_1_2'])
    expect(readTurns(...Array.from({ length: 100 }, () => 2))).toEqual([100, 2, 64, 12, 'call_99_1'])
    expect(readTurns(90, 9, 20, 11)).toEqual([4, 11, 64, 40, 'call_3_10'])
    expect(readTurns(9, 9, 30, 50, 20)).toEqual([5, 20, 100, 100, 'call_4_19'])
  })

  it('knows no call from a call of which nothing is told', () => {
    expect(readAs('model', chat).emitted).toBe(null)
    expect(readAs('model', { ...chat, 'gen_ai.response.finish_reasons': ['tool_calls'] }).emitted).toBe(null)
    expect(readAs('model', { ...chat, 'gen_ai.response.finish_reasons': ['stop'] }).emitted).toEqual([])
    const withheld = { 'llm.request.type': 'chat', 'gen_ai.completion.0.finish_reason': 'tool_use' }
    expect(readAs('model', withheld).emitted).toBe(null)
    const gemini = {
      ...chat,
      'gen_ai.provider.name': 'gcp.gemini',
      'gen_ai.response.finish_reasons': ['stop'],
    }
    expect(readAs('model', gemini).emitted).toBe(null)
  })

  it('leaves out what the provider ran itself', () => {
    const content = [
      { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: { query: 'x' } },
      { type: 'tool-call', toolCallId: 'call_2', toolName: 'search', input: {}, providerExecuted: true },
    ]
    expect(
      readAs('model', { ...chat, 'gen_ai.output.messages': json([{ role: 'assistant', content }]) }).emitted,
    ).toEqual([])
  })

  it('takes merged calls apart, or says that it does not know', () => {
    const merged = (name: string) => ({
      'openinference.span.kind': 'LLM',
      'llm.invocation_parameters': json({
        parallel_tool_calls: true,
        tools: [{ function: { name: 'get' } }, { function: { name: 'get_x' } }],
      }),
      'llm.output_messages.0.message.tool_calls.0.tool_call.id': 'call_1call_2',
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': name,
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments': '{"a":"}{"}{"a":{"b":2}}',
    })
    const model = readAs('model', merged('get_xget'))
    expect(model.parallelRequested).toBe(true)
    expect(emittedBy(model)).toEqual([
      ['call_1', 'get_x', print({ a: '}{' }).key],
      ['call_2', 'get', print({ a: { b: 2 } }).key],
    ])
    expect(readAs('model', merged('get_unknown')).emitted).toBe(null)
  })

  it('counts tokens under the names of every generation', () => {
    const old = {
      'gen_ai.system': 'OpenAI',
      'gen_ai.usage.prompt_tokens': 210,
      'gen_ai.usage.completion_tokens': '96',
    }
    expect(readAs('model', { ...chat, ...old })).toMatchObject({
      provider: 'OpenAI',
      inputTokens: 210,
      outputTokens: 96,
    })
    const odd = { 'gen_ai.usage.input_tokens': -1, 'gen_ai.usage.output_tokens': 1.5 }
    expect(readAs('model', { ...chat, ...odd })).toMatchObject({ inputTokens: null, outputTokens: null })
  })

  it('says that a call to a model failed', () => {
    expect(readAs('model', { ...chat, 'error.type': 'rate_limit' }).failed).toBe(true)
    expect(readAs('model', chat).failed).toBe(false)
  })
})
