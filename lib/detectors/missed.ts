import { readCollapse } from './collapse/collapse-state.ts'
import type { Detector, DetectorContext, Finding } from './detector.ts'
import { type MissedState, missedState, type OpenMissed } from './missed/missed-state.ts'
import {
  addApart,
  addDependent,
  addTogether,
  createPair,
  evidenceOfPair,
  followsPair,
  type PairState,
  USUALLY_APART,
} from './missed/pairs.ts'
import type { Observation } from './observation.ts'
import { createRecovery, updateRecovery } from './statistics/recovery.ts'
import { readTurn, type TurnReading } from './turns/read-turn.ts'
import { isToldElsewhere, noteOver, noteTold } from './turns/told.ts'
import { pairKey, type TurnEvent } from './turns/turn-event.ts'

/** Nats, for each of the two things that must hold, and ln 2 for the better of two alternatives. */
const THRESHOLD = 10.5 + Math.LN2
const MIN_RUNS = 2
/** Two calls of a joint step with others between: a model does not always keep to an order. */
const NOT_NEXT = 0.3
const RECOVERED = 9
const MAX_PAIRS = 16
/** Times that a pair has to have come apart before it counts to the task of another. */
const MIN_LINKED = 3
const MAX_OPEN = 8
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
  if (event.type === 'joint') takeJoint(state, event.tools, event.before, said)
  else if (event.type === 'ended') takeApart(state, shortKey(event.from, event.to), event, null, said)
  else if (event.type === 'pair') {
    const key = pairKey(event.from, event.to)
    if (event.isRepeated) return
    if (event.isIndependent) takeApart(state, key, event, event.after, said)
    else {
      addDependentTo(state.pairs[key], observation.nowMs)
      addDependentTo(state.pairs[shortKey(event.from, event.to)], observation.nowMs)
    }
  }
}

/** Of a step of just these two, which a longer one that begins with them says nothing of. */
function shortKey(from: string, to: string): string {
  return `${pairKey(from, to)}\n`
}

function takeJoint(state: MissedState, tools: readonly string[], before: string | null, said: Said): void {
  // After the call before comes not this one alone but a step that begins with it.
  if (before !== null) takeTogether(state, pairKey(before, tools[0] as string), 1, said)
  for (const key in state.pairs) {
    const { from, to } = state.pairs[key] as PairState
    const at = tools.indexOf(from)
    if (at < 0 || tools.indexOf(to, from === to ? at + 1 : 0) < 0) continue
    const isShort = key === shortKey(from, to)
    if (isShort ? tools.length === 2 : isNext(tools, at, from, to)) takeTogether(state, key, 1, said)
    else if (!isShort) takeTogether(state, key, NOT_NEXT, said)
  }
}

function isNext(tools: readonly string[], first: number, from: string, to: string): boolean {
  for (let at = first; at >= 0; at = tools.indexOf(from, at + 1)) if (tools[at + 1] === to) return true
  return false
}

function takeTogether(state: MissedState, key: string, weight: number, said: Said): void {
  const pair = state.pairs[key]
  if (pair === undefined) return
  addTogether(pair, weight, said.observation.nowMs)
  if (weight === 1 && state.open.length > 0) followOpen(state, key, false, said)
}

function addDependentTo(pair: PairState | undefined, nowMs: number): void {
  if (pair !== undefined) addDependent(pair, nowMs)
}

function takeApart(
  state: MissedState,
  key: string,
  { from, to }: { readonly from: string; readonly to: string },
  after: string | null,
  said: Said,
): void {
  const { nowMs, runId } = said.observation
  const pair = pairOf(state, key, from, to, nowMs)
  addApart(pair, runId, after, nowMs)
  const family = familyOfPair(state, key, pair)
  if (family !== undefined) {
    join(family, key, [from, to])
    followOpen(state, key, true, said)
  } else if (isComplete(state, pair, said)) raise(state, key, pair, said)
}

