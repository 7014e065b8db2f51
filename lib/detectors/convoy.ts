import { follow, refine, replay, structureOf, WORTH_FACTS } from './convoy/follow.ts'
import { type Judged, sharesTools } from './convoy/judged.ts'
import { Lenses, learnFree } from './convoy/lens.ts'
import { correct, followOpen, openConvoy } from './convoy/open.ts'
import { eligibleCalls, exceeds, prepareBatch } from './convoy/prepare.ts'
import { proposeQueues, seemToWait, signsOf, type Waiting } from './convoy/propose.ts'
import { meetsQueue, type Queue, type QueueBatch, toolsOf, UNJUDGED } from './convoy/queue.ts'
import {
  type Candidate,
  type ConvoyState,
  createConvoyState,
  keepBatch,
  type ToolEntry,
} from './convoy/state.ts'
import type { Detector, DetectorContext } from './detector.ts'
import { isTimed } from './latency.ts'
import type { Observation } from './observation.ts'
import { acceptAttribution, noteAttribution } from './statistics/attribution.ts'

/** In nats. A hypothesis is one of many, and pays for it: by tool, as a group is one of so many; by shape. */
const THRESHOLD = 11
const PRICE_PER_TOOL = 1
const PRICE_PER_SLOT = 1
const PRICE_OF_RATE = 1.5
const PRICE_OF_UNFAIR = 1
/** Nats by which the order of ends must explain it better than "slower whenever it seems to wait". */
const MIN_STRUCTURE = 4
/** The same for a rate limit, which fits more. */
const MIN_STRUCTURE_OF_RATE = 7
/** Nats that other runs than the one that says most must give: one strange run is none of a kind. */
const MIN_OTHERS = 4
/** The less the waits cost, as a share of the batches' time, the surer it must be before anybody is told: in nats. */
const SMALL_LOSS = 0.045
const TINY_LOSS = 0.025
const PRICE_OF_SMALL = 6
const PRICE_OF_TINY = 12
/** A rate limit of short gaps is what slow growth of everything looks like: it must cost so much. */
const MIN_LOSS_OF_RATE = 0.03
/** Nats from one batch, and from all kept, that make a hypothesis worth following. */
const MIN_PROPOSAL = 1.5
const MIN_SUM = 2
/** Nats from which on it is worth looking for its like. */
const WORTH_REFINING = 4
const MAX_CANDIDATES = 6
/** Signs of waiting, in nats, that make a batch a bad one when asked who is to blame. */
const MIN_BAD = 3
const MAX_CELLS = 6

/**
 * Calls of one batch that overlap but wait for one another at something they share: a lock, a pool, a rate
 * limit. See convoy/queue.ts for the statistic. Which tools share it is not known: a group is proposed from a
 * batch whose later calls seem to wait, judged by the batches kept, then followed and refined until the
 * evidence is complete. Groups are kept per agent, over all its kinds of batches.
 */
export const convoy: Detector = {
  name: 'convoy',
  observe(observation, context) {
    const { mode, calls, environment, agent, concurrency } = observation
    if ((mode !== null && mode !== 'parallel') || calls.length === 0 || concurrency === 1) return
    const key = `convoy/${environment}/${agent}`
    if (calls.length === 1) {
      if (context.peek<ConvoyState>(key) !== null)
        learnSolo(observation, context.state(key, createConvoyState), context)
      return
    }
    const eligible = eligibleCalls(observation)
    if (eligible.length < 2 || exceeds(eligible, concurrency)) return
    const state = context.state(key, createConvoyState)
    const lenses = new Lenses(context, observation, state)
    const batch = prepareBatch(observation, eligible, state, lenses)
    judge({ observation, state, context, batch, lenses, cap: concurrency ?? Number.POSITIVE_INFINITY })
    learnFirst(batch, state, lenses)
  },
}

function learnSolo(observation: Observation, state: ConvoyState, context: DetectorContext): void {
  const [call] = observation.calls
  if (call === undefined || !isTimed(call)) return
  const tool = state.tools.findIndex(({ name }) => name === call.tool)
  const entry = state.tools[tool]
  if (entry === undefined) return
  const lens = new Lenses(context, observation, state).of(tool)
  if (lens.known) learnFree(state, entry, lens, call.durationMs)
}

function learnFirst(
  { tools, startMs, endMs, logNull }: QueueBatch,
  state: ConvoyState,
  lenses: Lenses,
): void {
  if (logNull[0] === UNJUDGED) return
  const tool = tools[0] as number
  const durationMs = (endMs[0] as number) - (startMs[0] as number)
  learnFree(state, state.tools[tool] as ToolEntry, lenses.of(tool), durationMs)
}

