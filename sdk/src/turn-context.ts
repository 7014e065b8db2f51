import { snapshot } from './guard.ts'
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

/** The facts of a turn as they are now, each read once; those of `outer` where `context` says nothing. */
export function snapshotTurn(context: unknown, outer: TurnContext): TurnContext {
  return snapshot(context, FIELDS, outer)
}
