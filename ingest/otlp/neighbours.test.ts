import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DecodedSpans } from './collect.ts'
import { encodeJson, protobufSpan } from './encode.test-util.ts'
import { anySpan, decode, GOOD } from './spans.test-util.ts'
import { lengthField, message } from './write-wire.ts'

const FIRST = { ...GOOD, name: 'first' }
const LAST = { ...GOOD, name: 'last' }

/** Whatever is between the two was taken or rejected, with its place, and they are as they were sent. */
function expectNeighbours({ spans, rejected }: DecodedSpans): void {
  expect(spans.length + rejected.count).toBe(3)
  expect(spans[0]).toEqual(FIRST)
  expect(spans.at(-1)).toEqual(LAST)
  for (const fault of rejected.faults) {
    expect(fault.index).toBe(1)
    expect(fault.path).toMatch(/^resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[1\](?:$|\.)/)
    expect(fault.reason).not.toBe('')
  }
}

/** A span as bytes of which some were changed. */
const damagedBytes = fc
  .tuple(anySpan, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }), fc.nat(3))
  .map(([span, changes, lost]) => {
    const bytes = Buffer.from(protobufSpan(span))
    for (const [at, byte] of changes) bytes[at % bytes.length] = byte
    return bytes.subarray(0, bytes.length - lost)
  })

type Tree = { [key: string]: unknown } | unknown[]

/** Puts a value in the place of a node of a tree, the one at which a walk by these numbers ends. */
function replaceNode(tree: Tree, walk: readonly number[], value: unknown): void {
  let node: Tree = tree
  for (const [step, number] of walk.entries()) {
    const keys = Object.keys(node)
    if (keys.length === 0) return
    const key = keys[number % keys.length] as string
    const child = (node as Record<string, unknown>)[key]
    if (step === walk.length - 1 || typeof child !== 'object' || child === null) {
      Object.defineProperty(node, key, { value, enumerable: true, configurable: true, writable: true })
      return
    }
    node = child as Tree
  }
}

const jsonSpanOf = (span: typeof GOOD) =>
  JSON.parse(encodeJson([span]).toString()).resourceSpans[0].scopeSpans[0].spans[0]

/** A span as JSON in which some node, of any depth, is something else. */
const damagedTree = fc
  .tuple(
    anySpan,
    fc.array(fc.nat(), { minLength: 1, maxLength: 9 }),
    fc.oneof(fc.jsonValue(), fc.constantFrom('', 'x'.repeat(32), -1, 1e300, [[]], { values: [] })),
  )
  .map(([span, walk, value]) => {
    const tree = jsonSpanOf(span)
    replaceNode(tree, walk, value)
    return tree
  })

describe('a span at fault never costs its neighbours', () => {
  it('whatever its bytes are', () => {
    fc.assert(
      fc.property(fc.oneof(damagedBytes, fc.uint8Array({ maxLength: 60 })), (damaged) => {
        const spans = [protobufSpan(FIRST), damaged, protobufSpan(LAST)].map((bytes) => lengthField(2, bytes))
        expectNeighbours(decode('protobuf', lengthField(1, lengthField(2, message(...spans)))))
      }),
      { numRuns: 2_000 },
    )
  })

  it('whatever its JSON is', () => {
    fc.assert(
      fc.property(fc.oneof(damagedTree, fc.jsonValue()), (damaged) => {
        const spans = [jsonSpanOf(FIRST), damaged, jsonSpanOf(LAST)]
        expectNeighbours(decode('json', JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })))
      }),
      { numRuns: 2_000 },
    )
  })
})