function judge(judged: Judged): void {
  const { state, batch, lenses } = judged
  const explained = state.open.length > 0 ? followOpen(judged) : null
  keepBatch(state, batch)
  const met = state.candidates.length > 0 && followCandidates(judged)
  let waiting = seemToWait(batch, lenses)
  if (explained !== null && explained.size > 0) waiting = waiting.filter(({ call }) => !explained.has(call))
  if (waiting.length > 0) {
    for (const candidate of state.candidates) {
      if (candidate.sum >= WORTH_REFINING && concerns(candidate.queue, batch, waiting))
        refine(candidate, state, batch, lenses)
    }
    dropDoubles(state)
    propose(judged, waiting)
  }
  if (state.open.length === 0) noteCauses(judged, waiting)
  if (waiting.length > 0 || met) raiseBest(judged)
}

/** The batch meets the queue, or a call that seems to wait is of its tools. */
function concerns(queue: Queue, batch: QueueBatch, waiting: readonly Waiting[]): boolean {
  if (meetsQueue(batch, queue)) return true
  return waiting.some(({ call }) => (queue.mask & (1 << (batch.tools[call] as number))) !== 0)
}

/** True when the batch met any of them. */
function followCandidates({ state, batch, lenses, cap }: Judged): boolean {
  let met = false
  for (const candidate of state.candidates) {
    if (candidate.queue.slots >= cap || !meetsQueue(batch, candidate.queue)) continue
    met = true
    follow(candidate, batch, state, lenses)
  }
  if (met) state.candidates = state.candidates.filter(({ sum }) => sum > 0)
  return met
}

function propose({ state, batch, lenses, cap }: Judged, waiting: readonly Waiting[]): void {
  for (const { queue, log } of proposeQueues(batch, waiting, lenses, cap - 1)) {
    if (log < MIN_PROPOSAL) continue
    const candidate = replay(queue, state, lenses)
    if (candidate.sum < MIN_SUM) continue
    const rival = state.candidates.findIndex(
      (other) => shapeOf(other.queue) === shapeOf(queue) && sharesTools(other.queue, queue),
    )
    if (rival >= 0) {
      if ((state.candidates[rival] as Candidate).sum >= candidate.sum) continue
      state.candidates.splice(rival, 1)
    }
    state.candidates.push(candidate)
  }
  state.candidates.sort((a, b) => b.sum - a.sum).splice(MAX_CANDIDATES)
}

/** Two hypotheses may have become one: the better one stays. */
function dropDoubles(state: ConvoyState): void {
  const { candidates } = state
  if (candidates.length < 2) return
  candidates.sort((a, b) => b.sum - a.sum)
  state.candidates = candidates.filter(
    ({ queue }, i) =>
      !candidates
        .slice(0, i)
        .some((better) => better.queue.mask === queue.mask && shapeOf(better.queue) === shapeOf(queue)),
  )
}

function shapeOf({ slots, gapMs, fair }: Queue): string {
  return gapMs > 0 ? 'rate' : fair ? `${slots}` : 'unfair'
}

function noteCauses(judged: Judged, waiting: readonly Waiting[]): void {
  const { state, observation } = judged
  const suspected = state.candidates.find(({ sum }) => sum >= WORTH_FACTS)
  const { causes } = state
  if (suspected === undefined && state.suspectedMs !== null) acceptAttribution(causes)
  state.suspectedMs = suspected?.onsetMs ?? null
  const isBad = Math.max(signsOf(waiting, 'gain'), signsOf(waiting, 'odd')) >= MIN_BAD
  noteAttribution(causes, observation, isBad ? 1 : 0, state.suspectedMs, MAX_CELLS)
}

function raiseBest(judged: Judged): void {
  const { state, context } = judged
  for (const candidate of state.candidates) {
    const threshold = thresholdFor(candidate.queue)
    if (!isProven(candidate, threshold + context.sensitivity.extraNats)) continue
    const open = state.open.find(({ found }) => sharesTools(found.queue, candidate.queue))
    if (open === undefined) {
      openConvoy(judged, candidate, threshold)
    } else {
      state.candidates.splice(state.candidates.indexOf(candidate), 1)
      correct(open, candidate, judged)
    }
    return
  }
}

function thresholdFor({ mask, slots, gapMs, fair }: Queue): number {
  const shape = gapMs > 0 ? PRICE_OF_RATE : fair ? PRICE_PER_SLOT * (slots - 1) : PRICE_OF_UNFAIR
  return THRESHOLD + PRICE_PER_TOOL * toolsOf(mask).length + shape
}

function isProven({ queue, sum, ofBest, facts }: Candidate, needed: number): boolean {
  if (sum < needed || sum - ofBest < MIN_OTHERS || facts === null) return false
  const lost = facts.lostMs / Math.max(1, facts.wallMs)
  const price = lost < TINY_LOSS ? PRICE_OF_TINY : lost < SMALL_LOSS ? PRICE_OF_SMALL : 0
  if (sum < needed + price) return false
  const structure = structureOf(facts)
  return queue.gapMs > 0
    ? structure >= MIN_STRUCTURE_OF_RATE && lost >= MIN_LOSS_OF_RATE
    : structure >= MIN_STRUCTURE
}
