import { z } from 'zod'
import { ALERT_KINDS, ALERT_STATUSES } from '#lib/model/alert.ts'
import { EFFECTS, EVIDENCE, FLAGS, MODES, OUTCOMES, SOURCES } from '#lib/model/vocabulary.ts'

/*
 * The answers of the read API. Every field of an answer is always present: null is unknown, [] is none.
 * Times are epoch milliseconds, durations milliseconds, both with fractions.
 */

const ms = z.number()
const count = z.int().min(0)
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable()

export const callSchema = z.object({
  call_id: z.string(),
  attempt: z.int(),
  seq: z.int(),
  tool: z.string(),
  start_ms: orNull(ms).describe('from started_at; may be negative; null when the call never ran'),
  duration_ms: orNull(ms),
  outcome: z.enum(OUTCOMES),
  error_code: orNull(z.string()),
  effect: z.enum(EFFECTS),
  mode: orNull(z.enum(MODES)),
  resources: z.array(z.string()),
  depends_on: z.array(z.string()),
  group: orNull(z.string()),
  args_bytes: orNull(count),
  result_bytes: orNull(count),
  args_fp: z.array(z.string()),
  result_fp: z.array(z.string()),
  held_ms: orNull(ms).describe('how long a policy held it back: a backoff, a rate limit'),
  marks: z.array(z.string()).describe('what the policies of the runtime did or saw'),
  captured: orNull(
    z.object({ args: orNull(z.string()), result: orNull(z.string()), error: orNull(z.string()) }),
  ).describe('excerpts that the sender opted in to send'),
})

export const outcomeCountsSchema = z.object({
  ok: count,
  error: count,
  timeout: count,
  cancelled: count,
  'never-ran': count,
  unknown: count,
})

/** B of the design: a batch as ingested, plus what was derived from it. */
export const batchSchema = z.object({
  batch_id: z.string(),
  run_id: orNull(z.string()),
  turn: orNull(z.int()),
  agent: z.string(),
  environment: z.string(),
  version: orNull(z.string()),
  tenant: orNull(z.string()),
  provider: orNull(z.string()),
  model: orNull(z.string()),
  mode: orNull(z.enum(MODES)),
  mode_revision: orNull(count),
  parallel_requested: orNull(z.boolean()),
  concurrency: orNull(z.int()),
  tool_caps: orNull(z.record(z.string(), z.int())),
  started_at: ms,
  model_ms: orNull(ms),
  input_tokens: orNull(count),
  output_tokens: orNull(count),
  emitted_calls: orNull(count),
  sdk: orNull(z.object({ name: orNull(z.string()), version: orNull(z.string()) })),
  calls: z.array(callSchema).describe('in a list at most the first 64; see calls_truncated'),
  calls_truncated: z.boolean(),
  source: z.enum(SOURCES),
  evidence: z.enum(EVIDENCE),
  provisional: z.boolean(),
  revision: z.int(),
  received_at: ms,
  flags: z.array(z.enum(FLAGS)).describe('oddities kept as they came'),
  size: count.describe('distinct call ids, run or not'),
  wall_ms: orNull(ms),
  sum_ms: orNull(ms),
  longest_ms: orNull(ms),
  ideal_ms: orNull(ms).describe('makespan that the intent allows for the observed durations'),
  serialization: orNull(z.number()).describe('0 = as parallel as intended, 1 = one after another'),
  hidden_ms: orNull(ms).describe('what overlap saved at most (an estimate)'),
  slowest_call_id: orNull(z.string()),
  slowest_tool: orNull(z.string()),
  blocked_ms: orNull(ms).describe('how long the slowest sibling ran after every other call had ended'),
  outcomes: outcomeCountsSchema.describe('calls, each once, as its last attempt ended'),
  signature: z.string().describe('sorted tool names joined by +'),
})

/** A line of the JSONL export: a batch as ingested, and where it came from. Ingest takes it back. */
export const exportLineSchema = batchSchema.omit({
  sdk: true,
  calls_truncated: true,
  provisional: true,
  revision: true,
  received_at: true,
  flags: true,
  size: true,
  wall_ms: true,
  sum_ms: true,
  longest_ms: true,
  ideal_ms: true,
  serialization: true,
  hidden_ms: true,
  slowest_call_id: true,
  slowest_tool: true,
  blocked_ms: true,
  outcomes: true,
  signature: true,
})

