import { readCollapse } from './collapse/collapse-state.ts'
import type { Detector, DetectorContext, Finding } from './detector.ts'
import { type MissedState, missedState, type OpenMissed } from './missed/missed-state.ts'
import {
  addApart,
  addDependent,
  addTogether,
  addTool,
  createPair,
  evidenceOfPair,
  isSpent,
  type PairState,
  USUALLY_APART,
} from './missed/pairs.ts'
import type { Observation } from './observation.ts'
import { createRecovery, updateRecovery } from './statistics/recovery.ts'
import { pairKey, readTurn, type TurnEvent, type TurnReading } from './turns/read-turn.ts'
import { isToldElsewhere, noteOver, noteTold } from './turns/told.ts'

/** Nats, for each of the two things that must hold, and ln 2 for the better of two alternatives. */
const THRESHOLD = 10.5 + Math.LN2
const MIN_RUNS = 2
const RECOVERED = 6
const MAX_PAIRS = 40
const MAX_OPEN = 12
const MAX_OPEN_PAIRS = 12
/** How long a finding waits for a collapse to show that it is not just this task. */
const WAIT_MS = 6 * 3_600_000

/** Calls of consecutive turns that could have been one batch: since a while, or from the start. */
export const missed: Detector = {
  name: 'missed',
  observe(observation, context) {
    const reading = readTurn(observation, context)
    if (reading.events.length === 0 || observation.parallelRequested === false) return
    const { environment, agent, nowMs } = observation
    const state = missedState(context, environment, agent)
    const collapsing = readCollapse(context, environment, agent, nowMs)
    if (collapsing === 'open') {
      state.pairs = {}
      return
    }
    for (const event of reading.events) take(state, { observation, context, reading, event, collapsing })
  },
}

interface Said {
  readonly observation: Observation
  readonly context: DetectorContext
  readonly reading: TurnReading
  readonly event: TurnEvent
  readonly collapsing: ReturnType<typeof readCollapse>
}

function take(state: MissedState, said: Said): void {
  const { event, observation } = said
  const { nowMs } = observation
  if (event.type === 'joint') {
    const key = pairKey(event.from, event.to)
    const pair = state.pairs[key]
    if (pair !== undefined) addTogether(pair, nowMs)
    followOpen(state, key, false, said)
  } else if (event.type === 'pair') {
    const key = pairKey(event.from, event.to)
    if (!event.isIndependent) {
      const pair = state.pairs[key]
      if (pair !== undefined) addDependent(pair, nowMs)
    } else if (event.isSecond) takeApart(state, key, event, said)
    else extend(state, pairKey(event.first, event.second), event.to)
  }
}

function takeApart(
  state: MissedState,
  key: string,
  { from, to, after }: TurnEvent & { type: 'pair' },
  said: Said,
): void {
  const { nowMs, runId } = said.observation
  const pair = pairOf(state, key, from, to, nowMs)
  addApart(pair, runId, after, nowMs)
  const family = familyOfPair(state, key, pair)
  if (family !== undefined) {
    join(family, key, pair)
    followOpen(state, key, true, said)
  } else if (isComplete(state, pair, said)) raise(state, key, pair, said)
}

function pairOf(state: MissedState, key: string, from: string, to: string, nowMs: number): PairState {
  const { pairs } = state
  const found = pairs[key]
  if (found !== undefined) {
    delete pairs[key]
    pairs[key] = found
    return found
  }
  const keys = Object.keys(pairs)
  if (keys.length >= MAX_PAIRS) {
    const spent = keys.find((other) => isSpent(pairs[other] as PairState, nowMs)) ?? keys[0]
    if (spent !== undefined) delete pairs[spent]
  }
  const pair = createPair(from, to, nowMs)
  pairs[key] = pair
  return pair
}

function extend(state: MissedState, key: string, tool: string): void {
  const pair = state.pairs[key]
  if (pair === undefined) return
  addTool(pair, tool)
  const family = state.open.find(({ pairs }) => pairs.includes(key))
  if (family !== undefined) join(family, key, pair)
}

