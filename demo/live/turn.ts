import type { ModelProfile, PlannedCall, PlannedTurn } from '../agents/policy.ts'
import type { CallTrace } from '../tools/tool.ts'

/** A call as it is handed to an executor: what the SDK wants to know, and whose call it is. */
export interface LiveCall {
  readonly callId: string
  readonly tool: PlannedCall['tool']
  readonly args: PlannedCall['args']
  readonly dependsOn: readonly string[]
  readonly trace: CallTrace
}

export type CallOutcome = 'ok' | 'error' | 'timeout' | 'cancelled'

export interface LiveTurn {
  readonly planned: PlannedTurn
  readonly model: ModelProfile
  readonly runId: string
  readonly turn: number
  readonly modelMs: number
  /** The demo is being stopped and will not wait any longer. */
  readonly givingUp: AbortSignal
}

/** What both kinds of executor have in common. Answers in the order of the calls. */
export type RunCalls = (
  calls: readonly LiveCall[],
  turn: LiveTurn,
  signal: AbortSignal,
) => Promise<readonly CallOutcome[]>

/** What the SDK is told about the turn a batch belongs to. */
export function describeTurn({ planned, model, runId, turn, modelMs }: LiveTurn) {
  return {
    runId,
    turn,
    provider: model.provider,
    model: model.model,
    modelMs,
    inputTokens: planned.inputTokens,
    outputTokens: planned.outputTokens,
    parallelRequested: true,
    emittedCalls: planned.calls.length,
  }
}
