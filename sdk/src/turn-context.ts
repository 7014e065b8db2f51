import { read } from './guard.ts'
import type { TurnContext } from './types.ts'

const FIELDS = [
  'runId',
  'turn',
  'provider',
  'model',
  'modelMs',
  'inputTokens',
  'outputTokens',
  'parallelRequested',
  'emittedCalls',
  'version',
  'tenant',
] as const satisfies (keyof TurnContext)[]

const NOTHING: TurnContext = {}

/** The facts of a turn as they are now, each read once; those of `outer` where `context` says nothing. */
export function snapshotTurn(context: unknown, outer: TurnContext | null): TurnContext {
  if (context === undefined || context === null) return outer ?? NOTHING
  const facts: Record<string, unknown> = {}
  for (const field of FIELDS) facts[field] = read(context, field) ?? outer?.[field]
  return facts
}
