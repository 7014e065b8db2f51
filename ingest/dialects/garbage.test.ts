import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OtlpValue } from '../otlp/span.ts'
import { json, print, read } from './reading.test-util.ts'
import { readRecordings, spanWith } from './recordings.test-util.ts'
import { DIALECTS, normaliseSpan } from './registry.ts'

describe('any span', () => {
  const known = [
    ...new Set(
      readRecordings().flatMap(({ spans }) => spans.flatMap((span) => Object.keys(span.attributes))),
    ),
  ]
  const extra = DIALECTS.flatMap((dialect) => dialect.markers).concat(
    'events',
    'metadata',
    'type',
    'name',
    'input',
    '__proto__',
  )
  const words = [
    'TOOL',
    'LLM',
    'tool',
    'llm',
    'model',
    'action',
    'chat',
    'execute_tool',
    'tools/call',
    'function',
    'model_step',
    'generation',
  ]
  const broken = fc.constantFrom(
    '{',
    '[{"',
    '{"a":',
    '{}{}',
    '[[[[',
    "{'a': (1,)}",
    '"',
    '[]',
    'null',
    '{"__proto__":{"x":1}}',
    '{"tool_calls":[null,{},1]}',
    '{"message":{"message":{}}}',
  )
  const value: fc.Arbitrary<OtlpValue> = fc.oneof(
    fc.constantFrom(...words),
    broken,
    fc.string(),
    fc.json(),
    fc.double(),
    fc.bigInt(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array(),
    fc.array(fc.oneof(fc.string(), fc.integer(), fc.json())),
    fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer())),
  )
  const attributes = fc.dictionary(fc.oneof(fc.constantFrom(...known, ...extra), fc.string()), value, {
    maxKeys: 12,
  })

  it('is read or told why not, whatever its attributes hold', () => {
    fc.assert(
      fc.property(attributes, attributes, fc.string(), fc.constantFrom(0, 1, 2), (own, event, name, code) => {
        const events = [
          { name: 'gen_ai.choice', timeUnixNano: 0n, attributes: event },
          { name: 'exception', timeUnixNano: 0n, attributes: event },
        ]
        const read = normaliseSpan(
          spanWith(own, {
            name,
            events,
            resource: event,
            status: { code: code as 0 | 1 | 2, message: name },
          }),
          print,
        )
        expect('facts' in read || read.missing.length > 0).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('of a recording is read or told why not when any one attribute is garbage', () => {
    const spans = readRecordings().flatMap((recording) => recording.spans)
    fc.assert(
      fc.property(fc.nat(spans.length - 1), fc.nat(100), value, (at, which, garbage) => {
        const span = spans[at] ?? spanWith({})
        const keys = Object.keys(span.attributes)
        const mutated = { ...span.attributes, [keys[which % keys.length] ?? 'x']: garbage }
        const read = normaliseSpan({ ...span, attributes: mutated }, print)
        expect('facts' in read || read.missing.length > 0).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('takes JSON of any depth and width', () => {
    const quotes = `['${"\\'".repeat(500_000)}\\`
    const deep = '['.repeat(50_000) + ']'.repeat(50_000)
    const wide = json(
      Array.from({ length: 60_000 }, (_, i) => ({ role: 'tool', tool_call_id: `c${i}`, content: 'x' })),
    )
    for (const content of [deep, wide, quotes, json({ content: deep })]) {
      for (const key of ['gen_ai.input.messages', 'gen_ai.output.messages', 'gen_ai.tool.call.arguments']) {
        expect(read({ 'gen_ai.operation.name': 'chat', [key]: content }).facts.role).toBe('model')
        expect(read({ 'gen_ai.tool.name': 't', [key]: content }).facts.role).toBe('tool')
      }
    }
  })
})
