import { z } from 'zod'
import { EFFECTS, EVIDENCE, MODES, RAN_OUTCOMES, SOURCES, UNTIMED_OUTCOMES } from '#lib/model/vocabulary.ts'

/** Bounds of one ingested value. Past them a batch is rejected with the field's path, never cut. */
export const LIMITS = {
  nameChars: 256,
  idChars: 256,
  textChars: 1024,
  captureChars: 2_048,
  marksPerCall: 32,
  callsPerBatch: 20_000,
  batchesPerRequest: 10_000,
  listItems: 1_000,
  /** Declared dependencies of all calls of a batch together: what a cycle search has to look at. */
  dependenciesPerBatch: 50_000,
  /** 2001-09-09 to 2100-01-01: catches seconds and nanoseconds sent as milliseconds. */
  epochMsMin: 1_000_000_000_000,
  epochMsMax: 4_102_444_800_000,
  /** About 115 days: no call is longer, and the microseconds stay exact integers. */
  spanMs: 10_000_000_000,
} as const

const name = z.string().min(1).max(LIMITS.nameChars)
const id = z.string().min(1).max(LIMITS.idChars)
const text = z.string().max(LIMITS.textChars)
const count = z.int().min(0)
const epochMs = z.number().min(LIMITS.epochMsMin).max(LIMITS.epochMsMax)
const excerpt = z.string().max(LIMITS.captureChars).nullish()
const fingerprints = z.array(z.string().max(64)).max(LIMITS.listItems)

const callFields = {
  call_id: id,
  attempt: z.int().min(1).max(1_000_000).nullish().describe('1 for the first try'),
  seq: z
    .int()
    .min(0)
    .max(1_000_000)
    .nullish()
    .describe('position in which the model emitted the call; default: array position'),
  tool: name,
  error_code: text.nullish(),
  effect: z.enum(EFFECTS).nullish().describe('an unknown effect counts as a write when scheduling'),
  mode: z.enum(MODES).nullish().describe("the call's own, narrower mode where a rule set one"),
  resources: z.array(text).max(LIMITS.listItems).nullish().describe('`/`-separated paths'),
  depends_on: z.array(id).max(LIMITS.listItems).nullish(),
  group: name.nullish().describe('calls of one group were planned to run together'),
  args_bytes: count.nullish(),
  result_bytes: count.nullish(),
  args_fp: fingerprints.nullish().describe('keyed hashes of leaf values'),
  result_fp: fingerprints.nullish(),
  held_ms: z
    .number()
    .min(0)
    .max(LIMITS.spanMs)
    .nullish()
    .describe('how long a policy held it back once it could have started: a backoff, a rate limit'),
  marks: z
    .array(text)
    .max(LIMITS.marksPerCall)
    .nullish()
    .describe(
      '`rate-limited`, `truncated`, `idempotency-key`, `soft:call_id`, `looks-dependent:call_id`, or your own',
    ),
  captured: z
    .object({ args: excerpt, result: excerpt, error: excerpt })
    .nullish()
    .describe('excerpts that the sender opted in to send, redacted by it'),
}

const startMs = z.number().min(-LIMITS.spanMs).max(LIMITS.spanMs).describe('from started_at; may be negative')
const durationMs = z.number().min(0).max(LIMITS.spanMs)

const ranCall = z.object({
  ...callFields,
  outcome: z.enum(RAN_OUTCOMES),
  start_ms: startMs,
  duration_ms: durationMs,
})

const untimedCall = z.object({
  ...callFields,
  outcome: z.enum(UNTIMED_OUTCOMES),
  start_ms: z.null().optional(),
  duration_ms: z.null().optional(),
})

/** One call as sent: times are required unless its outcome says that it never ran or nobody knows. */
export const ingestCallSchema = z.discriminatedUnion('outcome', [ranCall, untimedCall])

/**
 * One call of a batch that was assembled from spans: that it went well or failed may be known from its result in a
 * later model call, while no span of its own told when it ran. Then both times are null.
 */
export const observedCallSchema = z.discriminatedUnion('outcome', [
  ranCall.extend({ start_ms: startMs.nullish(), duration_ms: durationMs.nullish() }),
  untimedCall,
])

/** One batch as sent to `POST /api/v1/batches` and as a line of the JSONL export. */
export const ingestBatchSchema = z.object({
  batch_id: id,
  run_id: id.nullish(),
  turn: z.int().min(0).nullish(),
  agent: name,
  environment: name.nullish().describe('default: `default`'),
  version: name.nullish(),
  tenant: name.nullish(),
  provider: name.nullish(),
  model: name.nullish(),
  mode: z.enum(MODES).nullish(),
  mode_revision: count.nullish(),
  parallel_requested: z.boolean().nullish(),
  concurrency: z.int().min(1).max(1_000_000).nullish().describe('the declared cap; null = none'),
  tool_caps: z
    .record(name, z.int().min(1).max(1_000_000))
    .refine((caps) => Object.keys(caps).length <= LIMITS.listItems, `has more than ${LIMITS.listItems} tools`)
    .meta({ maxProperties: LIMITS.listItems })
    .nullish(),
  started_at: epochMs.describe('epoch ms when the calls were handed to the executor'),
  model_ms: z.number().min(0).max(LIMITS.spanMs).nullish(),
  input_tokens: count.nullish(),
  output_tokens: count.nullish(),
  emitted_calls: count.nullish(),
  source: z.enum(SOURCES).nullish().describe('where an export had it from; default: how it is sent'),
  evidence: z.enum(EVIDENCE).nullish().describe('what put its calls together; default declared'),
  calls: z.array(ingestCallSchema).min(1).max(LIMITS.callsPerBatch),
})

/** A batch that was assembled from spans, as a line of an export has it. */
export const observedBatchSchema = ingestBatchSchema.extend({
  source: z.literal('otlp'),
  calls: z.array(observedCallSchema).min(1).max(LIMITS.callsPerBatch),
})

/**
 * The envelope of `POST /api/v1/batches`. Its batches are validated one by one, so that a bad one
 * costs its neighbours nothing: here they are only counted.
 */
export const ingestEnvelopeSchema = z.object({
  sdk: z.object({ name: name.nullish(), version: name.nullish() }).nullish(),
  sent_at: z.number().nullish().describe("epoch ms by the sender's clock; tells skew"),
  batches: z.array(z.unknown()).max(LIMITS.batchesPerRequest),
})

/** The whole request, for the OpenAPI document and for typed senders. */
export const ingestRequestSchema = ingestEnvelopeSchema.extend({
  batches: z.array(z.union([ingestBatchSchema, observedBatchSchema])).max(LIMITS.batchesPerRequest),
})

export const ingestAnswerSchema = z.object({
  accepted: count,
  duplicates: count,
  rejected: z.array(
    z.object({
      index: count.describe('position in `batches`'),
      path: z.string().describe('the field, e.g. `calls[3].duration_ms`; empty for the batch itself'),
      reason: z.string(),
    }),
  ),
})

export type IngestCall = z.infer<typeof ingestCallSchema>
export type IngestBatch = z.infer<typeof ingestBatchSchema>
/** A batch that may be taken, sent or exported. */
export type TakenBatch = IngestBatch | z.infer<typeof observedBatchSchema>
export type TakenCall = TakenBatch['calls'][number]
export type IngestEnvelope = z.infer<typeof ingestEnvelopeSchema>
export type IngestAnswer = z.infer<typeof ingestAnswerSchema>