/** Moved to the end: the one apart longest ago goes first, unless others have less evidence. */
function pairOf(state: MissedState, key: string, from: string, to: string, nowMs: number): PairState {
  const { pairs } = state
  const found = pairs[key]
  if (found !== undefined) return found
  const keys = Object.keys(pairs)
  if (keys.length >= MAX_PAIRS) {
    let least = keys[0] as string
    for (const other of keys) {
      if (state.open.some(({ lead }) => lead === other)) continue
      if (evidenceOfPair(pairs[other] as PairState) < evidenceOfPair(pairs[least] as PairState)) least = other
    }
    delete pairs[least]
  }
  const pair = createPair(from, to, nowMs)
  pairs[key] = pair
  return pair
}

/** The open task that this pair is a part of: by its tools, or because one mostly follows the other. */
function familyOfPair(state: MissedState, key: string, pair: PairState): OpenMissed | undefined {
  return state.open.find(
    ({ pairs, tools }) =>
      pairs.includes(key) ||
      (tools.includes(pair.from) && tools.includes(pair.to)) ||
      pairs.some((other) => isLinked(state.pairs, key, other)),
  )
}

function isLinked(pairs: Readonly<Record<string, PairState>>, one: string, other: string): boolean {
  const a = pairs[one]
  const b = pairs[other]
  return (a !== undefined && followsPair(a, other)) || (b !== undefined && followsPair(b, one))
}

function join(family: OpenMissed, key: string, tools: readonly string[]): void {
  for (const tool of tools)
    if (!family.tools.includes(tool) && family.tools.length < MAX_OPEN_PAIRS) family.tools.push(tool)
  if (!family.pairs.includes(key) && family.pairs.length < MAX_OPEN_PAIRS) family.pairs.push(key)
}

/** The pair and those that mostly come before and after it: the whole task. */
function linkedPairs(state: MissedState, key: string): string[] {
  const linked = [key]
  for (const one of linked) {
    if (linked.length >= MAX_OPEN_PAIRS) break
    for (const other in state.pairs) {
      const { x } = state.pairs[other] as PairState
      if (x >= MIN_LINKED && !linked.includes(other) && isLinked(state.pairs, one, other)) linked.push(other)
    }
  }
  return linked
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
  const { observation, context } = said
  const { agent, environment } = observation
  const pairs = linkedPairs(state, key)
  const tools = toolsOf(state, pairs)
  const telling = { kind: 'missed', agent, environment, tools } as const
  if (isToldElsewhere(context, telling, pair.onsetMs)) {
    delete state.pairs[key]
    return
  }
  state.open.push({
    key: tools,
    tools: [...tools],
    lead: key,
    pairs,
    recovery: createRecovery(pair.n, pair.x, observation.nowMs),
  })
  noteTold(context, telling)
  context.raise(toFinding(observation, pair, tools, THRESHOLD + context.sensitivity.extraNats))
}

function toolsOf({ pairs }: MissedState, keys: readonly string[]): string[] {
  const tools = new Set<string>()
  for (const key of keys) {
    const pair = pairs[key]
    if (pair !== undefined) tools.add(pair.from).add(pair.to)
  }
  return [...tools].sort()
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
    suspects: [
      {
        kind: 'time',
        value: new Date(onsetMs).toISOString(),
        before: null,
        logOdds: 0,
        because: `${x} of ${n} times since one call a turn, whatever ran`,
      },
    ],
    logEvidence: evidenceOfPair(pair),
    threshold,
    trail: points,
    hypothesis: `${x} of ${n} times one call a turn, though none used what the one before returned`,
  }
}

function followOpen(state: MissedState, key: string, isApart: boolean, { observation, context }: Said): void {
  // Other pairs of the task may be next to each other in other tasks: together they say nothing.
  const at = state.open.findIndex(({ lead, pairs }) => (isApart ? pairs.includes(key) : lead === key))
  const family = state.open[at]
  if (family === undefined) return
  const { agent, environment, nowMs } = observation
  if (updateRecovery(family.recovery, isApart, USUALLY_APART, nowMs) < RECOVERED) return
  context.recover({ kind: 'missed', agent, environment, key: { tools: family.key } })
  noteOver(context, { kind: 'missed', agent, environment, tools: family.key }, nowMs)
  for (const pair of family.pairs) delete state.pairs[pair]
  state.open.splice(at, 1)
}
