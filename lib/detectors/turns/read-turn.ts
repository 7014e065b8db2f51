import type { DetectorContext } from '../detector.ts'
import type { Observation } from '../observation.ts'
import {
  createEmissions,
  type Emissions,
  firstRatio,
  noteJoint,
  noteSingle,
  readSuccession,
} from './emissions.ts'
import {
  findRun,
  joinEarlier,
  rememberTurn,
  type SingleCall,
  type TurnMemory,
  toTurnMemory,
  usesAny,
} from './run-memory.ts'
import { turnsKey } from './told.ts'
import { isLateSplit, pairKey, type TurnEvent } from './turn-event.ts'

export interface TurnReading {
  readonly emissions: Emissions
  readonly events: readonly TurnEvent[]
  /** Steps of this run that seemed to come one call a turn before this batch. */
  readonly hitsBefore: number
}

interface TurnsState {
  emissions: Emissions
  /** What the latest batch said, for the next who asks. */
  batchId: string
  events: TurnEvent[]
  hitsBefore: number
  /** Turns read so far. */
  turns: number
}

/** Time between two turns that the model did not take: then somebody else had a say. */
const MAX_PAUSE_MS = 30_000
const MAX_PAUSE_UNKNOWN_MODEL_MS = 180_000
/** Clocks of turns may disagree by this much. */
const SKEW_MS = 50
const MAX_STEP = 16

/** Reads a batch once for all who ask. Nothing is said of runs or fingerprints that are not known. */
export function readTurn(observation: Observation, context: DetectorContext): TurnReading {
  const key = turnsKey(observation.environment, observation.agent)
  const read = context.peek<TurnsState>(key)
  if (read !== null && read.batchId === observation.batchId) return read
  const state = context.state<TurnsState>(key, createTurnsState)
  state.batchId = observation.batchId
  state.events = []
  if (!observation.hasRun || observation.mode === 'serial' || observation.size === 0) return state
  const run = findRun(observation, context)
  const { turn, size, batch } = observation
  if (turn !== null && run.turns.some((other) => other.turn === turn)) return state
  const current = toTurnMemory(observation, size === 1)
  const before = turnBefore(run.turns, current)
  if (size > 1) sayJoint(observation, before?.single?.tool ?? null, state)
  else if ((batch.emittedCalls ?? 1) > 1) state.events.push({ type: 'cut', from: batch.calls[0]?.tool ?? '' })
  else compare(before, current, observation.modelMs, state)
  sayEnded(before, current, state.events)
  const late = turn === null ? undefined : run.turns.find((other) => other.turn === turn + 1)
  if (late !== undefined && late.single?.step.length === 1) compare(current, late, null, state)
  rememberTurn(run, current)
  state.hitsBefore = run.hits
  state.turns++
  if (state.events.some(isHit)) run.hits++
  return state
}

/** A step of which more than the first call of its own has been seen, or that began anew. */
function isHit(event: TurnEvent): boolean {
  if (event.type === 'start') return event.isIndependent
  return event.type === 'cut' || (event.type === 'pair' && isLateSplit(event))
}

function sayEnded(before: TurnMemory | undefined, { single }: TurnMemory, events: TurnEvent[]): void {
  const [from, to, ...others] = before?.single?.step ?? []
  if (from === undefined || to === undefined || others.length > 0) return
  if (before?.single?.pair !== pairKey(from, to) || (single !== null && single.step.length > 1)) return
  events.push({ type: 'ended', from, to })
}

function createTurnsState(): TurnsState {
  return { emissions: createEmissions(), batchId: '', events: [], hitsBefore: 0, turns: 0 }
}

function turnBefore(turns: readonly TurnMemory[], { turn, startedMs }: TurnMemory): TurnMemory | undefined {
  if (turn !== null) return turns.find((other) => other.turn === turn - 1)
  const last = turns.at(-1)
  return last === undefined || last.endedMs > startedMs + SKEW_MS ? undefined : last
}

