/**
 * The closed vocabularies of the product. Their order is part of the storage format:
 * a member's position is the code under which it is stored, so append, never reorder.
 */

/** What the runtime was told to do with the calls of one turn. */
export const MODES = ['parallel', 'reads-only', 'serial'] as const
export type Mode = (typeof MODES)[number]

/** What a tool does to the resources it touches. An `unknown` tool counts as a write when scheduling. */
export const EFFECTS = ['read', 'write', 'read-modify-write', 'unknown'] as const
export type Effect = (typeof EFFECTS)[number]

/** How a call ended. `never-ran` and `unknown` calls have no times. */
export const OUTCOMES = ['ok', 'error', 'timeout', 'cancelled', 'never-ran', 'unknown'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Outcomes of calls that ran and therefore carry a start and a duration. */
export const RAN_OUTCOMES = ['ok', 'error', 'timeout', 'cancelled'] as const satisfies readonly Outcome[]
/** Outcomes of calls that carry no times. */
export const UNTIMED_OUTCOMES = ['never-ran', 'unknown'] as const satisfies readonly Outcome[]

/** Where a batch came from. */
export const SOURCES = ['sdk', 'otlp', 'import'] as const
export type Source = (typeof SOURCES)[number]

/** By which evidence calls were put into one batch, strongest first. */
export const EVIDENCE = ['declared', 'call-id', 'arguments', 'time', 'overlap'] as const
export type Evidence = (typeof EVIDENCE)[number]

/** What was odd about a batch as it arrived: kept as sent, and said wherever the batch is shown. */
export const FLAGS = [
  'clock-skew',
  'negative-start',
  'dependency-unknown',
  'dependency-self',
  'dependency-cycle',
] as const
export type Flag = (typeof FLAGS)[number]

/** The name that stands for every further value once a dimension holds as many as it may. */
export const OTHER = '__other__'
