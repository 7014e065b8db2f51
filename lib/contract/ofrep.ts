import { z } from 'zod'

/*
 * OFREP 0.3 (github.com/open-feature/protocol, service/openapi.yaml) as far as it is spoken here. Its names are
 * its own: `targetingKey` and `errorCode` are not ours to spell.
 */

/** Everything that can be asked for. All of them follow from the same rules. */
export const FLAG_KEYS = {
  /** text: the mode of a run, or of one tool's calls within it. */
  mode: 'parallel-tool-calls',
  /** boolean: false in serial mode. */
  allowed: 'parallel-tool-calls.allowed',
  /** object: the tools that are held tighter than the run, each with its mode. */
  tools: 'parallel-tool-calls.tools',
  /** number: the revision of the rules. */
  revision: 'parallel-tool-calls.revision',
} as const

const name = z.string().min(1).max(256)

/** What a flag is evaluated for; further attributes are allowed and mean nothing here. */
const ofrepContextSchema = z.looseObject({
  targetingKey: z.string().max(1024).optional().describe('the id of the run: a share of runs sticks to it'),
  agent: name.optional().describe('default: `unknown`'),
  environment: name.optional().describe('default: `default`'),
  tool: name.optional().describe('asks how the calls of this tool may overlap others within a batch'),
})

/** The body of both requests. */
export const ofrepRequestSchema = z.looseObject({ context: ofrepContextSchema.optional() })

const ERROR_CODES = [
  'FLAG_NOT_FOUND',
  'PARSE_ERROR',
  'TARGETING_KEY_MISSING',
  'INVALID_CONTEXT',
  'GENERAL',
] as const

const ofrepSuccessSchema = z.object({
  key: z.string(),
  value: z.union([z.string(), z.boolean(), z.number(), z.record(z.string(), z.string())]),
  reason: z.enum(['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT']),
  variant: z.string(),
  metadata: z.object({ revision: z.int(), rule_id: z.string().optional() }),
})
const ofrepFailureSchema = z.object({
  key: z.string(),
  errorCode: z.enum(ERROR_CODES),
  errorDetails: z.string(),
})
/** What one flag came to; the answer of `/ofrep/v1/evaluate/flags/{key}`. */
export const ofrepEvaluationSchema = z.union([ofrepSuccessSchema, ofrepFailureSchema])

const eventStreamSchema = z.object({
  type: z.literal('sse'),
  endpoint: z.object({ origin: z.string().optional(), requestUri: z.string() }),
  inactivityDelaySec: z.int().min(1),
})

/** The answer of `/ofrep/v1/evaluate/flags`. */
export const ofrepBulkSchema = z.object({
  flags: z.array(ofrepEvaluationSchema),
  eventStreams: z.array(eventStreamSchema),
  metadata: z.object({ revision: z.int() }),
})

/** What is said on the event stream: ask again. */
export const ofrepNoticeSchema = z.object({
  type: z.literal('refetchEvaluation'),
  etag: z.string().describe('of the rules, not of an answer'),
})

export type OfrepContext = z.infer<typeof ofrepContextSchema>
export type OfrepErrorCode = (typeof ERROR_CODES)[number]
export type OfrepSuccess = z.infer<typeof ofrepSuccessSchema>
export type OfrepEvaluation = z.infer<typeof ofrepEvaluationSchema>
export type OfrepBulk = z.infer<typeof ofrepBulkSchema>
export type OfrepNotice = z.infer<typeof ofrepNoticeSchema>
