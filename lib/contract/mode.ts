import { z } from 'zod'
import { ALERT_KINDS } from '#lib/model/alert.ts'
import { MODES } from '#lib/model/vocabulary.ts'
import { LIMITS } from './ingest.ts'
import { parseRangeMs } from './query.ts'

/** Halves of surrogate pairs change on their way to disk, and with them the hash of an audit line. */
const text = z
  .string()
  .refine((value) => value.isWellFormed(), 'holds half of a surrogate pair, which is no text')
const name = text.min(1).max(256)
const epochMs = z.number()
const reason = text.trim().min(1).max(1024)

/** `trigger` = asked for by another alerting system. */
export const MODE_ACTIONS = ['set', 'expire', 'guard', 'trigger'] as const

/** What lets a rule return to serial by itself. Absent or null = not watched. */
export const modeGuardInputSchema = z
  .object({
    alert_kinds: z
      .array(z.enum(ALERT_KINDS))
      .min(1)
      .nullish()
      .describe(
        'acts when an alert of one of these kinds opens that concerns the agent, environment and tool',
      ),
    max_failing_share: z
      .number()
      .min(0)
      .max(1)
      .nullish()
      .describe('acts when more of the last batches than this held a call that ended in error or timeout'),
    max_wall_p95_ms: z
      .number()
      .positive()
      .nullish()
      .describe('acts when the p95 of the wall time of the last batches is above this'),
    last_batches: z
      .int()
      .min(10)
      .max(1000)
      .default(50)
      .describe('how many batches of the rule the two bounds look at; with fewer they say nothing'),
    cooldown_ms: z
      .number()
      .min(0)
      .max(7 * 86_400_000)
      .default(900_000)
      .describe('once it has acted it stays still for so long, even when somebody loosens the rule again'),
  })
  .refine(
    (guard) => guard.alert_kinds != null || guard.max_failing_share != null || guard.max_wall_p95_ms != null,
    'names nothing to act on: give `alert_kinds`, `max_failing_share` or `max_wall_p95_ms`',
  )

export const modeGuardSchema = z.object({
  alert_kinds: z.array(z.enum(ALERT_KINDS)).nullable(),
  max_failing_share: z.number().nullable(),
  max_wall_p95_ms: z.number().nullable(),
  last_batches: z.int(),
  cooldown_ms: z.number(),
  fired_at: epochMs.nullable().describe('when it last made the rule serial; null = never'),
  fired_because: z.string().nullable(),
})

/** A rule as an operator writes it: only `mode` is needed; an absent or null field matches anything. */
export const modeRuleInputSchema = z.object({
  id: text.min(1).max(64).nullish(),
  environment: name.nullish(),
  agent: name.nullish(),
  tool: name.nullish(),
  mode: z.enum(MODES),
  percentage: z
    .number()
    .min(0)
    .max(100)
    .nullish()
    .describe('share of runs it takes, by a sticky hash; null = all'),
  expires_at: epochMs.max(LIMITS.epochMsMax).nullish().describe('epoch ms at which the rule ends by itself'),
  reason: reason.nullish(),
  guard: modeGuardInputSchema
    .nullish()
    .describe('makes the rule serial by itself, at most once each time it is set'),
})

export const modeRuleSchema = z.object({
  id: z.string(),
  environment: z.string().nullable(),
  agent: z.string().nullable(),
  tool: z.string().nullable(),
  mode: z.enum(MODES),
  percentage: z.number().nullable(),
  expires_at: epochMs.nullable(),
  reason: z.string().nullable(),
  guard: modeGuardSchema.nullable(),
  set_by: z.string().describe('a person, `guard`, or `trigger` with the id of the message'),
  set_at: epochMs,
})

export const modeSchema = z.object({
  revision: z.int().min(0),
  default: z.literal('parallel'),
  rules: z.array(modeRuleSchema),
})

export const modePutSchema = z.object({
  revision: z.int().min(0).describe('the revision that was read; 409 when it is no longer the current one'),
  reason: reason.nullish().describe('needed when the change loosens any effective mode'),
  rules: z.array(modeRuleInputSchema).max(1000),
})

const MAX_SPAN_MS = 30 * 86_400_000
/** `30m`, `2h`, `1d`, or a number of seconds, as milliseconds. */
const span = z.union([z.number(), z.string()]).transform((value, context) => {
  const ms = typeof value === 'number' ? value * 1000 : parseRangeMs(value)
  if (ms !== null && ms > 0 && ms <= MAX_SPAN_MS) return ms
  const message = 'must be like 30m, 2h or 1d, or a number of seconds, at most 30 days'
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})