/** The open task that this pair is a part of: by its tools, or because one always follows the other. */
function familyOfPair(state: MissedState, key: string, pair: PairState): OpenMissed | undefined {
  const follows = pair.after !== null && pair.afterCount * 2 >= pair.x ? pair.after : null
  return state.open.find(
    ({ pairs, tools }) =>
      pairs.includes(key) ||
      (tools.includes(pair.from) && tools.includes(pair.to)) ||
      (follows !== null && pairs.includes(follows)) ||
      pairs.some((other) => isFollowedBy(state.pairs[other], key)),
  )
}

function isFollowedBy(other: PairState | undefined, key: string): boolean {
  return other !== undefined && other.after === key && other.afterCount * 2 >= other.x
}

function join(family: OpenMissed, key: string, pair: PairState): void {
  for (const tool of pair.tools)
    if (!family.tools.includes(tool) && family.tools.length < MAX_OPEN_PAIRS) family.tools.push(tool)
  if (!family.pairs.includes(key) && family.pairs.length < MAX_OPEN_PAIRS) family.pairs.push(key)
}

function isComplete(state: MissedState, pair: PairState, said: Said): boolean {
  const { observation, context, collapsing, reading } = said
  if (evidenceOfPair(pair) < THRESHOLD + context.sensitivity.extraNats) return false
  if (pair.runs < MIN_RUNS || state.open.length >= MAX_OPEN) return false
  // Nobody said that calls may overlap, and they never did.
  if (observation.mode === null && reading.emissions.total === 0) return false
  return collapsing === 'no' || observation.nowMs - pair.onsetMs > WAIT_MS
}

function raise(state: MissedState, key: string, pair: PairState, said: Said): void {
  const { observation, context, reading } = said
  const { agent, environment } = observation
  const tools = [...pair.tools].sort()
  const telling = { kind: 'missed', agent, environment, tools } as const
  const volume = reading.emissions.total + reading.emissions.singlesTotal
  if (isToldElsewhere(context, telling, pair.onsetMs, volume)) {
    delete state.pairs[key]
    return
  }
  state.open.push({
    key: tools,
    tools,
    pairs: [key],
    recovery: createRecovery(pair.n, pair.x, observation.nowMs),
  })
  noteTold(context, telling, pair.onsetMs, volume)
  context.raise(toFinding(observation, pair, tools, THRESHOLD + context.sensitivity.extraNats))
}

function toFinding(
  { agent, environment }: Observation,
  pair: PairState,
  tools: string[],
  threshold: number,
): Finding {
  const { onsetMs, trail, n, x } = pair
  const points = [{ atMs: onsetMs, value: 0 }]
  for (let i = 0; i < trail.length; i += 2)
    points.push({ atMs: trail[i] as number, value: trail[i + 1] as number })
  return {
    kind: 'missed',
    agent,
    environment,
    key: { tools },
    onsetMs,
    firstBadVersion: null,
    firstBadModel: null,
    suspects: [],
    logEvidence: evidenceOfPair(pair),
    threshold,
    trail: points,
    hypothesis: `${x} of ${n} times one call a turn, none of which used what the one before returned`,
  }
}

function followOpen(state: MissedState, key: string, isApart: boolean, { observation, context }: Said): void {
  const at = state.open.findIndex(({ pairs }) => pairs.includes(key))
  const family = state.open[at]
  if (family === undefined) return
  const { agent, environment, nowMs } = observation
  if (updateRecovery(family.recovery, isApart, USUALLY_APART, nowMs) < RECOVERED) return
  context.recover({ kind: 'missed', agent, environment, key: { tools: family.key } })
  noteOver(context, { kind: 'missed', agent, environment, tools: family.key }, nowMs)
  for (const pair of family.pairs) delete state.pairs[pair]
  state.open.splice(at, 1)
}
