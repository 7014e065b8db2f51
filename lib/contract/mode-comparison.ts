import { z } from 'zod'
import { windowQuery } from './query.ts'

/*
 * Parallel against serial runs while rules take a share of them. Intervals hold at all times together
 * (lib/canary/mixture-interval.ts): looking often, or stopping when one likes what one sees, costs nothing.
 */

const orNull = <T extends z.ZodType>(schema: T) => schema.nullable()
const name = z.string().min(1).max(256)

export const comparisonQuery = windowQuery.extend({
  agent: name.optional().describe('absent = every agent, each compared for itself first'),
  environment: name.optional(),
  tool: name.optional().describe('batches that hold this tool'),
})

export const comparisonMetricSchema = z.object({
  name: z
    .enum(['wall', 'turn', 'failing', 'tokens'])
    .describe(
      'wall: of a batch with several calls; turn: with the model; failing: runs in which a call ended in error or timeout; tokens: of a turn',
    ),
  unit: z.enum(['percent', 'points']).describe('of difference, low and high, as a share of 1'),
  parallel: orNull(z.number()).describe('ms or tokens: the geometric mean over runs; failing: a share'),
  serial: orNull(z.number()),
  runs_parallel: z.int(),
  runs_serial: z.int(),
  difference: orNull(z.number()).describe(
    'parallel against serial, within agents and shares; null = too few runs',
  ),
  low: orNull(z.number()).describe('95 % interval that holds at all times together'),
  high: orNull(z.number()),
})

const armSchema = z.object({
  runs: z.int(),
  batches: z.int(),
  failing_runs: z.int(),
  wall_p50_ms: orNull(z.number()).describe('of batches with several calls'),
  wall_p95_ms: orNull(z.number()),
})

export const comparisonSchema = z.object({
  agent: orNull(z.string()),
  environment: orNull(z.string()),
  tool: orNull(z.string()),
  from: orNull(z.number()).describe(
    'of the window; the beginning of the last rollout when none was asked for',
  ),
  to: orNull(z.number()),
  complete: z.boolean().describe('false while the log is still being read: ask again'),
  read_share: z.number().describe('how much of the log was read, 0 to 1'),
  stages: z
    .array(z.object({ revision: z.int(), since: z.number(), share: z.number() }))
    .describe('the shares that ran parallel, oldest first'),
  arms: z.object({ parallel: armSchema, serial: armSchema }),
  metrics: z.array(comparisonMetricSchema),
  sample_ratio: z.object({
    expected: orNull(z.number()).describe('share of runs that should be parallel'),
    observed: orNull(z.number()),
    e_value: z
      .number()
      .describe('evidence against the expected share; 100 is reached by chance in 1 % of rollouts'),
    unbalanced: z.boolean(),
  }),
  excluded: z.object({
    crossed_runs: z.int().describe('ran in both modes'),
    off_plan_runs: z.int().describe('ran in another mode than their hash says; counted where they ran'),
    other_batches: z.int().describe('ran reads-only, or nobody said in which mode'),
  }),
  verdict: z.object({
    kind: z.enum([
      'no-rollout',
      'too-few',
      'unbalanced',
      'parallel-fails-more',
      'parallel-slower',
      'parallel-faster',
      'undecided',
    ]),
    words: z.string(),
  }),
})

export type ComparisonQuery = z.infer<typeof comparisonQuery>
export type ComparisonMetric = z.infer<typeof comparisonMetricSchema>
export type ModeComparison = z.infer<typeof comparisonSchema>
