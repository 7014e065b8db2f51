import { describe, expect, it } from 'vitest'
import type { OtlpAttributes, OtlpSpan } from '../otlp/span.ts'
import type { ToolFacts } from './facts.ts'
import { json, read, readAs } from './reading.test-util.ts'

const outcomeOf = (tool: ToolFacts) => [tool.outcome, tool.errorCode]

describe('tool executions', () => {
  const execution = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'get_order' }
  const exception = (attributes: OtlpAttributes) => ({
    events: [{ name: 'exception', timeUnixNano: 1n, attributes }],
  })

  it.each<[string, OtlpAttributes, Partial<OtlpSpan>, readonly [string, string | null]]>([
    ['a status', {}, { status: { code: 2, message: 'the parcel of Ms Ng is lost' } }, ['error', 'error']],
    [
      'a type before the message',
      {},
      { status: { code: 2, message: 'ValueError: no' } },
      ['error', 'ValueError'],
    ],
    ['error.type', { 'error.type': 'tool_error' }, {}, ['error', 'tool_error']],
    ['an exception', {}, exception({ 'exception.type': 'KeyError' }), ['error', 'KeyError']],
    [
      'a handled exception',
      {},
      { ...exception({ 'exception.type': 'KeyError' }), status: { code: 1, message: '' } },
      ['ok', null],
    ],
    ['a timeout', { 'error.type': 'TimeoutError' }, {}, ['timeout', 'TimeoutError']],
    ['a deadline', { 'error.type': 'DEADLINE_EXCEEDED' }, {}, ['timeout', 'DEADLINE_EXCEEDED']],
    ['an abort', {}, exception({ 'exception.type': 'AbortError' }), ['cancelled', 'AbortError']],
    [
      'a cancellation',
      { 'error.type': 'asyncio.CancelledError' },
      {},
      ['cancelled', 'asyncio.CancelledError'],
    ],
    ['isError', { 'gen_ai.tool.call.result': json({ isError: true, content: [] }) }, {}, ['error', 'error']],
    ['no isError', { 'gen_ai.tool.call.result': json({ isError: false, error: 'none' }) }, {}, ['ok', null]],
    [
      'an error alone',
      { 'gen_ai.tool.call.result': json({ error: 'upstream 503' }) },
      {},
      ['error', 'error'],
    ],
    ['an empty error', { 'gen_ai.tool.call.result': json({ error: null, total: 1 }) }, {}, ['ok', null]],
    [
      'a status of a message',
      { 'gen_ai.tool.call.result': json({ status: 'error', tool_call_id: 'c', content: '?' }) },
      {},
      ['error', 'error'],
    ],
    [
      'a domain status',
      { 'gen_ai.tool.call.result': json({ status: 'failed', payment: 'pay_1' }) },
      {},
      ['ok', null],
    ],
    ['a text', { 'gen_ai.tool.call.result': 'Error: upstream 503' }, {}, ['error', 'error']],
    ['a text on errors', { 'gen_ai.tool.call.result': 'Errors: none. All is well.' }, {}, ['ok', null]],
    ['a flag', { 'gen_ai.tool.status': 'error' }, {}, ['error', 'error']],
  ])('tells failure: %s', (_form, attributes, more, expected) => {
    expect(outcomeOf(readAs('tool', { ...execution, ...attributes }, more))).toEqual(expected)
  })

  it('keeps nothing of what was said', () => {
    const secret = 'the parcel of Ms Ng is lost'
    const facts = read(
      {
        ...execution,
        'gen_ai.tool.call.arguments': json({ note: secret }),
        'gen_ai.tool.call.result': secret,
      },
      { status: { code: 2, message: secret } },
    )
    expect(json(facts)).not.toContain('Ms Ng')
  })

  it('does not take half a value for a whole one', () => {
    const cut = json({ order_id: 'A-1042', note: 'a long text' }).slice(0, 25)
    expect(readAs('tool', { ...execution, 'gen_ai.tool.call.arguments': cut })).toMatchObject({
      argumentsKey: null,
      argsFp: [],
      argsBytes: null,
    })
    expect(readAs('tool', { ...execution, 'gen_ai.tool.call.arguments': '[REDACTED]' }).argumentsKey).toBe(
      null,
    )
  })
})
