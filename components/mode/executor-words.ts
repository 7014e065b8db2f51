import type { Executor } from '#lib/contract/mode.ts'
import type { ExecutorProgress, ExecutorStanding } from '#lib/flags/propagation.ts'
import { formatWhole } from '#lib/format/time.ts'

export const STANDING_WORDS: Record<ExecutorStanding, string> = {
  applied: 'applied',
  pending: 'connected, not yet applied',
  lost: 'lost',
}

/** Ids begin with the time of their minting, so it is their end that differs. */
const ID_TAIL = 6
const SHORT_ID = 14

export function shortExecutorId(id: string): string {
  return id.length <= SHORT_ID ? id : `\u2026${id.slice(-ID_TAIL)}`
}

/** `support-triage …3e1795`: the agent says more than the id. */
export function nameExecutor(executor: Executor): string {
  return `${executor.agent} ${shortExecutorId(executor.executor_id)}`
}

/** What is to be said of one that has not applied the newest revision. */
export function describeLate({ standing, executor, durationMs }: ExecutorProgress): string {
  if (standing === 'lost')
    return `lost ${durationMs === null ? '' : `${formatWhole(durationMs)} ago`}; reads it on return`
  return executor.applied_revision === null
    ? 'connected, has applied none yet'
    : `connected, still on ${executor.applied_revision}`
}