export const batchListSchema = z.object({
  batches: z.array(batchSchema),
  next_cursor: orNull(z.string()),
  scanned_to: orNull(ms).describe('how far a time-boxed scan came; null when it was exhaustive'),
})

/** A whole conversation, turn by turn. */
export const runSchema = z.object({
  run_id: z.string(),
  turns: z.array(z.object({ turn: orNull(z.int()), model_ms: orNull(ms), batches: z.array(batchSchema) })),
  truncated: z.boolean().describe('the run has more batches than are answered'),
})

/** Where a batch stands among its neighbours: what the batch page shows around the Gantt. */
export const batchContextSchema = z.object({
  previous_batch_id: orNull(z.string()).describe(
    'the batch before it in the same run, else of the same agent',
  ),
  next_batch_id: orNull(z.string()),
  turn_before: orNull(
    z.object({ batch_id: z.string(), turn: orNull(z.int()), signature: z.string(), wall_ms: orNull(ms) }),
  ),
  turn_after: orNull(
    z.object({ batch_id: z.string(), turn: orNull(z.int()), signature: z.string(), wall_ms: orNull(ms) }),
  ),
  tools: z
    .array(
      z.object({
        tool: z.string(),
        p50_ms: orNull(ms),
        p95_ms: orNull(ms),
        n: count,
        low_sample: z.boolean(),
      }),
    )
    .describe('percentiles of each tool of this batch over the last 7 days of its traffic'),
  size_p95_ms: orNull(ms).describe('wall p95 of batches of the same size'),
  recent_same_signature: z.array(z.object({ batch_id: z.string(), started_at: ms, wall_ms: ms })),
  alerts: z
    .array(
      z.object({
        id: z.string(),
        kind: z.enum(ALERT_KINDS),
        status: z.enum(ALERT_STATUSES),
        summary: z.string(),
        is_evidence: z.boolean().describe('the batch is among those that the alert shows'),
      }),
    )
    .describe('alerts that held for its agent and tools when it ran; newest detection first, at most 20'),
})

export const batchDetailSchema = batchSchema.extend({
  superseded_by: orNull(z.string()).describe(
    'set when the id that was asked for is gone because later spans group its calls otherwise: the id of this batch, which now holds most of them and is answered in its place',
  ),
  context: batchContextSchema,
})

const percentiles = {
  p50_ms: orNull(ms),
  p95_ms: orNull(ms),
  p99_ms: orNull(ms),
  n: count.describe('calls that ran, over which the percentiles are taken'),
  low_sample: z.boolean().describe('fewer than 20 calls'),
}

/** The span that an aggregate really covers. Null bounds are open. */
const effective = { effective_from: orNull(ms), effective_to: orNull(ms) }

export const toolSchema = z.object({
  tool: z.string(),
  effect: z.enum(EFFECTS),
  calls: count,
  outcomes: outcomeCountsSchema,
  ...percentiles,
  slowest_share: orNull(z.number()).describe(
    'share of its batches (parallel intent, two calls or more) in which it was slowest',
  ),
  blocked_ms: ms.describe('how long turns waited for it alone'),
})
export const toolListSchema = z.object({ tools: z.array(toolSchema), ...effective })

const breakdownRow = { calls: count, ...percentiles }
export const toolDetailSchema = toolSchema.extend({
  ...effective,
  breakdowns_from: orNull(ms).describe(
    'start of what the breakdowns cover; later than effective_from where they had to be scanned for',
  ),
  series: z.array(z.object({ from: ms, to: ms, calls: count, failures: count, ...percentiles })),
  by_size: z.array(z.object({ size_band: z.enum(['1', '2', '3-4', '5-8', '9+']), ...breakdownRow })),
  by_concurrency: z.array(
    z.object({
      concurrency: count.describe('siblings in flight at its start, itself included'),
      ...breakdownRow,
    }),
  ),
  by_agent: z.array(z.object({ agent: z.string(), ...breakdownRow })),
  by_version: z.array(z.object({ version: orNull(z.string()), ...breakdownRow })),
  by_outcome: z.array(z.object({ outcome: z.enum(OUTCOMES), ...breakdownRow })),
  slowest_calls: z.array(
    z.object({
      batch_id: z.string(),
      call_id: z.string(),
      started_at: ms,
      duration_ms: ms,
      outcome: z.enum(OUTCOMES),
      agent: z.string(),
    }),
  ),
})

