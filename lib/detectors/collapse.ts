import { logRatios } from './collapse/alternatives.ts'
import {
  type CollapseScope,
  type CollapseState,
  collapseKey,
  createCollapseState,
  type OpenCollapse,
} from './collapse/collapse-state.ts'
import { acceptRates, dropRates, type Emission, noteRate, nullRates, toEmission } from './collapse/rates.ts'
import {
  addToStream,
  createStream,
  evidenceOf,
  remainingEvidenceOf,
  resetStream,
  type Said as StepSaid,
  type Stream,
} from './collapse/stream.ts'
import type { Detector, DetectorContext, Finding } from './detector.ts'
import { readMissed } from './missed/missed-state.ts'
import type { Observation } from './observation.ts'
import { attribute } from './statistics/attribute.ts'
import { acceptAttribution, dropAttribution, noteAttribution } from './statistics/attribution.ts'
import { countFamilies, type Emissions, familyOf } from './turns/emissions.ts'
import { readTurn } from './turns/read-turn.ts'
import { isToldElsewhere, noteOver, noteTold } from './turns/told.ts'
import type { TurnEvent } from './turns/turn-event.ts'

/** Nats. A collapse may set in at any step of an agent, but only at the first one of a version. */
const THRESHOLD: Record<CollapseScope, number> = { agent: 14.5, version: 8, model: 8 }
/** Nats that have to remain without any one family; more the longer it took. */
const REMAINING: Record<CollapseScope, number> = { agent: 4.5, version: 3.5, model: 3.5 }
const FREE_STEPS = 8
const RECOVERED = 6
/** Joint turns to have seen before anything is judged. */
const MIN_LEARNED = 12
const MAX_SOUND = 12
/** A new version is sound once the evidence against each alternative has reached this many nats. */
const SOUND = 5
/** Steps that have to have come apart. */
const MIN_HITS = 4
const MIN_FAMILIES = 3
/** Nats more to remain where there are fewer. */
const FEW_FAMILIES = 2.5
/** Steps without the version to blame after which it is taken to be gone, beyond four times its longest gap. */
const GONE_AFTER = 20

/** The model stops to emit several calls a turn, or the runtime to take more than the first. */
export const collapse: Detector = {
  name: 'collapse',
  observe(observation, context) {
    const { events, emissions, hitsBefore } = readTurn(observation, context)
    if (events.length === 0) return
    const { environment, agent } = observation
    const key = collapseKey(environment, agent)
    const state = context.state<CollapseState>(key, createCollapseState)
    const known = readMissed(context, environment, agent)
    if (known.length !== state.known) forgetExplained(state, known.length)
    for (const event of events) {
      const emission = toEmission(event)
      if (emission === null || isKnown(known, event)) continue
      const isAgain = hitsBefore > (emission === 'split' ? 1 : 0)
      judge(state, { observation, context, emissions, key, event, emission, isAgain })
    }
  },
}

/** It belongs to a task of which is known already that it comes apart. */
function isKnown(known: readonly (readonly string[])[], event: TurnEvent): boolean {
  if (known.length === 0) return false
  const first = event.type === 'pair' ? event.first : event.from
  const second = event.type === 'pair' ? event.second : event.type === 'joint' ? event.tools[1] : first
  return known.some((tools) => tools.includes(first) && tools.includes(second ?? first))
}

/** What a task did that is known by now was no evidence for more. */
function forgetExplained(state: CollapseState, known: number): void {
  if (known > state.known && state.open === null) {
    resetStream(state.stream)
    dropRates(state.rates)
    state.epoch++
  }
  state.known = known
}

function judge(state: CollapseState, said: Said): void {
  const { event, emission, observation } = said
  const { rates, stream } = state
  const ratio = event.type === 'start' || event.type === 'pair' ? event.ratio : 1
  const isHit = emission !== 'joint' && emission !== 'dependent'
  const isLearning = rates.learned.joint < MIN_LEARNED && state.open === null
  if (isLearning) {
    noteSound(state.sound.version, observation.version)
    noteSound(state.sound.model, observation.model)
  } else if (emission !== 'dependent') weigh(state, said, isHit, ratio)
  noteRate(rates, emission, ratio, said.isAgain)
  if (stream.onsetMs === null && state.open === null) acceptRates(rates)
}

/** Takes the step into account wherever it could be evidence; joint turns while nothing is suspected are none. */
function weigh(state: CollapseState, all: Said, isHit: boolean, ratio: number): void {
  const { stream, attribution, sound, rates } = state
  const { observation, emission, event, emissions } = all
  const isFresh =
    (observation.version !== '' && sound.version.at(-1) !== observation.version) ||
    (observation.model !== '' && sound.model.at(-1) !== observation.model)
  if (isHit || isFresh || stream.onsetMs !== null || state.open !== null) {
    const first = event.type === 'pair' ? event.first : event.from
    const ratios = logRatios(emission, ratio, nullRates(rates, all.isAgain))
    const family = familyOf(emissions, first)
    const said: StepSaid = {
      ratios,
      isHit,
      isNew: emission !== 'split',
      goesOn: emission === 'split' || emission === 'late',
      isCut: emission === 'cut',
      family,
      nowMs: observation.nowMs,
    }
    const step: Step = { ...all, ...said }
    addToStream(stream, step, true)
    if (isFresh) for (const scope of ['version', 'model'] as const) judgeFresh(state, step, scope)
    if (isComplete(stream, 'agent', step)) raise(state, step, 'agent', '', stream)
    if (state.open !== null) followOpen(state, state.open, step)
  }
  if (emission !== 'split') noteAttribution(attribution, observation, isHit ? 1 : 0, stream.onsetMs)
  if (stream.onsetMs === null && state.open === null) acceptAttribution(attribution)
}

