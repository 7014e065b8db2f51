import { z } from 'zod'
import { MODES } from '#lib/model/vocabulary.ts'
import { LIMITS } from './ingest.ts'

/** Halves of surrogate pairs change on their way to disk, and with them the hash of an audit line. */
const text = z
  .string()
  .refine((value) => value.isWellFormed(), 'holds half of a surrogate pair, which is no text')
const name = text.min(1).max(256)
const epochMs = z.number()
const reason = text.trim().min(1).max(1024)

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
  set_by: z.string(),
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
  action: z.enum(['set', 'expire']),
  reason: z.string().nullable(),
  summary: z.string().describe('what changed, in words'),
  before: z.array(modeRuleSchema),
  after: z.array(modeRuleSchema),
  previous_hash: z.string(),
  hash: z.string().describe('sha256 over this line and the hash of the one before'),
})
export const modeAuditSchema = z.object({
  entries: z.array(modeAuditEntrySchema),
  intact: z.boolean().describe('every hash was recomputed and matches'),
})

export type ModeRuleInput = z.infer<typeof modeRuleInputSchema>
export type ModeRule = z.infer<typeof modeRuleSchema>
export type ModeState = z.infer<typeof modeSchema>
export type ModePut = z.infer<typeof modePutSchema>
export type ModeApplied = z.infer<typeof modeAppliedSchema>
export type Executor = z.infer<typeof executorSchema>
export type Executors = z.infer<typeof executorsSchema>
export type ModeAuditEntry = z.infer<typeof modeAuditEntrySchema>
export type ModeAudit = z.infer<typeof modeAuditSchema>
