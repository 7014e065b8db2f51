import { createParascope, type Diagnostic, type ToolPolicy } from '@parascope/sdk'
import type { PlannedCall, PlannedTurn, TurnOutcome } from '../agents/policy.ts'
import type { AgentSpec, Release } from '../agents/roster.ts'
import { TOOL_SPECS } from '../catalogue.ts'
import { mintCallId } from '../ids.ts'
import type { Random } from '../random.ts'
import type { CallTrace } from '../tools/tool.ts'
import type { Toolbox } from '../tools/toolbox.ts'
import { createOwnExecutor } from './own-executor.ts'
import { describeTurn, type LiveCall, type LiveTurn, type RunCalls } from './turn.ts'

/** One build of an agent at work: its executors obey the mode switch on their own. */
export interface LiveAgent {
  readonly name: string
  readonly spec: AgentSpec
  /** Share of all runs that it should get, relative to the other agents. */
  readonly weight: number
  /** Resolves once the mode has been heard, or after a second without a server. */
  readonly ready: () => Promise<void>
  /** Runs the calls of a turn to their end; never rejects for a tool that failed. */
  readonly runTurn: (turn: LiveTurn) => Promise<TurnOutcome>
  /** Sends what is left and closes the connections. */
  readonly close: () => Promise<void>
}

/** How long the last batches may take to be sent when the demo is stopped. */
const FLUSH_MS = 1_000

export interface LiveAgentOptions {
  readonly spec: AgentSpec
  readonly release: Release
  readonly url: string
  readonly token?: string | undefined
  readonly random: Random
  readonly toolbox: Toolbox
  readonly onDiagnostic: (diagnostic: Diagnostic) => void
}

export function createLiveAgent(options: LiveAgentOptions): LiveAgent {
  const { spec, release } = options
  const scope = createParascope({
    url: options.url,
    token: options.token,
    agent: spec.agent,
    environment: spec.environment,
    version: release.version,
    onDiagnostic: options.onDiagnostic,
  })
  const runCalls =
    spec.executor === 'own' || release.isSerialising
      ? createOwnExecutor({ scope, toolbox: options.toolbox, spec, release })
      : createScheduledExecutor(scope, spec, options.toolbox)
  return {
    name: `${spec.agent} ${release.version} (${spec.environment})`,
    spec,
    // The root brings the rare agents forward: all of them should be seen within half a minute.
    weight: Math.sqrt(spec.runsPerHour * release.share),
    ready: async () => {
      await scope.ready()
    },
    runTurn: (turn) => runTurn(turn, runCalls, options),
    close: async () => {
      await scope.shutdown(FLUSH_MS)
    },
  }
}

async function runTurn(
  turn: LiveTurn,
  runCalls: RunCalls,
  { spec, release, random }: LiveAgentOptions,
): Promise<TurnOutcome> {
  const { planned, runId } = turn
  const calls = nameCalls(planned, turn.model.provider, random, {
    agent: spec.agent,
    environment: spec.environment,
    version: release.version,
    batchKey: `${runId}/${turn.turn}`,
    runId,
    turn: turn.turn,
  })
  const hangUp = new AbortController()
  const timer =
    planned.cancelAfterMs === null ? null : setTimeout(() => hangUp.abort(), planned.cancelAfterMs)
  const outcomes = await runCalls(calls, turn, AbortSignal.any([hangUp.signal, turn.givingUp]))
  if (timer !== null) clearTimeout(timer)
  return new Map(planned.calls.map((call, index) => [call, outcomes[index] ?? 'error']))
}

function nameCalls(planned: PlannedTurn, provider: string, random: Random, trace: CallTrace): LiveCall[] {
  const ids = new Map(planned.calls.map((call) => [call, mintCallId(provider, random)]))
  const idOf = (call: PlannedCall): string => ids.get(call) ?? ''
  return planned.calls.map((call) => ({
    callId: idOf(call),
    tool: call.tool,
    args: call.args,
    dependsOn: call.dependsOn.map(idOf),
    trace,
  }))
}

/** The SDK schedules: it keeps the cap, the deadline and the declared dependencies. */
function createScheduledExecutor(
  scope: ReturnType<typeof createParascope>,
  spec: AgentSpec,
  toolbox: Toolbox,
): RunCalls {
  const runBatch = scope.executor<LiveCall, Promise<unknown>>({
    run: (call, { signal }) =>
      toolbox.run(call.tool, call.args, { callId: call.callId, signal, trace: call.trace }),
    concurrency: spec.concurrency ?? undefined,
    deadlineMs: spec.deadlineMs ?? undefined,
    tools: TOOL_POLICIES,
  })
  return async (calls, turn, signal) => {
    const envelopes = await runBatch(calls, { ...describeTurn(turn), signal })
    return envelopes.map((envelope) => envelope.status)
  }
}

const TOOL_POLICIES: Readonly<Record<string, ToolPolicy>> = Object.fromEntries(
  Object.entries(TOOL_SPECS).map(([tool, { effect, resources }]) => [tool, { effect, resources }]),
)
