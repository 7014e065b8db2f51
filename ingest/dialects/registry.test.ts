import { describe, expect, it } from 'vitest'
import type { OtlpAttributes } from '../otlp/span.ts'
import { json, print, read } from './reading.test-util.ts'
import { spanWith } from './recordings.test-util.ts'
import { normaliseSpan } from './registry.ts'

describe('scopes', () => {
  it.each<[OtlpAttributes, string, boolean, string | null]>([
    [
      { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'support' },
      'invoke_agent',
      true,
      'support',
    ],
    [{ 'gen_ai.operation.name': 'agent_step' }, 'step 1', false, null],
    [{ 'gen_ai.agent.name': 'support' }, 'agent run', true, 'support'],
    [{ 'gen_ai.agent.name': 'support' }, 'tools', false, 'support'],
    [{ type: 'custom', 'gen_ai.operation.name': 'invoke_agent' }, 'invoke_agent', true, null],
    [
      { 'ai.operationId': 'ai.generateText', 'ai.telemetry.functionId': 'support' },
      'ai.generateText',
      true,
      'support',
    ],
    [{ 'openinference.span.kind': 'AGENT' }, 'support', true, 'support'],
    [
      { 'openinference.span.kind': 'CHAIN', metadata: json({ lc_agent_name: 'support' }) },
      'tools',
      false,
      'support',
    ],
    [
      { 'traceloop.span.kind': 'workflow', 'traceloop.entity.name': 'support' },
      'support.workflow',
      true,
      'support',
    ],
    [{ 'traceloop.span.kind': 'task', 'traceloop.workflow.name': 'support' }, 'x.task', false, 'support'],
    [
      { 'mastra.span.type': 'agent_run', 'gen_ai.agent.name': 'support' },
      'invoke_agent support',
      true,
      'support',
    ],
    [{ 'mastra.span.type': 'model_generation' }, 'chat m-1', false, null],
    [{ 'genkit:type': 'util', 'genkit:name': 'generate' }, 'generate', false, null],
    [{ 'mcp.method.name': 'tools/list' }, 'tools/list', false, null],
    [{ tool_use_id: 'call_1' }, 'claude_code.tool.execution', false, null],
    [{ 'openai.agents.span.type': 'agent', 'openai.agents.name': 'support' }, 'support', true, 'support'],
  ])('%o', (attributes, name, isAgent, agent) => {
    const read = normaliseSpan(spanWith(attributes, { name }), print)
    expect(read).toMatchObject({ agent, facts: { role: 'scope', isAgent } })
  })

  it('tells run, service, version and environment of any dialect', () => {
    const resource = {
      'service.name': 'shop',
      'service.version': '1.2.0',
      'deployment.environment.name': 'production',
    }
    const facts = read(
      { 'openinference.span.kind': 'CHAIN', 'session.id': 't1', 'thread.id': 7 },
      { resource },
    )
    expect(facts).toMatchObject({ runId: 't1', service: 'shop', version: '1.2.0', environment: 'production' })
    const unnamed = read(
      { 'openinference.span.kind': 'CHAIN', 'thread.id': 7 },
      { resource: { 'service.name': 'unknown_service:node' } },
    )
    expect(unnamed).toMatchObject({ runId: null, service: null, agent: null })
  })

  it('gives times in whole microseconds', () => {
    const facts = read({ 'openinference.span.kind': 'CHAIN' })
    expect([facts.startUs, facts.endUs]).toEqual([1_795_172_163_529_276, 1_795_172_163_610_297])
  })
})

describe('spans that are not recognised', () => {
  it('keep their place, so that what they stand between stays related', () => {
    const span = spanWith({ 'http.request.method': 'POST' }, { parentSpanId: '00f067aa0ba902b7' })
    const { spanId, parentSpanId } = span
    expect(normaliseSpan(span, print)).toMatchObject({
      place: { spanId, parentSpanId, facts: { role: 'scope', isAgent: false } },
    })
  })

  it('say which attribute is missing', () => {
    const span = spanWith({ 'http.request.method': 'GET' }, { name: 'GET' })
    expect(normaliseSpan(span, print)).toMatchObject({
      spanName: 'GET',
      missing: expect.arrayContaining(['gen_ai.operation.name', 'openinference.span.kind']),
    })
    expect(normaliseSpan(spanWith({ 'gen_ai.system': 'openai' }), print)).toMatchObject({
      missing: ['gen_ai.operation.name'],
    })
    expect(normaliseSpan(spanWith({ 'gen_ai.operation.name': 'execute_tool' }), print)).toMatchObject({
      missing: ['gen_ai.tool.name'],
    })
  })
})
