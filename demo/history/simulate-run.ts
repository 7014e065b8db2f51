import {
  type CallStatus,
  createTask,
  type PlannedCall,
  type PlannedTurn,
  type TurnOutcome,
} from '../agents/policy.ts'
import { type AgentSpec, getModel, listActiveReleases, type Release } from '../agents/roster.ts'
import { TOOL_SPECS, type ToolStep } from '../catalogue.ts'
import { mintCallId, mintRunId, mintUuidV7 } from '../ids.ts'
import type { Random } from '../random.ts'
import { drawAnswer, ENDPOINTS } from '../service/endpoints.ts'
import type { World } from '../world.ts'
import { type AttemptDraw, type Chance, type SimulatedAttempt, simulateTurn } from './schedule.ts'
import { endpointFactor, modeAt } from './timeline.ts'
import type { WireBatch, WireCall } from './wire.ts'

const HOUR_MS = 3_600_000
/** A request over loopback costs this much on top of what the service waits. */
const TRANSPORT_MS = 1.3
/** Share of reservations that find the shelf empty. */
const OUT_OF_STOCK_SHARE = 0.03

export interface RunContext {
  readonly spec: AgentSpec
  readonly world: World
  /** A source for this run alone. */
  readonly random: Random
  readonly arrivedAtMs: number
  /** The instant that deploys and incidents are counted back from. */
  readonly nowMs: number
}

/** All batches of one run, in order, as its executor would have reported them. */
export function simulateRun({ spec, world, random, arrivedAtMs, nowMs }: RunContext): WireBatch[] {
  const hoursAgo = (epochMs: number): number => (nowMs - epochMs) / HOUR_MS
  const release = drawRelease(spec, hoursAgo(arrivedAtMs), random)
  const model = getModel(spec, hoursAgo(arrivedAtMs))
  const customer = random.pick(world.customers)
  const turns = spec.policy(createTask({ random, world, model, customer }))
  const runId = mintRunId(arrivedAtMs, random)
  const batches: WireBatch[] = []
  let atMs = arrivedAtMs
  let corrupted = false
  for (let step = turns.next(); !step.done; ) {
    const planned = step.value
    const startedAtMs = roundMs(atMs + planned.modelMs)
    const { mode, revision } = modeAt(spec.agent, spec.environment, hoursAgo(startedAtMs))
    const chance = createChance(random, { startedAtMs, hoursAgo: hoursAgo(startedAtMs), corrupted })
    const intent = {
      ...spec,
      mode,
      isSerialising: release.isSerialising,
      cancelAfterMs: planned.cancelAfterMs,
    }
    const attempts = simulateTurn(planned.calls, intent, chance)
    corrupted ||= hasLostUpdate(attempts)
    batches.push({
      batch_id: mintUuidV7(startedAtMs, random),
      run_id: runId,
      turn: batches.length + 1,
      agent: spec.agent,
      environment: spec.environment,
      version: release.version,
      provider: model.provider,
      model: model.model,
      mode,
      mode_revision: revision,
      parallel_requested: true,
      concurrency: spec.concurrency,
      started_at: startedAtMs,
      ...wireTurn(planned, attempts, model.provider, random),
    })
    atMs = startedAtMs + Math.max(...attempts.map(endOf), 0) + random.lognormal(3, 0.4)
    if (planned.cancelAfterMs !== null) break
    step = turns.next(outcomeOf(attempts))
  }
  return batches
}

function drawRelease(spec: AgentSpec, hoursAgo: number, random: Random): Release {
  const active = listActiveReleases(spec, hoursAgo)
  let left = random.next()
  for (const release of active) {
    left -= release.share
    if (left < 0) return release
  }
  const last = active.at(-1)
  if (!last) throw new Error(`${spec.agent} has no release`)
  return last
}

interface Circumstances {
  readonly startedAtMs: number
  readonly hoursAgo: number
  /** Whether a credit of this run was lost: its audit then fails. */
  readonly corrupted: boolean
}

function createChance(random: Random, circumstances: Circumstances): Chance {
  return {
    drawDispatchMs: () => random.lognormal(0.07, 0.6),
    drawBackoffMs: () => 80 + random.next() * 120,
    drawAttempt: (call, startMs, siblings) => drawTool(call, startMs, siblings, random, circumstances),
  }
}

