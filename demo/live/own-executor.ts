import { setTimeout as sleep } from 'node:timers/promises'
import type { createParascope } from '@parascope/sdk'
import type { AgentSpec, Release } from '../agents/roster.ts'
import { TOOL_NAMES, TOOL_SPECS, type ToolName } from '../catalogue.ts'
import { ToolError } from '../tools/tool.ts'
import type { Toolbox } from '../tools/toolbox.ts'
import { type CallOutcome, describeTurn, type LiveCall, type RunCalls } from './turn.ts'

export interface OwnExecutorOptions {
  readonly scope: ReturnType<typeof createParascope>
  readonly toolbox: Toolbox
  readonly spec: AgentSpec
  readonly release: Release
}

type WrappedTool = (call: LiveCall, signal: AbortSignal) => Promise<unknown>

const BACKOFF_MS = 120

/**
 * An agent that kept its own executor and only had its tool functions wrapped. It tries again what failed
 * in passing; and one of its releases fell for the classic mistake: `await` inside the loop.
 */
export function createOwnExecutor({ scope, toolbox, spec, release }: OwnExecutorOptions): RunCalls {
  const tools = wrapTools(scope, toolbox)
  const run = (call: LiveCall, signal: AbortSignal) =>
    runWithRetry(tools[call.tool], call, spec.maxAttempts, signal)
  return (calls, turn, signal) =>
    scope.turn(describeTurn(turn), async () => {
      if (!release.isSerialising) return await Promise.all(calls.map((call) => run(call, signal)))
      const outcomes: CallOutcome[] = []
      for (const call of calls) outcomes.push(await run(call, signal))
      return outcomes
    })
}

function wrapTools(scope: OwnExecutorOptions['scope'], toolbox: Toolbox): Record<ToolName, WrappedTool> {
  const wrap = (tool: ToolName): WrappedTool => {
    const { effect, resources } = TOOL_SPECS[tool]
    const body: WrappedTool = ({ args, callId, trace }, signal) =>
      toolbox.run(tool, args, { callId, signal, trace })
    return scope.wrap(body, {
      tool,
      effect,
      resources: (call) => resources(call.args),
      callId: (call) => call.callId,
    })
  }
  return Object.fromEntries(TOOL_NAMES.map((tool) => [tool, wrap(tool)])) as Record<ToolName, WrappedTool>
}

async function runWithRetry(
  tool: WrappedTool,
  call: LiveCall,
  maxAttempts: number,
  signal: AbortSignal,
): Promise<CallOutcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      await tool(call, signal)
      return 'ok'
    } catch (error) {
      if (signal.aborted) return 'cancelled'
      const isPassing = error instanceof ToolError && error.retriable
      if (!isPassing || attempt >= maxAttempts) return 'error'
      await sleep(BACKOFF_MS)
    }
  }
}
