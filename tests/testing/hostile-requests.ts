import { gzipSync } from 'node:zlib'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import type { Random } from './random.ts'
import { randomBatch } from './random-batches.ts'

/** A request that somebody should not have sent. */
export interface HostileRequest {
  /** What is wrong with it, for a person who looks at a failure. */
  readonly kind: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** How it is sent: whole, or as bytes on a connection that then ends or lies about the length. */
  readonly delivery: 'whole' | 'breaks off' | 'claims more' | 'claims less'
  /** Batches in it with which nothing is wrong: they are to be stored. */
  readonly good: readonly IngestBatch[]
}

type Make = (
  random: Random,
  id: () => string,
) => Omit<HostileRequest, 'kind' | 'delivery' | 'headers'> & Partial<HostileRequest>

const JSON_TYPE = { 'content-type': 'application/json' }
const GZIP = { ...JSON_TYPE, 'content-encoding': 'gzip' }
const MEGABYTE = 1 << 20
/** Packed once: each is a few kilobytes and unpacks to more than is taken, or just under. */
const BOMB = gzipSync(Buffer.alloc(64 * MEGABYTE, ' '))
const NEAR_BOMB = gzipSync(`{"batches":[${'"aaaaaaaa",'.repeat(1_700_000)}0]}`)

const bytes = (text: string) => Buffer.from(text)
const envelope = (batches: readonly unknown[]) => JSON.stringify({ sent_at: Date.now(), batches })
const someBatches = (random: Random, id: () => string) =>
  Array.from({ length: random.int(1, 4) }, () => randomBatch(random, id(), Date.now()))

/** Each kind with how often it comes. */
const KINDS: readonly (readonly [kind: string, weight: number, make: Make])[] = [
  [
    'bytes changed',
    25,
    (random, id) => ({ body: damage(bytes(envelope(someBatches(random, id))), random), good: [] }),
  ],
  [
    'truncated',
    10,
    (random, id) => {
      const whole = bytes(envelope(someBatches(random, id)))
      return { body: whole.subarray(0, random.int(0, whole.length - 1)), good: [] }
    },
  ],
  ['mistyped', 35, makeMistyped],
  [
    'random bytes',
    5,
    (random) => ({
      body: Buffer.from(Array.from({ length: random.int(0, 300) }, () => random.int(0, 255))),
      good: [],
    }),
  ],
  ['nested', 5, makeNested],
  [
    'many small things',
    2,
    (random) => ({
      body: bytes(`{"batches":[${random.pick(SMALL_THINGS).repeat(random.int(1, 200_000))}0]}`),
      good: [],
    }),
  ],
  [
    'huge',
    0.3,
    (random) => ({
      body: bytes(`{"batches":[{"batch_id":"${'x'.repeat(random.int(1, 22) * MEGABYTE)}"}]}`),
      good: [],
    }),
  ],
  ['gzip bomb', 0.5, () => ({ body: BOMB, headers: GZIP, good: [] })],
  ['gzip near the limit', 0.2, () => ({ body: NEAR_BOMB, headers: GZIP, good: [] })],
  [
    'damaged gzip',
    5,
    (random, id) => ({
      body: damage(gzipSync(envelope(someBatches(random, id))), random),
      headers: GZIP,
      good: [],
    }),
  ],
  ['wrong headers', 5, makeWrongHeaders],
  [
    'unfinished',
    4,
    (random, id) => ({
      body: bytes(envelope(someBatches(random, id))),
      delivery: random.pick(['breaks off', 'claims more', 'claims less'] as const),
      good: [],
    }),
  ],
  ['valid', 5, makeValid],
]
const SMALL_THINGS = ['{},', '[],', '0,', '"",', '{"calls":[]},', '{"a":{"b":[[]]}},', 'null,']

/** Endless, and the same for the same seed. */
export function* hostileRequests(random: Random): Generator<HostileRequest> {
  const total = KINDS.reduce((sum, [, weight]) => sum + weight, 0)
  let made = 0
  const id = () => {
    made += 1
    return `fuzz-${made}`
  }
  for (;;) {
    let place = random.next() * total
    const found = KINDS.find(([, weight]) => {
      place -= weight
      return place < 0
    })
    const [kind, , make] = found ?? (KINDS[0] as (typeof KINDS)[number])
    yield { kind, headers: JSON_TYPE, delivery: 'whole', ...make(random, id) }
  }
}

function makeValid(random: Random, id: () => string): ReturnType<Make> {
  const good = someBatches(random, id)
  return random.chance(0.5)
    ? { body: bytes(envelope(good)), good }
    : { body: gzipSync(envelope(good)), headers: GZIP, good }
}

