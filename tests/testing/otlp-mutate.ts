import type { OtlpAttributes, OtlpSpan, OtlpValue } from '#ingest/otlp/span.ts'
import type { Random } from './random.ts'

/*
 * Damage to requests: to their bytes, as of a network or an attacker; to the structure of JSON; and to what well
 * formed spans say, as of a broken exporter, which reaches furthest into what reads them.
 */

/** Damages a body of either encoding in up to four places. `others` are bodies to splice from. */
export function mutateBytes(body: Buffer, random: Random, others: readonly Buffer[]): Buffer {
  let mutated = body
  for (let i = random.int(1, 4); i > 0; i--) mutated = random.pick(BYTE_MUTATIONS)(mutated, random, others)
  return mutated
}

type ByteMutation = (body: Buffer, random: Random, others: readonly Buffer[]) => Buffer

const BYTE_MUTATIONS: readonly ByteMutation[] = [
  flipBits,
  truncate,
  cut,
  repeat,
  splice,
  insertNoise,
  insertLength,
  insertDepth,
]

function flipBits(body: Buffer, random: Random): Buffer {
  const copy = Buffer.from(body)
  for (let i = random.int(1, 8); i > 0 && copy.length > 0; i--) {
    const at = random.int(0, copy.length - 1)
    copy[at] = (copy[at] as number) ^ (1 << random.int(0, 7))
  }
  return copy
}

function truncate(body: Buffer, random: Random): Buffer {
  return body.subarray(0, random.int(0, body.length))
}

function cut(body: Buffer, random: Random): Buffer {
  const at = random.int(0, body.length)
  return Buffer.concat([body.subarray(0, at), body.subarray(at + random.int(1, 200))])
}

function repeat(body: Buffer, random: Random): Buffer {
  const at = random.int(0, body.length)
  const end = at + random.int(1, 2_000)
  return Buffer.concat([body.subarray(0, end), body.subarray(at)])
}

function splice(body: Buffer, random: Random, others: readonly Buffer[]): Buffer {
  const other = random.pick(others)
  const from = random.int(0, other.length)
  return Buffer.concat([
    body.subarray(0, random.int(0, body.length)),
    other.subarray(from, from + random.int(1, 4_000)),
  ])
}

function insertNoise(body: Buffer, random: Random): Buffer {
  const noise = Buffer.from(Array.from({ length: random.int(1, 40) }, () => random.int(0, 255)))
  return insert(body, noise, random)
}

/** Lengths far beyond what there is, and varints without end. */
function insertLength(body: Buffer, random: Random): Buffer {
  const lengths = [
    'ffffffff0f',
    'ffffffffffffffff7f',
    '80808080808080808080',
    'ffffffffffffffffffff01',
    '0affffffff07',
  ]
  return insert(body, Buffer.from(random.pick(lengths), 'hex'), random)
}

function insertDepth(body: Buffer, random: Random): Buffer {
  const opened = random.pick([
    '[',
    '{"a":',
    '{"arrayValue":{"values":[',
    '{"kvlistValue":{"values":[{"key":"k","value":',
  ])
  const depth = random.int(10, 3_000)
  return insert(
    body,
    Buffer.from(random.chance(0.5) ? opened.repeat(depth) : nestedLists(Math.min(depth, 120))),
    random,
  )
}

/** A value of protobuf that is a list of a list of a list. */
function nestedLists(depth: number): string {
  let value = Buffer.alloc(0)
  for (let i = 0; i < depth && value.length < 120; i++)
    value = Buffer.concat([Buffer.from([0x2a, value.length + 2, 0x0a, value.length]), value])
  return value.toString('latin1')
}

function insert(body: Buffer, piece: Buffer, random: Random): Buffer {
  const at = random.int(0, body.length)
  return Buffer.concat([body.subarray(0, at), piece, body.subarray(at)])
}