interface Said {
  readonly observation: Observation
  readonly context: DetectorContext
  readonly emissions: Emissions
  readonly key: string
  readonly event: TurnEvent
  readonly emission: Emission
  /** The run has had a step come apart before. */
  readonly isAgain: boolean
}

interface Step extends Said, StepSaid {}

function judgeFresh(state: CollapseState, step: Step, scope: 'version' | 'model'): void {
  const value = step.observation[scope]
  if (value === '' || state.sound[scope].at(-1) === value) return
  if (state.sound[scope].includes(value)) {
    noteSound(state.sound[scope], value)
    return
  }
  const stream = step.context.state<Stream>(`${step.key}/${scope}/${value}`, createStream)
  if (stream.epoch !== state.epoch) {
    resetStream(stream)
    stream.epoch = state.epoch
  }
  addToStream(stream, step, false)
  if (stream.sums.every((sum) => sum <= -SOUND || sum === 0) && stream.sums.some((sum) => sum < 0)) {
    noteSound(state.sound[scope], value)
    resetStream(stream)
  } else if (isComplete(stream, scope, step)) raise(state, step, scope, value, stream)
}

function isComplete(stream: Stream, scope: CollapseScope, { context, emissions, isHit }: Step): boolean {
  if (!isHit || stream.hits < MIN_HITS || stream.without.length < 2) return false
  const { extraNats } = context.sensitivity
  if (evidenceOf(stream) < THRESHOLD[scope] + extraNats) return false
  const remaining = REMAINING[scope] + extraNats + Math.log(Math.max(1, stream.n / FREE_STEPS))
  if (remainingEvidenceOf(stream) < remaining) return false
  if (stream.without.length >= Math.min(MIN_FAMILIES, countFamilies(emissions))) return true
  return remainingEvidenceOf(stream) >= remaining + FEW_FAMILIES
}

function raise(state: CollapseState, step: Step, scope: CollapseScope, value: string, stream: Stream): void {
  const { observation, context } = step
  const { agent, environment, nowMs } = observation
  const onsetMs = stream.onsetMs ?? nowMs
  const telling = { kind: 'collapse', agent, environment, tools: [] } as const
  if (state.open === null && isToldElsewhere(context, telling, onsetMs)) {
    resetStream(stream)
    dropRates(state.rates)
    dropAttribution(state.attribution)
    return
  }
  const blame = attribute(state.attribution, {
    onsetMs,
    unit: 'steps of several calls',
    bad: 'came one call a turn',
    likelier: 'model',
  })
  const finding: Finding = {
    kind: 'collapse',
    agent,
    environment,
    key: {},
    onsetMs,
    firstBadVersion: blame.firstBadVersion,
    firstBadModel: blame.firstBadModel,
    suspects: blame.suspects,
    logEvidence: evidenceOf(stream),
    threshold: THRESHOLD[scope] + context.sensitivity.extraNats,
    trail: stream.trail.slice(),
    hypothesis: sayHow(stream),
  }
  context.raise(finding)
  noteTold(context, telling)
  state.open ??= { scope, value, reverse: 0, unseen: 0, longestGap: 0 }
  resetStream(stream)
}

function sayHow({ hits, wentOn, cuts }: Stream): string {
  if (cuts * 2 > hits) return 'the runtime takes one of several calls'
  return wentOn * 4 >= hits * 3
    ? 'steps are split into turns of one call'
    : 'turns have one call, and often the others never come'
}

function followOpen(state: CollapseState, open: OpenCollapse, { observation, context, ratios }: Step): void {
  const isOther = open.scope !== 'agent' && observation[open.scope] !== open.value
  if (isOther) {
    open.unseen++
    if (open.unseen <= GONE_AFTER + 4 * open.longestGap) return
  } else {
    open.longestGap = Math.max(open.longestGap, open.unseen)
    open.unseen = 0
  }
  let most = Number.NEGATIVE_INFINITY
  for (const ratio of ratios) if (ratio !== 0) most = Math.max(most, ratio)
  if (most === Number.NEGATIVE_INFINITY) return
  open.reverse = Math.max(0, open.reverse - most)
  if (open.reverse < RECOVERED) return
  const { agent, environment } = observation
  context.recover({ kind: 'collapse', agent, environment, key: {} })
  noteOver(context, { kind: 'collapse', agent, environment, tools: [] }, observation.nowMs)
  state.open = null
  resetStream(state.stream)
  dropRates(state.rates)
  dropAttribution(state.attribution)
}

function noteSound(sound: string[], value: string): void {
  if (sound.at(-1) === value) return
  const at = sound.indexOf(value)
  if (at >= 0) sound.splice(at, 1)
  else if (sound.length >= MAX_SOUND) sound.shift()
  sound.push(value)
}