function drawTool(
  call: PlannedCall,
  startMs: number,
  siblings: readonly PlannedCall[],
  random: Random,
  circumstances: Circumstances,
): AttemptDraw {
  let durationMs = 0
  const { startedAtMs, hoursAgo } = circumstances
  for (const step of TOOL_SPECS[call.tool].steps) {
    if ('localMs' in step) {
      durationMs += random.lognormal(step.localMs, 0.45)
      continue
    }
    const inFlight =
      1 + siblings.filter((sibling) => TOOL_SPECS[sibling.tool].steps.some(usesSameEndpoint(step))).length
    const epochMs = startedAtMs + startMs + durationMs
    const draw = drawAnswer(ENDPOINTS[step.endpoint], random, epochMs, inFlight)
    durationMs +=
      draw.latencyMs * endpointFactor(step.endpoint, hoursAgo) + random.lognormal(TRANSPORT_MS, 0.4)
    if (draw.status === 429) return { durationMs, errorCode: 'rate_limited', isRetriable: true }
    if (draw.status === 503) return { durationMs, errorCode: 'unavailable', isRetriable: true }
  }
  return { durationMs, errorCode: drawRefusal(call, random, circumstances), isRetriable: false }
}

function usesSameEndpoint(step: Extract<ToolStep, { endpoint: string }>): (other: ToolStep) => boolean {
  return (other) => 'endpoint' in other && other.endpoint === step.endpoint
}

function drawRefusal(call: PlannedCall, random: Random, { corrupted }: Circumstances): string | null {
  if (call.tool === 'audit_balance' && corrupted) return 'lost_update'
  if (call.tool === 'reserve_stock' && random.chance(OUT_OF_STOCK_SHARE)) return 'out_of_stock'
  return null
}

/** Whether two credits overlapped that both went through: the later write did not see the earlier one. */
function hasLostUpdate(attempts: readonly SimulatedAttempt[]): boolean {
  const credits = attempts.filter(({ call, outcome }) => call.tool === 'apply_credit' && outcome === 'ok')
  return credits.some((one, index) =>
    credits.slice(index + 1).some((other) => startOf(one) < endOf(other) && startOf(other) < endOf(one)),
  )
}

function startOf(attempt: SimulatedAttempt): number {
  return attempt.startMs ?? 0
}

function endOf(attempt: SimulatedAttempt): number {
  return startOf(attempt) + (attempt.durationMs ?? 0)
}

/** Attempts are in order, so the last one of a call decides. */
function outcomeOf(attempts: readonly SimulatedAttempt[]): TurnOutcome {
  return new Map<PlannedCall, CallStatus>(attempts.map(({ call, outcome }) => [call, outcome]))
}

function wireTurn(
  planned: PlannedTurn,
  attempts: readonly SimulatedAttempt[],
  provider: string,
  random: Random,
): Pick<WireBatch, 'model_ms' | 'input_tokens' | 'output_tokens' | 'emitted_calls' | 'calls'> {
  const callIds = new Map(planned.calls.map((call) => [call, mintCallId(provider, random)]))
  const idOf = (call: PlannedCall): string => callIds.get(call) ?? ''
  const calls = attempts.map(
    ({ call, attempt, startMs, durationMs, outcome, errorCode }): WireCall => ({
      call_id: idOf(call),
      attempt,
      seq: planned.calls.indexOf(call),
      tool: call.tool,
      outcome,
      start_ms: startMs === null ? null : roundMs(startMs),
      duration_ms: durationMs === null ? null : roundMs(durationMs),
      error_code: errorCode,
      effect: TOOL_SPECS[call.tool].effect,
      resources: TOOL_SPECS[call.tool].resources(call.args),
      depends_on: call.dependsOn.map(idOf),
    }),
  )
  return {
    model_ms: roundMs(planned.modelMs),
    input_tokens: planned.inputTokens,
    output_tokens: planned.outputTokens,
    emitted_calls: planned.calls.length,
    calls,
  }
}

/** Whole microseconds: what the store keeps. */
function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