/** One batch among good ones with a field taken away or replaced; sometimes in the envelope instead. */
function makeMistyped(random: Random, id: () => string): ReturnType<Make> {
  const before = randomBatch(random, id(), Date.now())
  const after = randomBatch(random, id(), Date.now())
  const bad: unknown = JSON.parse(JSON.stringify(randomBatch(random, id(), Date.now())))
  for (let i = random.int(1, 4); i > 0; i--) spoil(bad, random)
  if (random.chance(0.1)) {
    const whole = {
      sent_at: strangeValue(random),
      sdk: strangeValue(random),
      batches: random.chance(0.5) ? [] : strangeValue(random),
    }
    return { body: bytes(JSON.stringify(whole)), good: [] }
  }
  return { body: bytes(envelope([before, bad, after])), good: [before, after] }
}

function makeNested(random: Random): ReturnType<Make> {
  const depth = random.pick([33, 1_000, 100_000, 500_000])
  const [open, close] = random.pick([
    ['[', ']'],
    ['{"a":', '}'],
    ['{"calls":[', ']}'],
  ] as const)
  const isClosed = random.chance(0.7)
  const nested = `${open.repeat(depth)}0${isClosed ? close.repeat(depth) : ''}`
  const place = random.pick([
    '{"batches":[@]}',
    '{"batches":@}',
    '@',
    '{"batches":[{"calls":@}]}',
    '{"sdk":@,"batches":[]}',
  ])
  return { body: bytes(place.replace('@', nested)), good: [] }
}

function makeWrongHeaders(random: Random, id: () => string): ReturnType<Make> {
  const headers = random.pick<Record<string, string>>([
    {},
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/json; charset=utf-16' },
    { 'content-type': 'application/x-protobuf' },
    { ...JSON_TYPE, 'content-encoding': 'br' },
    { ...JSON_TYPE, 'content-encoding': 'gzip, gzip' },
    { ...JSON_TYPE, 'content-encoding': 'x'.repeat(5_000) },
    { ...JSON_TYPE, origin: 'http://evil.example' },
    { ...JSON_TYPE, host: 'evil.example' },
    { ...JSON_TYPE, expect: '200-ok' },
  ])
  return { body: bytes(envelope(someBatches(random, id))), headers, good: [] }
}

function damage(whole: Buffer, random: Random): Buffer {
  let damaged = Buffer.from(whole)
  for (let i = random.int(1, 6); i > 0; i--) {
    const at = random.int(0, Math.max(0, damaged.length - 1))
    const to = Math.min(damaged.length, at + random.int(1, 40))
    const change = random.int(0, 3)
    if (change === 0) damaged[at] = random.int(0, 255)
    else if (change === 1) damaged = Buffer.concat([damaged.subarray(0, at), damaged.subarray(to)])
    else if (change === 2) damaged = Buffer.concat([damaged.subarray(0, to), damaged.subarray(at)])
    else
      damaged = Buffer.concat([damaged.subarray(0, at), bytes(random.pick(SPLINTERS)), damaged.subarray(at)])
  }
  return damaged
}

const SPLINTERS = [
  '1e999',
  '-',
  '\\ud800',
  '"',
  '\u0000',
  '{',
  ']',
  'null',
  '"__proto__":{},',
  'NaN',
  '9'.repeat(400),
  '\\',
  '\ufeff',
]

const STRANGE: readonly unknown[] = [
  null,
  true,
  '',
  'x',
  '\ud800',
  'x'.repeat(300),
  'x'.repeat(70_000),
  '__proto__',
  'NaN',
  -1,
  0,
  0.1,
  1e15,
  2 ** 53,
  1e300,
  -1e300,
  [],
  [null],
  [[]],
  {},
  { a: 1 },
  ['a', 'a'],
  new Array(1_001).fill(''),
  new Array(25_000).fill(0),
  { constructor: 1, toString: 2 },
]
const strangeValue = (random: Random) => structuredClone(random.pick(STRANGE))

/** Takes a field at any depth away, replaces its value or its name, or puts the same there twice. */
function spoil(root: unknown, random: Random): void {
  const slots: [Record<string, unknown>, string][] = []
  const visit = (node: unknown) => {
    if (typeof node !== 'object' || node === null || slots.length > 500) return
    for (const key of Object.keys(node)) {
      slots.push([node as Record<string, unknown>, key])
      visit((node as Record<string, unknown>)[key])
    }
  }
  visit(root)
  if (slots.length === 0) return
  const [owner, key] = random.pick(slots)
  const change = random.int(0, 5)
  if (change === 0) Reflect.deleteProperty(owner, key)
  else if (change === 1) owner[random.pick(['x', '', '__proto__x', 'constructor'])] = owner[key]
  else if (change === 2 && Array.isArray(owner)) owner.push(owner[0])
  else owner[key] = strangeValue(random)
}
