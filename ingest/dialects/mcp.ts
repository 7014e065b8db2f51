import type { OtlpAttributes } from '../otlp/span.ts'
import { nameOf, readName, readRaw, unflatten } from './attributes.ts'
import { type Dialect, readScope, readTool } from './dialect.ts'
import { firstOf, isFields, parseJson, tell } from './json.ts'

/** Model Context Protocol: `mcp.method.name` on the spans of clients and servers. */
export const mcp: Dialect = {
  name: 'mcp',
  markers: ['mcp.method.name'],
  claims: ({ attributes }) =>
    readName(attributes, 'mcp.method.name', 'mcp.tool.name') !== null ||
    (readName(attributes, 'rpc.system') === 'mcp' && readName(attributes, 'rpc.method') !== null),
  read: (span, print) => {
    const { attributes } = span
    const method = readName(attributes, 'mcp.method.name', 'rpc.method') ?? 'tools/call'
    if (method !== 'tools/call') return readScope(false)
    // Traceloop's and Sentry's instrumentations tell the request whole, or argument by argument.
    const request = tell(readRaw(attributes, 'mcp.request.params', 'mcp.request.argument', 'params'))
    const params = isFields(request) ? request : {}
    return readTool(span, print, {
      tool:
        readName(attributes, 'gen_ai.tool.name', 'mcp.tool.name', 'mcp.request.params.name', 'params.name') ??
        nameOf(firstOf(params, 'name')) ??
        readName(attributes, 'traceloop.entity.name') ??
        nameOf(/^tools\/call (.+)$/.exec(span.name)?.[1]),
      nameAttribute: 'gen_ai.tool.name',
      callId: readName(attributes, 'gen_ai.tool.call.id', 'mcp.tool.call.id'),
      args:
        readRaw(
          attributes,
          'gen_ai.tool.call.arguments',
          'mcp.tool.arguments',
          'mcp.request.arguments',
          'mcp.request.params.arguments',
        ) ??
        firstOf(params, 'arguments') ??
        argumentsOneByOne(attributes) ??
        readRaw(attributes, 'params.arguments', 'traceloop.entity.input'),
      result: readRaw(
        attributes,
        'gen_ai.tool.call.result',
        'mcp.tool.result.content',
        'mcp.response.value',
        'mcp.tool.result',
        'traceloop.entity.output',
      ),
    })
  },
}

/** `mcp.request.argument.city`: each value JSON of its own, so that numbers and flags stay what they are. */
function argumentsOneByOne(attributes: OtlpAttributes): unknown {
  const values = unflatten(attributes, 'mcp.request.argument.')
  if (!isFields(values)) return undefined
  const told = (value: unknown) => (typeof value === 'string' ? (parseJson(value) ?? value) : value)
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, told(value)]))
}
