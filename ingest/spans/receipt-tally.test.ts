import { expect, it } from 'vitest'
import { tool } from '../assemble/facts.test-util.ts'
import type { Unrecognised } from '../dialects/facts.ts'
import { createReceiptTally } from './receipt-tally.ts'

const place = tool({ id: 't', at: [0, 1], call: 'a' })
const unread = (spanName: string): Unrecognised => ({
  spanName,
  scopeName: 'http',
  missing: ['gen_ai.operation.name'],
  place,
})

it('counts spans of a dialect together, and unread ones by their scope and name', () => {
  const tally = createReceiptTally()
  for (const read of [place, place, unread('GET'), unread('SELECT')]) tally.add(read)
  expect(tally.kinds()).toEqual([
    { dialect: 'test', scope: '', spanName: '', missing: [], spans: 2 },
    { dialect: '', scope: 'http', spanName: 'GET', missing: ['gen_ai.operation.name'], spans: 1 },
    { dialect: '', scope: 'http', spanName: 'SELECT', missing: ['gen_ai.operation.name'], spans: 1 },
  ])
})

it.each([
  ['GET /orders/1042/items', 'GET /orders/*/items'],
  ['run 0196f3a2-7c1e-7aaa-8bbb-0123456789ab', 'run *'],
  ['job deadbeefcafe', 'job *'],
  ['tool added', 'tool added'],
])('takes %s for one of its kind', (name, kind) => {
  const tally = createReceiptTally()
  tally.add(unread(name))
  tally.add(unread(kind))
  expect(tally.kinds()).toMatchObject([{ spanName: kind, spans: 2 }])
})
