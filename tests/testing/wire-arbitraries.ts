import fc from 'fast-check'
import { type IngestBatch, LIMITS } from '#lib/contract/ingest.ts'
import { EFFECTS, MODES, RAN_OUTCOMES, UNTIMED_OUTCOMES } from '#lib/model/vocabulary.ts'

/** Any well-formed text, of scripts and signs of every kind. */
const text = (maxLength: number, minLength = 0) => fc.string({ unit: 'binary', minLength, maxLength })
const name = text(20, 1)
const count = fc.oneof(fc.nat(5_000), fc.maxSafeNat())
/** Whole microseconds: what the store holds. */
const ms = (maxMs: number, minMs = 0) =>
  fc.integer({ min: minMs * 1000, max: maxMs * 1000 }).map((us) => us / 1000)
const cap = fc.integer({ min: 1, max: 1_000_000 })

const optionalCallFields = {
  attempt: fc.option(fc.constant(1)),
  seq: fc.option(fc.nat(1_000_000)),
  error_code: fc.option(text(30)),
  effect: fc.option(fc.constantFrom(...EFFECTS)),
  mode: fc.option(fc.constantFrom(...MODES)),
  resources: fc.option(fc.array(text(12), { maxLength: 3 })),
  depends_on: fc.option(fc.array(fc.constantFrom('c0', 'c1', 'c2', 'nobody'), { maxLength: 3 })),
  group: fc.option(name),
  args_bytes: fc.option(count),
  result_bytes: fc.option(count),
  args_fp: fc.option(fc.array(text(8), { maxLength: 3 })),
  result_fp: fc.option(fc.array(text(8), { maxLength: 3 })),
  held_ms: fc.option(ms(10_000)),
  marks: fc.option(fc.array(text(12), { maxLength: 3 })),
  captured: fc.option(
    fc.record({ args: fc.option(text(20)), result: fc.option(text(20)), error: fc.option(text(20)) }),
  ),
}

const ranCall = fc.record(
  {
    call_id: name,
    tool: name,
    outcome: fc.constantFrom(...RAN_OUTCOMES),
    start_ms: ms(10_000, -10_000),
    duration_ms: fc.oneof(ms(10_000), fc.constant(LIMITS.spanMs)),
    ...optionalCallFields,
  },
  { requiredKeys: ['call_id', 'tool', 'outcome', 'start_ms', 'duration_ms'] },
)

const untimedCall = fc.record(
  {
    call_id: name,
    tool: name,
    outcome: fc.constantFrom(...UNTIMED_OUTCOMES),
    start_ms: fc.constant(null),
    duration_ms: fc.constant(null),
    ...optionalCallFields,
  },
  { requiredKeys: ['call_id', 'tool', 'outcome'] },
)

/** Batches that the contract takes, from the sparsest to the fullest. Ids of calls are told apart by position. */
export const wireBatch: fc.Arbitrary<IngestBatch> = fc.record(
  {
    batch_id: name,
    agent: name,
    started_at: ms(1_790_000_100_000, 1_790_000_000_000),
    calls: fc
      .array(fc.oneof(ranCall, untimedCall), { minLength: 1, maxLength: 4 })
      .map((calls) => calls.map((call, i) => ({ ...call, call_id: `${i}#${call.call_id}` }))),
    run_id: fc.option(fc.oneof(name, fc.uuid())),
    turn: fc.option(count),
    environment: fc.option(name),
    version: fc.option(name),
    tenant: fc.option(name),
    provider: fc.option(name),
    model: fc.option(name),
    mode: fc.option(fc.constantFrom(...MODES)),
    mode_revision: fc.option(count),
    parallel_requested: fc.option(fc.boolean()),
    concurrency: fc.option(cap),
    tool_caps: fc.option(fc.dictionary(name, cap, { maxKeys: 3 })),
    model_ms: fc.option(ms(100_000)),
    input_tokens: fc.option(count),
    output_tokens: fc.option(count),
    emitted_calls: fc.option(count),
  },
  { requiredKeys: ['batch_id', 'agent', 'started_at', 'calls'] },
)

/** What is put in the place of a value to make a document wrong, or to see that it is not. */
const strange = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    -1,
    0,
    1.5,
    1e17,
    Number.POSITIVE_INFINITY,
    '',
    'x'.repeat(257),
    '😀'.repeat(200),
    'x'.repeat(1_025),
    [],
    {},
    null,
    new Array(1_001).fill('r'),
  ),
)

/** A valid batch with up to three fields, at any depth, taken away or replaced by something strange. */
export const mutatedBatch: fc.Arbitrary<unknown> = fc
  .tuple(wireBatch, fc.array(fc.tuple(fc.nat(), fc.option(strange)), { maxLength: 3 }))
  .map(([batch, changes]) => {
    const copy: unknown = JSON.parse(JSON.stringify(batch))
    for (const [place, value] of changes) mutate(copy, place, value)
    return copy
  })

function mutate(root: unknown, place: number, value: unknown): void {
  const slots: [Record<string, unknown>, string][] = []
  const visit = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return
    for (const key of Object.keys(node)) {
      slots.push([node as Record<string, unknown>, key])
      visit((node as Record<string, unknown>)[key])
    }
  }
  visit(root)
  const [owner, key] = slots[place % slots.length] ?? []
  if (owner === undefined || key === undefined) return
  if (value === null) Reflect.deleteProperty(owner, key)
  else owner[key] = structuredClone(value)
}