/** Changes up to six values of a JSON document, at any depth. Text that is none comes back as it is. */
export function mutateJson(body: Buffer, random: Random): Buffer {
  let root: unknown
  try {
    root = JSON.parse(body.toString())
  } catch {
    return body
  }
  for (let i = random.int(1, 6); i > 0; i--) {
    const slots = slotsOf(root)
    if (slots.length === 0) break
    const { owner, key } = random.pick(slots)
    if (random.chance(0.2)) Reflect.deleteProperty(owner, key)
    else if (random.chance(0.3)) owner[random.pick(slots).key] = owner[key]
    else owner[key] = structuredClone(random.pick(STRANGE_JSON))
  }
  return Buffer.from(JSON.stringify(root))
}

interface Slot {
  readonly owner: Record<string, unknown>
  readonly key: string
}

function slotsOf(root: unknown): Slot[] {
  const slots: Slot[] = []
  const visit = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return
    for (const key of Object.keys(node)) {
      slots.push({ owner: node as Record<string, unknown>, key })
      visit((node as Record<string, unknown>)[key])
    }
  }
  visit(root)
  return slots
}

const STRANGE_TEXTS = [
  '',
  '\u0000',
  '😀'.repeat(300),
  '\uD800',
  'x'.repeat(5_000),
  '__proto__',
  'NaN',
  '-1',
  '9'.repeat(40),
  '[{',
  '{"role":',
  '[[[[]]]]',
  'null',
]
const STRANGE_JSON: readonly unknown[] = [
  ...STRANGE_TEXTS,
  null,
  true,
  -1,
  0.5,
  1e300,
  2 ** 63,
  [],
  {},
  [[[]]],
  { a: { a: {} } },
  new Array(200).fill(0),
]

/** Spans that are spans, and say what no exporter means: any of their parts may be lost, another's, or nonsense. */
export function mutateSpans(spans: readonly OtlpSpan[], random: Random): OtlpSpan[] {
  const mutated = spans.map((span) => (random.chance(0.4) ? mutateSpan(span, spans, random) : span))
  if (random.chance(0.2)) mutated.push(...spans)
  return random.chance(0.3) ? mutated.toSorted(() => random.next() - 0.5) : mutated
}

const STRANGE_TIMES = [1_000_000_000_000_000_001n, 1_795_172_163_529_276_999n, 4_000_000_000_000_000_000n]

function mutateSpan(span: OtlpSpan, spans: readonly OtlpSpan[], random: Random): OtlpSpan {
  const other = random.pick(spans)
  switch (random.int(0, 9)) {
    case 0:
      return { ...span, parentSpanId: random.pick([null, span.spanId, other.spanId]) }
    case 1:
      return { ...span, spanId: other.spanId }
    case 2:
      return { ...span, traceId: other.spanId.repeat(2) }
    case 3:
      return { ...span, startUnixNano: span.endUnixNano, endUnixNano: span.startUnixNano }
    case 4:
      return { ...span, startUnixNano: random.pick(STRANGE_TIMES) }
    case 5:
      return { ...span, endUnixNano: random.pick([...STRANGE_TIMES, span.startUnixNano]) }
    case 6:
      return { ...span, name: random.pick(STRANGE_TEXTS), status: other.status }
    case 7:
      return { ...span, attributes: other.attributes, scope: other.scope }
    default:
      return { ...span, attributes: mutateAttributes(span.attributes, other.attributes, random) }
  }
}

function mutateAttributes(own: OtlpAttributes, other: OtlpAttributes, random: Random): OtlpAttributes {
  const entries = Object.entries(own).map(([key, value]): [string, OtlpValue] =>
    random.chance(0.2) ? [key, mutateValue(value, other, random)] : [key, value],
  )
  return Object.fromEntries(random.chance(0.2) ? [...entries, ...Object.entries(other)] : entries)
}

function mutateValue(value: OtlpValue, other: OtlpAttributes, random: Random): OtlpValue {
  const strange: OtlpValue[] = [
    null,
    true,
    -1,
    0.5,
    2n ** 62n,
    [],
    {},
    [[value]],
    { value },
    Buffer.from('bytes'),
  ]
  if (typeof value !== 'string' || random.chance(0.3))
    return random.pick([...strange, ...STRANGE_TEXTS, ...Object.values(other)])
  // Messages, arguments and results are JSON within texts: damage in there reaches those who parse them.
  const bytes = Buffer.from(value)
  return (random.chance(0.6) ? mutateJson(bytes, random) : mutateBytes(bytes, random, [bytes])).toString()
}
