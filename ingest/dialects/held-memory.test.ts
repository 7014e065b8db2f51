import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { decodeRequest } from '../otlp/pipeline.ts'
import { json, print } from './reading.test-util.ts'
import { isRecognised, normaliseSpan } from './registry.ts'

const SPANS = 60
const CONTENT_CHARS = 200_000

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Attributes of spans in which everything that can be long is long. */
const SPOKEN = {
  'a tool that threw': (content: string) => ({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'get_order',
    'gen_ai.tool.call.arguments': json({ order_id: content }),
    'exception.message': `PaymentDeclinedError: ${content}`,
  }),
  'a tool and its result': (content: string) => ({
    'openinference.span.kind': 'TOOL',
    'tool.name': 'get_order',
    'input.value': `{'order_id': '${content}'}`,
    'output.value': json({ kwargs: { tool_call_id: 'call_r8lc2t01', content } }),
  }),
  'a model call': (content: string) => ({
    'gen_ai.operation.name': 'chat',
    'gen_ai.input.messages': json([
      { role: 'user', parts: [{ type: 'text', content }] },
      { role: 'assistant', tool_calls: [{ id: 'call_r8lc2t01', function: { name: 'get_order' } }] },
      { role: 'tool', tool_call_id: 'call_r8lc2t01', content },
    ]),
    'gen_ai.output.messages': json([
      {
        role: 'assistant',
        parts: [
          { type: 'tool_call', id: 'call_r8lc2t02', name: 'get_customer_of_order', arguments: content },
        ],
      },
    ]),
  }),
  'a model call told piece by piece': (content: string) => ({
    'llm.request.type': 'chat',
    'gen_ai.prompt.0.content': content,
    'gen_ai.completion.0.tool_calls.0.id': 'call_r8lc2t01',
    'gen_ai.completion.0.tool_calls.0.name': 'get_customer_of_order',
    'gen_ai.completion.0.tool_calls.0.arguments': json({ order_id: content }),
  }),
}

it.each(Object.entries(SPOKEN))('holds nothing of the content of %s', (_what, attributesOf) => {
  const held: unknown[] = []
  const before = usedMemory()
  for (let n = 0; n < SPANS; n++) {
    const span = readSpan(attributesOf(`${n} `.padEnd(CONTENT_CHARS, `${n} lorem ipsum `)))
    expect(isRecognised(span)).toBe(true)
    held.push(span)
  }
  expect(usedMemory() - before).toBeLessThan((SPANS * CONTENT_CHARS) / 4)
  expect(held.length).toBe(SPANS)
})

function readSpan(attributes: Readonly<Record<string, string>>) {
  const list = Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }))
  const span = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    name: 'span',
    startTimeUnixNano: '1795172163529276999',
    endTimeUnixNano: '1795172163610297001',
    attributes: list,
    events: [{ name: 'exception', timeUnixNano: '1795172163610297001', attributes: list }],
    status: { code: 'exception.message' in attributes ? 2 : 0, message: '' },
  }
  const body = Buffer.from(json({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }))
  const decoded = decodeRequest({ body, contentType: 'application/json', contentEncoding: '' }, body.length)
  const [first] = decoded.spans
  if (first === undefined) throw new Error(json(decoded.rejected))
  return normaliseSpan(first, print)
}

function usedMemory(): number {
  for (let i = 0; i < 3; i++) collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
