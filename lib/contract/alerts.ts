import { z } from 'zod'
import { ALERT_EVENTS, ALERT_KINDS, ALERT_STATUSES, SUSPECT_KINDS } from '#lib/model/alert.ts'
import { LIMITS } from './ingest.ts'

/*
 * Alerts as the API tells them. Times are epoch ms, in event time unless said otherwise; null is unknown.
 */

const ms = z.number()
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable()

const alertKeySchema = z.object({
  tool: z.string().optional(),
  tools: z.array(z.string()).optional(),
  signature: z.string().optional().describe('distinct tool names, sorted, joined by +'),
  sibling: z.string().optional(),
})

export const suspectSchema = z.object({
  kind: z.enum(SUSPECT_KINDS),
  value: z.string(),
  before: orNull(z.string()).describe('what was there before'),
  odds: z.number().describe('how much likelier it makes this cause than a change at some other time'),
  because: z.string(),
})

/**
 * A measure before and after, with a 95 % interval of the change: medians where the unit is ms, means where it is
 * a ratio (of yes and no: the rate) or a number of calls.
 */
export const effectSizeSchema = z.object({
  measure: z.string().describe('what was measured, in words: "serialization", "wall time", "failures of X"'),
  unit: z.enum(['ms', 'ratio', 'calls']),
  before: orNull(z.number()),
  after: orNull(z.number()),
  change_low: orNull(z.number()),
  change_high: orNull(z.number()),
  n_before: z.int(),
  n_after: z.int(),
})

/** One value of the measure, and the batch it was measured in. */
export const samplePointSchema = z.object({ batch_id: z.string(), started_at: ms, value: z.number() })

export const alertEvidenceSchema = z.object({
  first_bad_batch_id: orNull(z.string()),
  hypothesis: orNull(z.string()),
  suspects: z.array(suspectSchema).describe('best first'),
  effect: orNull(effectSizeSchema),
  lost_ms_per_batch: orNull(ms).describe('an estimate'),
  lost_ms_per_day: orNull(ms).describe('an estimate'),
  batches_before: z.array(z.string()).describe('at most 3, typical of before'),
  batches_after: z.array(z.string()).describe('at most 3, typical of after'),
  samples_before: z.array(samplePointSchema).describe('oldest first, at most 200; none in a list'),
  samples_after: z.array(samplePointSchema).describe('oldest first, at most 200; none in a list'),
  statistic: z.object({
    threshold: z.number().describe('nats'),
    value: z.number().describe('nats, when it was detected'),
    trail: z.array(z.object({ at: ms, value: z.number() })),
  }),
})

export const alertSchema = z.object({
  id: z.string(),
  kind: z.enum(ALERT_KINDS),
  agent: z.string().describe('* = across agents'),
  environment: z.string(),
  key: alertKeySchema,
  detected_at: ms,
  onset_at: ms,
  resolved_at: orNull(ms),
  first_bad_version: orNull(z.string()),
  first_bad_model: orNull(z.string()),
  suspect: orNull(suspectSchema),
  status: z.enum(ALERT_STATUSES),
  parent_id: orNull(z.string()).describe('the alert that explains this one'),
  silenced_until: orNull(ms),
  reopened: z.int().describe('how often it came back'),
  summary: z.string().describe('one sentence: what, where, since which version'),
  evidence: alertEvidenceSchema,
})

export const alertListSchema = z.object({ alerts: z.array(alertSchema), next_cursor: orNull(z.string()) })

export const alertHistoryEntrySchema = z.object({
  at: ms.describe('server time for what a person did, event time for what evidence did'),
  event: z.enum(ALERT_EVENTS),
  by: z.string().describe('who, or `evidence`'),
  note: orNull(z.string()),
  until: orNull(ms),
})

/** An alert, what became of it, and what it explains. */
export const alertDetailSchema = alertSchema.extend({
  history: z.array(alertHistoryEntrySchema).describe('oldest first'),
  children: z.array(alertSchema).describe('alerts that this one mutes'),
})

const note = z.string().trim().min(1).max(2000).nullish()

/** What a person does with an alert. */
export const alertActionSchema = z.discriminatedUnion('action', [
  z.object({ action: z.literal('acknowledge'), note }),
  z.object({ action: z.literal('unacknowledge'), note }),
  z.object({ action: z.literal('silence'), until: ms.min(0).max(LIMITS.epochMsMax), note }),
  z.object({ action: z.literal('unsilence'), note }),
  z.object({ action: z.literal('resolve'), note }),
  z.object({ action: z.literal('reopen'), note }),
  z.object({ action: z.literal('note'), note: z.string().trim().min(1).max(2000) }),
])

export type Alert = z.infer<typeof alertSchema>
export type AlertList = z.infer<typeof alertListSchema>
export type AlertDetail = z.infer<typeof alertDetailSchema>
export type AlertEvidence = z.infer<typeof alertEvidenceSchema>
export type AlertHistoryEntry = z.infer<typeof alertHistoryEntrySchema>
export type AlertAction = z.infer<typeof alertActionSchema>
export type SuspectAnswer = z.infer<typeof suspectSchema>
export type EffectSize = z.infer<typeof effectSizeSchema>
export type SamplePoint = z.infer<typeof samplePointSchema>
