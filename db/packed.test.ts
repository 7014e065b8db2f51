import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeCall } from '#lib/model/batch.test-util.ts'
import { EFFECTS, FLAGS, MODES, OUTCOMES } from '#lib/model/vocabulary.ts'
import { type BodyContent, decodeBody, encodeBody } from './packed.ts'

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const names = fc.array(fc.string({ maxLength: 5 }), { maxLength: 2 })

const call = fc.record({
  callId: fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.string({ maxLength: 3 }).map((tail) => `toolu_${tail}`),
    fc.constantFrom('a b', ' ', ''),
  ),
  attempt: fc.integer({ min: 1, max: 3 }),
  seq: fc.nat(5),
  tool: fc.constantFrom('a', 'b', 'c', '__proto__'),
  startUs: orNull(fc.integer()),
  durationUs: orNull(fc.nat()),
  outcome: fc.constantFrom(...OUTCOMES),
  errorCode: orNull(fc.string()),
  effect: fc.constantFrom(...EFFECTS),
  resources: names,
  dependsOn: names,
  group: orNull(fc.constantFrom('g', 'h')),
  mode: orNull(fc.constantFrom(...MODES)),
  argsBytes: orNull(fc.nat(3)),
  resultBytes: orNull(fc.nat(3)),
  argsFp: names,
  resultFp: names,
  heldUs: orNull(fc.nat()),
  marks: names,
  captured: orNull(
    fc
      .record({ args: orNull(fc.string()), result: orNull(fc.string()), error: orNull(fc.string()) })
      .filter((texts) => Object.values(texts).some((text) => text !== null)),
  ),
})

const content: fc.Arbitrary<BodyContent> = fc.record({
  calls: fc.array(call, { minLength: 1, maxLength: 6 }),
  turn: orNull(fc.nat()),
  tenant: orNull(fc.string()),
  provider: orNull(fc.string()),
  modeRevision: orNull(fc.nat()),
  parallelRequested: orNull(fc.boolean()),
  concurrency: orNull(fc.integer({ min: 1 })),
  toolCaps: orNull(fc.array(fc.tuple(fc.string(), fc.nat())).map((entries) => new Map(entries))),
  modelUs: orNull(fc.nat()),
  inputTokens: orNull(fc.nat()),
  outputTokens: orNull(fc.nat()),
  emittedCalls: orNull(fc.nat()),
  sdkName: orNull(fc.string()),
  sdkVersion: orNull(fc.string()),
  flags: fc.subarray([...FLAGS]),
  names: orNull(fc.constant({ agent: 'one too many' })),
})

/** Tools whose dimension is full are kept by name: here `c` is one. */
const refs = new Map<string, number | string>([
  ['a', 1],
  ['b', 2],
  ['__proto__', 3],
])
const toolName = (id: number) => [...refs].find(([, ref]) => ref === id)?.[0] ?? 'lost'

describe('a packed body', () => {
  it('gives back exactly what was packed', () => {
    fc.assert(
      fc.property(content, (value) => {
        const packed = encodeBody(value, toolRefOf)
        expect(decodeBody(packed, toolName)).toEqual(value)
      }),
      { numRuns: 2000 },
    )
  })

  it('has equal bytes for equal content', () => {
    fc.assert(
      fc.property(content, (value) => {
        const copy = structuredClone(value)
        expect(encodeBody(copy, toolRefOf).equals(encodeBody(value, toolRefOf))).toBe(true)
      }),
    )
  })

  it('leaves out what says nothing', () => {
    const plain = decodeBody(encodeBody(sparse(), toolRefOf), toolName)
    expect(plain).toEqual(sparse())
    expect(JSON.parse(encodeBody(sparse(), toolRefOf).toString())).toEqual({
      t: [1],
      id: 'x',
      s: [0],
      d: [5],
    })
  })
})

function toolRefOf(tool: string): number | string {
  return refs.get(tool) ?? tool
}

function sparse(): BodyContent {
  return {
    calls: [makeCall({ callId: 'x', tool: 'a', durationUs: 5, effect: 'unknown' })],
    turn: null,
    tenant: null,
    provider: null,
    modeRevision: null,
    parallelRequested: null,
    concurrency: null,
    toolCaps: null,
    modelUs: null,
    inputTokens: null,
    outputTokens: null,
    emittedCalls: null,
    sdkName: null,
    sdkVersion: null,
    flags: [],
    names: null,
  }
}
