import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatLogLine } from './log-line.ts'
import { makeDetail } from './testing/detail.ts'

test('says what a person greps for, and leaves out what is not known', () => {
  const batch = makeDetail({
    batch_id: 'b_1',
    agent: 'support',
    size: 2,
    wall_ms: 2136.6,
    serialization: 0.053,
  })
  expect(formatLogLine(batch, batch.outcomes)).toBe(
    'batch=b_1 agent=support mode=parallel size=2 ok=2 wall_ms=2136.6 ser=0.053 env=production',
  )
})

test('is one line, and every value reads back, whatever the names are', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (agent) => {
      const line = formatLogLine(makeDetail({ agent }), makeDetail({}).outcomes)
      expect(line).not.toMatch(/[\n\r\u2028\u2029]/)
      const value = / agent=("(?:[^"\\]|\\.)*"|\S+) mode=/u.exec(line)?.[1] ?? ''
      expect(value.startsWith('"') ? JSON.parse(value) : value).toBe(agent)
    }),
  )
})
