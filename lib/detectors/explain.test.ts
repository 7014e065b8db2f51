import { expect, test } from 'vitest'
import { alertIdentity } from '#lib/model/alert.ts'
import type { Finding } from './detector.ts'
import { type Explained, explain } from './explain.ts'

const findingOf = (change: Partial<Finding>): Finding => ({
  kind: 'convoy',
  agent: 'kyc',
  environment: 'production',
  key: {},
  onsetMs: 0,
  firstBadVersion: null,
  firstBadModel: null,
  suspects: [],
  logEvidence: 20,
  threshold: 13,
  trail: [],
  hypothesis: null,
  ...change,
})

const recordOf = (...findings: Finding[]): Record<string, Explained> =>
  Object.fromEntries(
    findings.map((finding) => [alertIdentity(finding), { finding, raisedMs: 0, parent: null }]),
  )

const parentOf = (child: Partial<Finding>, ...open: Partial<Finding>[]): string | null | undefined =>
  explain(recordOf(findingOf(child)), recordOf(...open.map(findingOf))).map(({ parent }) => parent)[0]

const convoy = { kind: 'convoy', key: { tools: ['a', 'b'] } } as const
const straggler = { kind: 'straggler', agent: '*', key: { tool: 'a' } } as const
const coupling = { kind: 'coupling', key: { tool: 'b', sibling: 'c', tools: ['b', 'c'] } } as const

test('a finding that nothing explains becomes an alert of its own', () => {
  expect(parentOf(convoy)).toBeNull()
  expect(parentOf(convoy, { ...straggler, key: { tool: 'z' } })).toBeNull()
  expect(parentOf(convoy, { ...straggler, agent: 'triage' })).toBeNull()
})

test('a tool that is slow by itself explains the queue and the pair that it is in', () => {
  expect(parentOf(convoy, straggler)).toBe(alertIdentity(findingOf(straggler)))
  expect(parentOf({ ...coupling, key: { tool: 'b', sibling: 'a' } }, straggler)).toBe(
    alertIdentity(findingOf(straggler)),
  )
  expect(parentOf(coupling, convoy)).toBe(alertIdentity(findingOf(convoy)))
})

test('a queue explains a slow tool only where waiting fits much better than being slow', () => {
  const resource = (logOdds: number) => ({
    suspects: [{ kind: 'resource', value: '2 slots', before: null, logOdds, because: '' }] as const,
  })
  expect(parentOf(straggler, { ...convoy, ...resource(3) })).toBeNull()
  expect(parentOf(straggler, { ...convoy, ...resource(12) })).not.toBeNull()
})

test('what is explained explains nothing back', () => {
  expect(parentOf(straggler, convoy)).toBeNull()
  expect(parentOf(convoy, coupling)).toBeNull()
  expect(parentOf({ kind: 'collapse' }, { kind: 'missed', key: { tools: ['a', 'b'] } })).toBeNull()
})

test('a model that emits one call a turn explains every missed pair of its agent', () => {
  const collapse = { kind: 'collapse', key: {} } as const
  expect(parentOf({ kind: 'missed', key: { tools: ['a', 'b'] } }, collapse)).toBe(
    alertIdentity(findingOf(collapse)),
  )
  expect(parentOf({ kind: 'missed', agent: 'triage', key: { tools: ['a', 'b'] } }, collapse)).toBeNull()
})

test('the same again under another key is a child, and under the same key nothing', () => {
  const other = { ...convoy, key: { tools: ['b', 'c'] } } as const
  expect(parentOf(other, convoy)).toBe(alertIdentity(findingOf(convoy)))
  expect(explain(recordOf(findingOf(convoy)), recordOf(findingOf(convoy)))).toMatchObject([
    { verdict: 'drop' },
  ])
})

test('two pairs or two races with a tool in common are two, but a pair the other way round is the same', () => {
  const turned = { ...coupling, key: { tool: 'c', sibling: 'b', tools: ['c', 'b'] } } as const
  expect(parentOf(turned, coupling)).toBe(alertIdentity(findingOf(coupling)))
  expect(parentOf({ ...coupling, key: { tool: 'b', sibling: 'd' } }, coupling)).toBeNull()
  const race = { kind: 'conflict', key: { tools: ['a', 'b'] } } as const
  expect(parentOf({ ...race, key: { tools: ['b', 'c'] } }, race)).toBeNull()
  expect(parentOf(coupling, race)).toBe(alertIdentity(findingOf(race)))
})

test('a muted alert mutes no other', () => {
  const open = recordOf(findingOf(convoy))
  const identity = alertIdentity(findingOf(convoy))
  const muted = { [identity]: { ...(open[identity] as Explained), parent: 'other' } }
  expect(explain(recordOf(findingOf(coupling)), muted)).toMatchObject([{ verdict: 'open', parent: null }])
})

test('what a busier environment has told already is a child of that, unless a deploy of its own is to blame', () => {
  const inStaging = (told: Partial<Finding>, change: Partial<Finding>) => {
    const elsewhere = Object.values(recordOf(findingOf({ ...told, firstBadVersion: '1.7' })))
    const held = recordOf(findingOf({ ...told, environment: 'staging', ...change }))
    return explain(held, {}, elsewhere)[0]?.parent
  }
  const serialized = { kind: 'serialized', key: {} } as const
  expect(inStaging(serialized, { firstBadVersion: '1.7' })).toBe(alertIdentity(findingOf(serialized)))
  expect(inStaging(serialized, { firstBadVersion: '1.8' })).toBeNull()
  expect(inStaging(serialized, { agent: 'triage' })).toBeNull()
  expect(inStaging(convoy, { firstBadVersion: '1.8' })).toBe(alertIdentity(findingOf(convoy)))
})
