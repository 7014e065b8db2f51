import { describe, expect, it } from 'vitest'
import type { OtlpAttributes, OtlpSpan } from '../otlp/span.ts'
import type { ModelFacts } from './facts.ts'
import { ARGS, json, print, readAs } from './reading.test-util.ts'

const emittedBy = (model: ModelFacts) =>
  model.emitted?.map((call) => [call.callId, call.tool, call.argumentsKey])
const ONE_CALL = [['call_1', 'get_order', print(ARGS).key]]

describe('model calls', () => {
  const chat = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm-1' }
  const text = json(ARGS)

  it.each<[string, OtlpAttributes, Partial<OtlpSpan>]>([
    [
      'otel-genai 1.37: JSON attributes',
      {
        ...chat,
        'gen_ai.output.messages': json([
          {
            role: 'assistant',
            parts: [{ type: 'tool_call', id: 'call_1', name: 'get_order', arguments: ARGS }],
          },
        ]),
      },
      {},
    ],
    [
      'otel-genai 1.37: values with structure',
      {
        ...chat,
        'gen_ai.output.messages': [
          {
            role: 'assistant',
            parts: [{ type: 'tool_call', id: 'call_1', name: 'get_order', arguments: ARGS }],
          },
        ],
      },
      {},
    ],
    [
      'otel-genai 2025: an event with all of it',
      chat,
      {
        events: [
          {
            name: 'gen_ai.client.inference.operation.details',
            timeUnixNano: 1n,
            attributes: {
              'gen_ai.output.messages': json([
                {
                  role: 'assistant',
                  parts: [{ type: 'tool_call', id: 'call_1', name: 'get_order', arguments: text }],
                },
              ]),
            },
          },
        ],
      },
    ],
    [
      'otel-genai 2024: a choice with attributes',
      { 'gen_ai.system': 'openai', 'gen_ai.request.model': 'm-1' },
      {
        events: [
          {
            name: 'gen_ai.choice',
            timeUnixNano: 1n,
            attributes: {
              index: 0,
              finish_reason: 'tool_calls',
              message: json({
                tool_calls: [
                  { id: 'call_1', type: 'function', function: { name: 'get_order', arguments: text } },
                ],
              }),
            },
          },
        ],
      },
    ],
    [
      'otel-genai 2024: a choice with a body',
      chat,
      {
        events: [
          {
            name: 'gen_ai.choice',
            timeUnixNano: 1n,
            attributes: {
              'gen_ai.event.content': json({
                message: {
                  tool_calls: [
                    { id: 'call_1', type: 'function', function: { name: 'get_order', arguments: text } },
                  ],
                },
              }),
            },
          },
        ],
      },
    ],
    [
      'otel-genai 2024: an event with the completion',
      chat,
      {
        events: [
          {
            name: 'gen_ai.content.completion',
            timeUnixNano: 1n,
            attributes: {
              'gen_ai.completion': json([
                {
                  role: 'assistant',
                  tool_calls: [{ id: 'call_1', function: { name: 'get_order', arguments: text } }],
                },
              ]),
            },
          },
        ],
      },
    ],
    [
      'openai-agents, a generation that tells its messages as the convention does',
      {
        'agent.span.type': 'generation',
        'gen_ai.request.model': 'm-1',
        'gen_ai.completion': json([
          {
            role: 'assistant',
            tool_calls: [{ id: 'call_1', function: { name: 'get_order', arguments: text } }],
          },
        ]),
      },
      {},
    ],
    [
      'traceloop, Anthropic blocks as a text',
      {
        'llm.request.type': 'chat',
        'gen_ai.request.model': 'm-1',
        'gen_ai.completion.0.finish_reason': 'tool_use',
        'gen_ai.completion.0.content': json([
          { type: 'text', text: 'I look' },
          { type: 'tool_use', id: 'call_1', name: 'get_order', input: ARGS },
        ]),
      },
      { name: 'anthropic.chat' },
    ],
    [
      'Logfire: events in an attribute',
      {
        ...chat,
        events: json([
          { 'event.name': 'gen_ai.user.message', content: 'hello' },
          {
            'event.name': 'gen_ai.choice',
            message: {
              role: 'assistant',
              tool_calls: [
                { id: 'call_1', type: 'function', function: { name: 'get_order', arguments: text } },
              ],
            },
          },
        ]),
      },
      {},
    ],
    [
      'Sentry: calls apart',
      {
        ...chat,
        'gen_ai.response.tool_calls': json([
          { id: 'call_1', type: 'function_call', name: 'get_order', arguments: text },
        ]),
        'gen_ai.response.text': 'I look',
      },
      {},
    ],
    [
      "Google's ADK",
      {
        'gen_ai.system': 'gcp.vertex.agent',
        'gen_ai.request.model': 'm-1',
        'gcp.vertex.agent.llm_response': json({
          content: { parts: [{ function_call: { id: 'call_1', name: 'get_order', args: ARGS } }] },
        }),
      },
      { name: 'call_llm' },
    ],
    [
      'Bedrock, in an event of Strands',
      chat,
      {
        events: [
          {
            name: 'gen_ai.choice',
            timeUnixNano: 1n,
            attributes: {
              finish_reason: 'tool_use',
              message: json([{ toolUse: { toolUseId: 'call_1', name: 'get_order', input: ARGS } }]),
            },
          },
        ],
      },
    ],
    [
      'vercel-ai 5',
      {
        'ai.operationId': 'ai.streamText.doStream',
        'ai.model.id': 'm-1',
        'ai.response.toolCalls': json([
          { type: 'tool-call', toolCallId: 'call_1', toolName: 'get_order', input: ARGS },
        ]),
      },
      {},
    ],
    [
      'vercel-ai 3',
      {
        'operation.name': 'ai.generateText.doGenerate agent',
        'ai.model.id': 'm-1',
        'ai.result.toolCalls': json([
          { toolCallType: 'function', toolCallId: 'call_1', toolName: 'get_order', args: text },
        ]),
      },
      { name: 'ai.generateText.doGenerate' },
    ],
    [
      'openinference, Anthropic in the value only',
      {
        'openinference.span.kind': 'LLM',
        'llm.model_name': 'm-1',
        'output.value': json({
          content: [
            { type: 'text', text: 'I look' },
            { type: 'tool_use', id: 'call_1', name: 'get_order', input: ARGS },
          ],
        }),
      },
      {},
    ],
    [
      'openinference, responses in the value only',
      {
        'openinference.span.kind': 'LLM',
        'llm.model_name': 'm-1',
        'output.value': json({
          id: 'resp_1',
          output: [
            { type: 'reasoning', id: 'rs_1' },
            { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'get_order', arguments: text },
          ],
        }),
      },
      {},
    ],
    [
      'traceloop, flattened',
      {
        'llm.request.type': 'chat',
        'gen_ai.request.model': 'm-1',
        'gen_ai.completion.0.role': 'assistant',
        'gen_ai.completion.0.tool_calls.0.id': 'call_1',
        'gen_ai.completion.0.tool_calls.0.name': 'get_order',
        'gen_ai.completion.0.tool_calls.0.arguments': text,
      },
      {},
    ],
    [
      'traceloop, the older function_call',
      {
        'llm.request.type': 'chat',
        'gen_ai.request.model': 'm-1',
        'gen_ai.completion.0.tool_calls.0.id': 'call_1',
        'gen_ai.completion.0.tool_calls.0.function.name': 'get_order',
        'gen_ai.completion.0.tool_calls.0.function.arguments': text,
      },
      {},
    ],
    [
      'langsmith, LangChain',
      {
        'langsmith.span.kind': 'llm',
        'gen_ai.request.model': 'm-1',
        'gen_ai.completion': json({
          generations: [
            [
              {
                message: {
                  lc: 1,
                  kwargs: {
                    content: [{ type: 'tool_use', id: 'call_1', name: 'get_order', input: ARGS }],
                    tool_calls: [{ name: 'get_order', args: ARGS, id: 'call_1', type: 'tool_call' }],
                  },
                },
              },
            ],
          ],
        }),
      },
      {},
    ],
    [
      'langsmith, wrapped OpenAI',
      {
        'langsmith.span.kind': 'llm',
        'gen_ai.request.model': 'm-1',
        'gen_ai.completion': json({
          choices: [
            {
              message: {
                role: 'assistant',
                tool_calls: [
                  { id: 'call_1', type: 'function', function: { name: 'get_order', arguments: text } },
                ],
              },
            },
          ],
        }),
      },
      {},
    ],
    [
      'mastra, a step',
      {
        'mastra.span.type': 'model_step',
        'gen_ai.operation.name': 'model_step',
        'gen_ai.request.model': 'm-1',
        'mastra.model_step.output': json({
          text: '',
          toolCalls: [
            { type: 'tool-call', payload: { toolCallId: 'call_1', toolName: 'get_order', args: ARGS } },
          ],
        }),
      },
      {},
    ],
    [
      'openai-agents, a response',
      {
        'openai.agents.span.type': 'response',
        'gen_ai.request.model': 'm-1',
        'openai.agents.response': json({
          output: [{ type: 'function_call', call_id: 'call_1', name: 'get_order', arguments: text }],
        }),
      },
      {},
    ],
    [
      'langfuse, a generation',
      {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.model.name': 'm-1',
        'langfuse.observation.output': json({
          role: 'assistant',
          tool_calls: [{ id: 'call_1', function: { name: 'get_order', arguments: text } }],
        }),
      },
      {},
    ],
    [
      'genkit',
      {
        'genkit:type': 'action',
        'genkit:metadata:subtype': 'model',
        'genkit:name': 'm-1',
        'genkit:output': json({
          message: {
            role: 'model',
            content: [{ toolRequest: { name: 'get_order', ref: 'call_1', input: ARGS } }],
          },
        }),
      },
      {},
    ],
  ])('%s: the calls it emitted', (_form, attributes, more) => {
    const model = readAs('model', attributes, more)
    expect(model.model).toBe('m-1')
    expect(emittedBy(model)).toEqual(ONE_CALL)
  })
})
