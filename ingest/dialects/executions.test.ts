import { describe, expect, it } from 'vitest'
import type { OtlpAttributes, OtlpSpan } from '../otlp/span.ts'
import { ARGS, json, print, read } from './reading.test-util.ts'

describe('tool executions', () => {
  it.each<[string, OtlpAttributes, Partial<OtlpSpan>]>([
    [
      'otel-genai',
      {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'get_order',
        'gen_ai.tool.call.id': 'call_1',
        'gen_ai.tool.call.arguments': json(ARGS),
        'gen_ai.tool.call.result': json({ total: 8_450 }),
      },
      {},
    ],
    [
      'otel-genai',
      {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'get_order',
        'gen_ai.tool.call.id': 'call_1',
        'gen_ai.tool.call.arguments': ARGS,
        'gen_ai.tool.call.result': { total: 8_450 },
      },
      {},
    ],
    [
      // Pydantic AI before it named the operation.
      'otel-genai',
      {
        'gen_ai.tool.name': 'get_order',
        'gen_ai.tool.call.id': 'call_1',
        tool_arguments: json(ARGS),
        tool_response: json({ total: 8_450 }),
      },
      { name: 'running tool' },
    ],
    [
      // Google's ADK.
      'otel-genai',
      {
        'gen_ai.system': 'gcp.vertex.agent',
        'gen_ai.tool.name': 'get_order',
        'gen_ai.tool.call.id': 'call_1',
        'gcp.vertex.agent.tool_call_args': json(ARGS),
        'gcp.vertex.agent.tool_response': json({ total: 8_450 }),
      },
      { name: 'execute_tool get_order' },
    ],
    [
      // Strands tells input and result as messages.
      'otel-genai',
      {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'get_order',
        'gen_ai.tool.call.id': 'call_1',
      },
      {
        events: [
          {
            name: 'gen_ai.tool.message',
            timeUnixNano: 1n,
            attributes: { role: 'tool', content: json(ARGS), id: 'call_1' },
          },
          {
            name: 'gen_ai.choice',
            timeUnixNano: 2n,
            attributes: { message: json([{ json: { total: 8_450 } }]), id: 'call_1' },
          },
        ],
      },
    ],
    [
      'vercel-ai',
      {
        'operation.name': 'ai.toolCall',
        'ai.operationId': 'ai.toolCall',
        'ai.toolCall.name': 'get_order',
        'ai.toolCall.id': 'call_1',
        'ai.toolCall.args': json(ARGS),
        'ai.toolCall.result': json({ total: 8_450 }),
      },
      { name: 'ai.toolCall' },
    ],
    [
      // LangChain for Python writes its dictionaries as Python does.
      'openinference',
      {
        'openinference.span.kind': 'TOOL',
        'tool.name': 'get_order',
        'input.value': "{'order_id': 'A-1042', 'limit': 2500}",
        'output.value': json({
          output: {
            lc: 1,
            type: 'constructor',
            id: ['ToolMessage'],
            kwargs: { content: json({ total: 8_450 }), tool_call_id: 'call_1', status: 'success' },
          },
        }),
      },
      {},
    ],
    [
      'openinference',
      {
        'openinference.span.kind': 'TOOL',
        'input.value': json({ name: 'get_order', args: ARGS, id: 'call_1', type: 'tool_call' }),
        'output.value': json({ total: 8_450 }),
      },
      { name: 'get_order' },
    ],
    [
      'langsmith',
      {
        'langsmith.span.kind': 'tool',
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'get_order',
        'langsmith.metadata.tool_call_id': 'call_1',
        'gen_ai.prompt': json({ input: json(ARGS) }),
        'gen_ai.completion': json({ output: json({ total: 8_450 }) }),
      },
      {},
    ],
    [
      'mastra',
      {
        'mastra.span.type': 'tool_call',
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'get_order',
        'gen_ai.tool.call.id': 'call_1',
        'gen_ai.tool.call.arguments': json(ARGS),
        'gen_ai.tool.call.result': json({ total: 8_450 }),
      },
      {},
    ],
    [
      'langfuse',
      {
        'langfuse.observation.type': 'tool',
        'gen_ai.tool.call.id': 'call_1',
        'langfuse.observation.input': json(ARGS),
        'langfuse.observation.output': json({ total: 8_450 }),
      },
      { name: 'get_order' },
    ],
    [
      'traceloop',
      {
        'traceloop.span.kind': 'tool',
        'traceloop.entity.name': 'get_order',
        'gen_ai.tool.call.id': 'call_1',
        'traceloop.entity.input': json({ args: [], kwargs: ARGS }),
        'traceloop.entity.output': json({ total: 8_450 }),
      },
      { name: 'get_order.tool' },
    ],
    [
      'mcp',
      {
        'mcp.method.name': 'tools/call',
        'gen_ai.tool.call.id': 'call_1',
        'mcp.request.params': json({ name: 'get_order', arguments: ARGS }),
        'mcp.tool.result': json({ content: [{ type: 'text', text: json({ total: 8_450 }) }] }),
      },
      { name: 'tools/call' },
    ],
    [
      // Sentry tells arguments one by one.
      'mcp',
      {
        'mcp.method.name': 'tools/call',
        'mcp.tool.name': 'get_order',
        'gen_ai.tool.call.id': 'call_1',
        'mcp.request.argument.order_id': '"A-1042"',
        'mcp.request.argument.limit': '2500',
        'mcp.tool.result.content': json({ total: 8_450 }),
      },
      {},
    ],
    [
      // LangChain under OpenLLMetry.
      'traceloop',
      {
        'traceloop.span.kind': 'tool',
        'traceloop.entity.name': 'get_order',
        'traceloop.entity.input': json({
          input_str: "{'order_id': 'A-1042', 'limit': 2500}",
          tags: [],
          inputs: ARGS,
        }),
        'traceloop.entity.output': json({
          output: { lc: 1, kwargs: { content: json({ total: 8_450 }), tool_call_id: 'call_1' } },
          kwargs: { tags: [] },
        }),
      },
      {},
    ],
    [
      // MCP under OpenLLMetry.
      'traceloop',
      {
        'traceloop.span.kind': 'tool',
        'traceloop.entity.name': 'get_order',
        'gen_ai.tool.call.id': 'call_1',
        'traceloop.entity.input': json({ tool_name: 'get_order', arguments: ARGS }),
        'traceloop.entity.output': json({ result: json({ total: 8_450 }), is_error: false }),
      },
      {},
    ],
    [
      // Mastra's first exporter.
      'mastra',
      {
        'mastra.span.type': 'tool_call',
        'gen_ai.operation.name': 'tool.execute',
        'gen_ai.tool.name': 'get_order',
        'gen_ai.tool.success': true,
        toolCallId: 'call_1',
        input: json(ARGS),
        output: json({ total: 8_450 }),
      },
      {},
    ],
    [
      // Claude Code.
      'anthropic',
      {
        tool_name: 'get_order',
        tool_use_id: 'call_1',
        tool_input: json(ARGS),
        tool_result: json({ total: 8_450 }),
      },
      { name: 'claude_code.tool' },
    ],
    [
      'openai-agents',
      {
        'openai.agents.span.type': 'function',
        'openai.agents.name': 'get_order',
        'openai.agents.call_id': 'call_1',
        'openai.agents.input': json(ARGS),
        'openai.agents.output': json({ total: 8_450 }),
      },
      {},
    ],
    [
      'anthropic',
      {
        'gen_ai.tool.call.id': 'call_1',
        'gen_ai.tool.call.arguments': json(ARGS),
        'gen_ai.tool.call.result': json([{ type: 'text', text: json({ total: 8_450 }) }]),
      },
      { name: 'anthropic.tool_use get_order' },
    ],
    [
      'genkit',
      {
        'genkit:type': 'action',
        'genkit:metadata:subtype': 'tool',
        'genkit:name': 'get_order',
        'genkit:input': json(ARGS),
        'genkit:output': json({ total: 8_450 }),
      },
      {},
    ],
  ])('%s: name, id, arguments and result', (dialect, attributes, more) => {
    const facts = read(attributes, more)
    expect(facts.dialect).toBe(dialect)
    expect(facts.facts).toMatchObject({
      role: 'tool',
      tool: 'get_order',
      callId: dialect === 'genkit' ? null : 'call_1',
      argumentsKey: print(ARGS).key,
      argsFp: print(ARGS).fp,
      resultFp: print({ total: 8_450 }).fp,
      resultBytes: 14,
      outcome: 'ok',
      errorCode: null,
    })
  })
})
