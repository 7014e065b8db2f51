import { z } from 'zod'
import { EFFECTS } from '#lib/model/vocabulary.ts'

/*
 * The audit before a tool may run beside others: what is declared, what a person marked, and what was seen.
 */

const count = z.int().min(0)
const ms = z.number()
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable()

/**
 * atomic: it happens wholly or not at all. idempotent: twice is as once. independent: it may run beside any other.
 */
export const TOOL_QUESTIONS = ['atomic', 'idempotent', 'independent'] as const
export type ToolQuestion = (typeof TOOL_QUESTIONS)[number]
const TOOL_ANSWERS = ['yes', 'no'] as const

const answerSchema = z.object({
  question: z.enum(TOOL_QUESTIONS),
  answer: orNull(z.enum(TOOL_ANSWERS)).describe('null = nobody knows'),
  source: z
    .enum(['marked', 'declared', 'none'])
    .describe('by a person here, or as follows from the declared effect'),
  by: orNull(z.string()),
  at: orNull(ms),
  note: orNull(z.string()),
  evidence_for: z.array(z.string()).describe('what was seen that speaks for yes, in words'),
  evidence_against: z.array(z.string()),
})

export const couplingToolSchema = z.object({
  tool: z.string(),
  effect: z.enum(EFFECTS).describe('declared most often'),
  calls: count,
  resources: z.array(z.object({ root: z.string(), calls: count })).describe('most used first, at most 10'),
  undeclared: count.describe('calls that named no resource'),
  answers: z.array(answerSchema),
  is_unclassified: z.boolean().describe('effect unknown and no answer given: it is scheduled as a write'),
})

const pairSchema = z.object({
  tools: z.array(z.string()).describe('two names, or one for a tool beside itself'),
})

export const couplingConflictSchema = pairSchema.extend({
  agents: z.array(z.string()),
  together: count.describe('batches that hold both'),
  overlapped: count,
  conflicts: count.describe('batches in which they overlapped on one resource and one of them wrote'),
  possible: count.describe('the same, but that an effect is unknown'),
  suggestion: z.string(),
})

export const coupledPairSchema = z.object({
  agent: z.string(),
  environment: z.string(),
  tool: z.string(),
  sibling: z.string(),
  beside: z
    .object({ batches: count, failed: count })
    .describe('batches in which the sibling ran beside the tool'),
  apart: z.object({ batches: count, failed: count }).describe('its other batches'),
  odds_ratio: ms.describe('of failing beside the sibling against apart from it'),
  odds_low: ms.describe('95 % interval'),
  odds_high: ms,
  is_identifiable: z
    .boolean()
    .describe('false when they nearly always run together: only a hold-out could tell'),
  alert_id: orNull(z.string()).describe(
    'an alert that is open about it, which weighed time and circumstance too',
  ),
  suggestion: z.string(),
})

export const mergeCandidateSchema = pairSchema.extend({
  agents: z.array(z.string()),
  together: count,
  first_share: z.number().describe('of the batches with the first, those with both'),
  second_share: z.number(),
  in_order_share: z.number().describe('of those, in which the first was emitted first'),
  suggestion: z.string(),
})

export const missedPairSchema = z.object({
  agent: z.string(),
  environment: z.string(),
  tools: z.array(z.string()),
  turns: count.describe('single-call turns that followed one another although neither needed the other'),
  saving_ms: orNull(ms).describe('an estimate of what one batch instead would save, each time'),
  saving_ms_per_day: orNull(ms),
  alert_id: orNull(z.string()),
  suggestion: z.string(),
})

export const emittedSchema = z.object({
  model: orNull(z.string()),
  series: z.array(z.object({ from: ms, to: ms, turns: count, calls_per_turn: orNull(z.number()) })),
})

export const couplingSchema = z.object({
  tools: z.array(couplingToolSchema).describe('most calls first'),
  conflicts: z.array(couplingConflictSchema),
  coupled: z.array(coupledPairSchema),
  merges: z.array(mergeCandidateSchema),
  missed: z.array(missedPairSchema),
  emitted: z.array(emittedSchema).describe('calls that each model emitted a turn, over time'),
  effective_from: orNull(ms).describe('pairs are counted by day'),
  effective_to: orNull(ms),
})

/** What a person answers of a tool; what is absent stays, null takes an answer back. */
export const toolMarksSchema = z
  .object({
    atomic: z.enum(TOOL_ANSWERS).nullish(),
    idempotent: z.enum(TOOL_ANSWERS).nullish(),
    independent: z.enum(TOOL_ANSWERS).nullish(),
    note: z.string().trim().min(1).max(1000).nullish(),
  })
  .refine((marks) => TOOL_QUESTIONS.some((question) => marks[question] !== undefined), 'answers no question')

/** What persons have answered of a tool. */
export const toolMarksAnswerSchema = z.object({
  tool: z.string(),
  marks: z.array(
    z.object({
      question: z.enum(TOOL_QUESTIONS),
      answer: orNull(z.enum(TOOL_ANSWERS)),
      note: orNull(z.string()),
      by: z.string(),
      at: ms,
    }),
  ),
})

export type Coupling = z.infer<typeof couplingSchema>
export type CouplingTool = z.infer<typeof couplingToolSchema>
export type CoupledPair = z.infer<typeof coupledPairSchema>
export type CouplingConflict = z.infer<typeof couplingConflictSchema>
export type MergeCandidate = z.infer<typeof mergeCandidateSchema>
export type MissedPair = z.infer<typeof missedPairSchema>
export type EmittedSeries = z.infer<typeof emittedSchema>
export type ToolMarksAnswer = z.infer<typeof toolMarksAnswerSchema>
export type ToolMarks = z.infer<typeof toolMarksSchema>