function sayJoint(
  { batch, signature, size, calls }: Observation,
  before: string | null,
  state: TurnsState,
): void {
  const tools: string[] = []
  let hasFingerprints = false
  for (const call of batch.calls) {
    if (call.attempt === 1 || !batch.calls.some((o) => o.callId === call.callId && o.attempt < call.attempt))
      tools.push(call.tool)
    if (call.argsFp.length > 0) hasFingerprints = true
  }
  // Where splits could not be seen, joint turns must not count either.
  if (!hasFingerprints) return
  const isWhole = calls.length === batch.calls.length && tools.length === size
  noteJoint(state.emissions, tools, isWhole ? signature : [...new Set(tools)].sort().join('+'))
  state.events.push({ type: 'joint', from: tools[0] ?? '', tools: tools.slice(0, MAX_STEP), before })
}

function compare(
  before: TurnMemory | undefined,
  { single, startedMs }: TurnMemory,
  modelMs: number | null,
  state: TurnsState,
): void {
  if (single === null || single.args.length === 0) return
  const { emissions, events } = state
  noteSingle(emissions, single.tool)
  if (before === undefined) return
  const pauseMs = startedMs - before.endedMs - (modelMs ?? 0)
  if (pauseMs > (modelMs === null ? MAX_PAUSE_UNKNOWN_MODEL_MS : MAX_PAUSE_MS)) return
  if (startedMs < before.endedMs - SKEW_MS) return
  if (before.results === null || before.broken || isSameCall(before.single, single)) {
    // It may be the same step still: what follows must not be taken for the second call of another.
    if (before.single !== null) single.step = [...before.single.step, single.tool].slice(-MAX_STEP)
  } else if (before.single === null) {
    const isIndependent = !usesAny(single.args, before.results)
    events.push(sayStart(emissions, single, isIndependent))
  } else comparePair(before.single, before.results, single, state)
}

function comparePair(
  before: SingleCall,
  results: string,
  single: SingleCall,
  { emissions, events }: TurnsState,
): void {
  const { tool, args } = single
  const from = before.tool
  const apart = {
    type: 'pair',
    from,
    to: tool,
    first: from,
    second: tool,
    isSecond: true,
    start: 'unknown',
  } as const
  if (usesAny(args, results)) {
    events.push(sayStart(emissions, single, false))
    events.push({
      ...apart,
      isIndependent: false,
      goesOn: false,
      isRepeated: false,
      after: before.pair,
      ratio: 0,
    })
    return
  }
  single.pair = pairKey(from, tool)
  const { goesOn, ratio } = readSuccession(emissions, from, tool)
  if (!goesOn || before.step.length >= MAX_STEP) {
    events.push(sayStart(emissions, single, true))
    events.push({
      ...apart,
      isIndependent: true,
      goesOn: false,
      isRepeated: false,
      after: before.pair,
      ratio,
    })
    return
  }
  const isWhole = !usesAny(args, before.earlier)
  single.step = isWhole ? [...before.step, tool] : [before.tool, tool]
  single.start = before.start
  single.earlier = isWhole ? joinEarlier(before.earlier, results) : results
  const [first = from, second = tool] = single.step
  const isSecond = before.step.length === 1
  const isRepeated = before.step.some((one, i) => one === from && before.step[i + 1] === tool)
  const step = { first, second, isSecond, isRepeated, start: before.start, after: before.pair }
  events.push({ ...apart, ...step, isIndependent: true, goesOn: true, ratio })
}

function sayStart(emissions: Emissions, single: SingleCall, isIndependent: boolean): TurnEvent {
  single.start = isIndependent ? 'independent' : 'dependent'
  const ratio = isIndependent ? firstRatio(emissions, single.tool) : 0
  return { type: 'start', from: single.tool, isIndependent, ratio }
}

/** The same call with the same arguments: asked again, not left out before. */
function isSameCall(before: SingleCall | null, { tool, args }: SingleCall): boolean {
  return (
    before !== null &&
    before.tool === tool &&
    before.args.length === args.length &&
    args.every((arg) => before.args.includes(arg))
  )
}