export const batchSizesSchema = z.object({
  sizes: z.array(
    z.object({ size: count, batches: count, p50_ms: orNull(ms), p95_ms: orNull(ms), p99_ms: orNull(ms) }),
  ),
  ...effective,
})

export const siblingSchema = z.object({
  tool: z.string(),
  batches: count.describe('batches of parallel intent with two calls or more that held the tool'),
  slowest: count.describe('those in which it was the slowest sibling'),
  slowest_share: orNull(z.number()),
  blocked_ms: ms,
  blocked_p50_ms: orNull(ms).describe('median of the time alone over the batches in which it was slowest'),
})
export const siblingsSchema = z.object({ siblings: z.array(siblingSchema), ...effective })

/** Sums over a set of batches, from which the overview's figures follow. */
const overviewSums = {
  batches: count,
  calls: count,
  failures: count.describe('calls that ended in error or timeout'),
  cancelled: count,
  never_ran: count,
  overlap_efficiency: orNull(z.number()).describe(
    'mean of 1 - serialization over the batches where it is defined',
  ),
  efficiency_n: count,
  saved_ms: ms.describe('sum of hidden time: saved by overlap at most'),
  wall_p50_ms: orNull(ms),
  wall_p95_ms: orNull(ms),
}
const turnTime = {
  model_ms: ms,
  waiting_ms: ms,
  exposed_ms: ms,
  idle_ms: ms,
  turns: count,
}
export const overviewSchema = z.object({
  now: z.object(overviewSums),
  last_week: orNull(z.object(overviewSums)).describe(
    'the same window a week earlier; null when nothing was recorded then',
  ),
  series: z.array(z.object({ from: ms, to: ms, ...overviewSums, ...turnTime })),
  last_week_series: z.array(z.object({ from: ms, to: ms, ...overviewSums })),
  completeness: z.object({
    emitted: count.describe('calls that models emitted, where the sender said'),
    recorded: count,
    duplicates: count,
    conflicts: count.describe('batch ids sent again with other content'),
    rejected: count,
  }),
  ...effective,
})

/** The values that the filters can take, most used first. */
export const facetsSchema = z.object({
  agents: z.array(z.string()),
  environments: z.array(z.string()),
  versions: z.array(z.string()),
  models: z.array(z.string()),
  tools: z.array(z.string()),
})

/** Batches a time step: the histogram above the list. */
export const batchHistogramSchema = z.object({
  step_ms: ms,
  bins: z.array(
    z.object({
      from: ms,
      to: ms,
      batches: count,
      failing: count.describe('batches with an error or a timeout'),
    }),
  ),
  total: count,
  ...effective,
})

/** RFC 9457. Every error on `/api/*` has this shape. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), reason: z.string() })),
})

export type WireCall = z.infer<typeof callSchema>
export type WireBatch = z.infer<typeof batchSchema>
export type ExportLine = z.infer<typeof exportLineSchema>
export type BatchList = z.infer<typeof batchListSchema>
export type Run = z.infer<typeof runSchema>
export type BatchContext = z.infer<typeof batchContextSchema>
export type BatchDetail = z.infer<typeof batchDetailSchema>
export type OutcomeCounts = z.infer<typeof outcomeCountsSchema>
export type Tool = z.infer<typeof toolSchema>
export type ToolList = z.infer<typeof toolListSchema>
export type ToolDetail = z.infer<typeof toolDetailSchema>
export type BatchSizes = z.infer<typeof batchSizesSchema>
export type Sibling = z.infer<typeof siblingSchema>
export type Siblings = z.infer<typeof siblingsSchema>
export type Overview = z.infer<typeof overviewSchema>
export type Facets = z.infer<typeof facetsSchema>
export type BatchHistogram = z.infer<typeof batchHistogramSchema>
export type Problem = z.infer<typeof problemSchema>
