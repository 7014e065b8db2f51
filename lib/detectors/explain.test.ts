import { expect, test } from 'vitest'
import { alertIdentity } from '#lib/model/alert.ts'
import type { Finding } from './detector.ts'
import { explain, type OpenFinding } from './explain.ts'

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

const openOf = (change: Partial<Finding>, parent: string | null = null): OpenFinding => ({
  finding: findingOf(change),
  parent,
})

const parentOf = (child: Partial<Finding>, ...open: Partial<Finding>[]): string | null =>
  explain(
    findingOf(child),
    open.map((change) => openOf(change)),
  )

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

test('the same again under another key is a child', () => {
  const other = { ...convoy, key: { tools: ['b', 'c'] } } as const
  expect(parentOf(other, convoy)).toBe(alertIdentity(findingOf(convoy)))
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
  expect(explain(findingOf(coupling), [openOf(convoy, 'other')])).toBeNull()
})

test('what a busier environment has told already is a child of that, unless a deploy of its own is to blame', () => {
  const inStaging = (told: Partial<Finding>, change: Partial<Finding>) =>
    explain(
      findingOf({ ...told, environment: 'staging', ...change }),
      [],
      [openOf({ ...told, firstBadVersion: '1.7' })],
    )
  const serialized = { kind: 'serialized', key: {} } as const
  expect(inStaging(serialized, { firstBadVersion: '1.7' })).toBe(alertIdentity(findingOf(serialized)))
  expect(inStaging(serialized, { firstBadVersion: '1.8' })).toBeNull()
  expect(inStaging(serialized, { agent: 'triage' })).toBeNull()
  expect(inStaging(convoy, { firstBadVersion: '1.8' })).toBe(alertIdentity(findingOf(convoy)))
})
