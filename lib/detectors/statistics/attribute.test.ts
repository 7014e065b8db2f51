import { expect, test } from 'vitest'
import { type AttributeOptions, attribute } from './attribute.ts'
import {
  type Attributable,
  acceptAttribution,
  createAttribution,
  dropAttribution,
  noteAttribution,
} from './attribution.ts'

const OPTIONS: AttributeOptions = { onsetMs: 0, unit: 'runs', bad: 'were serial', likelier: 'version' }

type Seen = Partial<Pick<Attributable, 'version' | 'model' | 'provider' | 'parallelRequested'>>

function seen(atMs: number, what: Seen): Attributable {
  return {
    version: '1.0',
    model: 'm',
    provider: 'p',
    mode: 'parallel',
    parallelRequested: true,
    startedMs: atMs - 10,
    endedMs: atMs,
    batch: { modeRevision: null },
    ...what,
  }
}

/** 200 good runs on 1.0, then what follows, one a second, as one excursion. */
function follow(after: readonly (Seen & { bad: boolean })[], options = OPTIONS) {
  const attribution = createAttribution()
  for (let i = 0; i < 200; i++) noteAttribution(attribution, seen(i * 1000, {}), i % 60 === 7 ? 1 : 0, null)
  for (const [i, { bad, ...what }] of after.entries())
    noteAttribution(attribution, seen((200 + i) * 1000, what), bad ? 1 : 0, 200_000)
  return attribute(attribution, { ...options, onsetMs: 200_000 })
}

function repeat<T>(n: number, of: (i: number) => T): T[] {
  return Array.from({ length: n }, (_, i) => of(i))
}

test('a deploy after which all runs are bad is named, with what it replaced', () => {
  const found = follow(repeat(4, () => ({ version: '1.1', bad: true })))
  expect(found).toMatchObject({ cause: 'version', firstBadVersion: '1.1', firstBadModel: null })
  expect(found.suspects[0]).toMatchObject({ kind: 'version', value: '1.1', before: '1.0' })
  expect(found.suspects[0]?.logOdds).toBeGreaterThan(2)
})

test('a canary is named by runs of the old version beside it, with much greater odds', () => {
  const canary = follow(repeat(80, (i) => ({ version: i % 20 === 3 ? '1.1' : '1.0', bad: i % 20 === 3 })))
  const full = follow(repeat(4, () => ({ version: '1.1', bad: true })))
  expect(canary.firstBadVersion).toBe('1.1')
  expect(canary.suspects[0]?.logOdds).toBeGreaterThan((full.suspects[0]?.logOdds ?? 0) + 3)
})

test('a change within one version is nobody but time', () => {
  const found = follow(repeat(12, () => ({ bad: true })))
  expect(found).toMatchObject({ cause: 'time', firstBadVersion: null, firstBadModel: null })
  expect(found.suspects).toHaveLength(1)
  expect(found.suspects[0]).toMatchObject({ kind: 'time', value: new Date(200_000).toISOString() })
})

test('a new model within one version is named as the model', () => {
  const found = follow(repeat(8, () => ({ model: 'm2', bad: true })))
  expect(found).toMatchObject({ cause: 'model', firstBadModel: 'm2', firstBadVersion: null })
})

test('a version that brought the bug is named although later versions have it too', () => {
  const found = follow([
    ...repeat(3, () => ({ version: '1.1', bad: true })),
    ...repeat(5, () => ({ version: '1.2', bad: true })),
  ])
  expect(found.firstBadVersion).toBe('1.1')
})

test('after a rollback that helped, the version between is named', () => {
  const found = follow([
    ...repeat(6, () => ({ version: '1.1', bad: true })),
    ...repeat(10, () => ({ version: '1.0', bad: false })),
  ])
  expect(found.firstBadVersion).toBe('1.1')
})

test('a caller that asked for no parallel calls comes before the model that obeyed', () => {
  const found = follow(repeat(8, () => ({ model: 'm2', parallelRequested: false, bad: true })))
  expect(found.cause).toBe('request')
  expect(found.suspects.map(({ kind }) => kind)).toContain('model')
})

test('of a model and a version that came together, the likelier of the kind comes first', () => {
  const both = repeat(8, () => ({ model: 'm2', version: '1.1', bad: true }))
  expect(follow(both).cause).toBe('version')
  expect(follow(both, { ...OPTIONS, likelier: 'model' }).cause).toBe('model')
})

test('the same model through another provider is named with the provider', () => {
  const found = follow(repeat(8, () => ({ provider: 'q', bad: true })))
  expect(found.suspects[0]).toMatchObject({ kind: 'model', value: 'm by q', before: 'm by p' })
})

test('batches that come late change neither the order of versions nor what was before', () => {
  const attribution = createAttribution()
  for (let i = 0; i < 100; i++) noteAttribution(attribution, seen(i * 1000, {}), 0, null)
  for (let i = 0; i < 6; i++)
    noteAttribution(attribution, seen((200 + i) * 1000, { version: '1.1' }), 1, 200_000)
  noteAttribution(attribution, seen(-5000, { version: '0.9' }), 0, 200_000)
  noteAttribution(attribution, seen(90_500, {}), 0, 200_000)
  const found = attribute(attribution, OPTIONS)
  expect(found.suspects[0]).toMatchObject({ value: '1.1', before: '1.0' })
})

test('what was to blame once does not count as normal later', () => {
  const attribution = createAttribution()
  for (let i = 0; i < 100; i++) noteAttribution(attribution, seen(i * 1000, {}), 0, null)
  for (let i = 0; i < 40; i++)
    noteAttribution(attribution, seen((200 + i) * 1000, { version: '1.1' }), 1, 200_000)
  dropAttribution(attribution)
  for (let i = 0; i < 40; i++)
    noteAttribution(attribution, seen((300 + i) * 1000, { version: '1.2' }), 0, null)
  for (let i = 0; i < 4; i++)
    noteAttribution(attribution, seen((400 + i) * 1000, { version: '1.3' }), 1, 400_000)
  expect(attribute(attribution, OPTIONS).firstBadVersion).toBe('1.3')
})

test('any number of versions stays within 16 cells and counts every observation', () => {
  const attribution = createAttribution()
  for (let i = 0; i < 300; i++)
    noteAttribution(attribution, seen(i * 1000, { version: `1.${i >> 2}` }), 0, null)
  acceptAttribution(attribution)
  const counted = attribution.cells.reduce((sum, { n }) => sum + n, attribution.restN)
  expect(attribution.cells.length).toBeLessThanOrEqual(16)
  expect(counted).toBe(300)
  expect(JSON.stringify(attribution).length).toBeLessThan(4096)
})

test('versions that nobody declares are never named', () => {
  expect(follow(repeat(8, () => ({ version: '', bad: true }))).firstBadVersion).toBeNull()
})