/** What another alerting system asks for. It can only tighten. */
export const modeTriggerSchema = z.object({
  mode: z.enum(['serial', 'reads-only']).default('serial'),
  environment: name.nullish().describe('null = every environment'),
  agent: name.nullish().describe('null = every agent'),
  tool: name.nullish().describe('null = whole batches'),
  expires_in: span.nullish().describe('30m, 2h, 1d or seconds; null = until somebody changes it'),
  reason: reason.nullish().describe('for the audit trail'),
})
export const modeTriggerAnswerSchema = z.object({
  revision: z.int().describe('the revision that holds what was asked'),
  changed: z.boolean().describe('false when the rules said so already, or the message had come before'),
  replayed: z.boolean().describe('a message with this id was taken before; nothing was done'),
  summary: z.string().describe('what was done, in words'),
  expires_at: epochMs.nullable(),
})

/** What an executor says once it obeys a revision. */
export const modeAppliedSchema = z.object({
  executor_id: text.min(1).max(128),
  agent: name,
  environment: name,
  revision: z.int().min(0),
  applied_at: epochMs.min(0).max(LIMITS.epochMsMax).describe("by the executor's clock"),
})

export const executorSchema = z.object({
  executor_id: z.string(),
  agent: z.string(),
  environment: z.string(),
  connected: z.boolean(),
  connected_at: epochMs.nullable(),
  last_seen_at: epochMs,
  applied_revision: z.int().nullable(),
  applied_at: epochMs.nullable(),
  applied_after_ms: z
    .number()
    .nullable()
    .describe("from the revision's commit to the executor's word, by this server's clock"),
})
export const executorsSchema = z.object({
  revision: z.int(),
  revision_at: epochMs.nullable(),
  executors: z.array(executorSchema),
})

export const modeAuditEntrySchema = z.object({
  revision: z.int(),
  at: epochMs,
  by: z.string(),
  action: z.enum(MODE_ACTIONS),
  reason: z.string().nullable(),
  summary: z.string().describe('what changed, in words'),
  before: z.array(modeRuleSchema),
  after: z.array(modeRuleSchema),
  previous_hash: z.string(),
  hash: z.string().describe('sha256 over this line and the hash of the one before'),
})
/** A line of the trail at which the chain does not hold. */
const brokenLineSchema = z.object({
  line: z.int().describe('from 1, in the order of the trail'),
  revision: z.int(),
  reason: z.string(),
})
export const modeAuditSchema = z.object({
  entries: z.array(modeAuditEntrySchema),
  intact: z.boolean().describe('every hash was recomputed and matches'),
  lines: z.int().describe('lines of the whole trail'),
  head_hash: z.string().nullable().describe('of the newest line; noted elsewhere it also shows a cut end'),
  first_broken: brokenLineSchema.nullable(),
})
/** A line of the export of the trail: the fields as they were hashed, `before` and `after` as JSON text. */
export const modeAuditLineSchema = z.object({
  revision: z.int(),
  at_us: z.int(),
  set_by: z.string(),
  action: z.string(),
  reason: z.string().nullable(),
  summary: z.string(),
  before: z.string(),
  after: z.string(),
  previous_hash: z.string(),
  hash: z.string(),
})

export type ModeGuard = z.infer<typeof modeGuardSchema>
export type ModeTrigger = z.infer<typeof modeTriggerSchema>
export type ModeTriggerAnswer = z.infer<typeof modeTriggerAnswerSchema>
export type ModeAuditLine = z.infer<typeof modeAuditLineSchema>
export type BrokenAuditLine = z.infer<typeof brokenLineSchema>
export type ModeAction = (typeof MODE_ACTIONS)[number]
export type ModeRuleInput = z.infer<typeof modeRuleInputSchema>
export type ModeRule = z.infer<typeof modeRuleSchema>
export type ModeState = z.infer<typeof modeSchema>
export type ModePut = z.infer<typeof modePutSchema>
export type ModeApplied = z.infer<typeof modeAppliedSchema>
export type Executor = z.infer<typeof executorSchema>
export type Executors = z.infer<typeof executorsSchema>
export type ModeAuditEntry = z.infer<typeof modeAuditEntrySchema>
export type ModeAudit = z.infer<typeof modeAuditSchema>
