import { type Lenses, SLOWER_BINS } from './lens.ts'
import { MAX_SLOTS } from './propose.ts'
import { meetsQueue, type Queue, type QueueBatch, queueLogRatio, toolsOf } from './queue.ts'
import type { Candidate, ConvoyState, QueueFacts } from './state.ts'

/** A factor of slowness that fits is one of several that might have. */
const LOG_FACTORS = Math.log(2 * SLOWER_BINS.length)
/** What changing a hypothesis on the way costs, in nats. */
const SWITCH_PRICE = 0.7
const GAP_STEPS = [0.93, 0.97, 1.03, 1.07]
/** From this sum on, in nats, more is noted about a candidate than its sum. */
export const WORTH_FACTS = 6
const MAX_TRAIL = 12

function createCandidate(queue: Queue): Candidate {
  return { queue, sum: 0, price: 0, onsetMs: 0, run: -1, ofRun: 0, ofBest: 0, facts: null, trail: [] }
}

/** Takes a batch that meets the candidate's queue, and was kept. After Page (1954) the sum starts anew below 0. */
export function follow(candidate: Candidate, batch: QueueBatch, state: ConvoyState, lenses: Lenses): void {
  advance(candidate, batch, lenses)
  if (candidate.facts !== null) noteFacts(candidate.facts, candidate.queue, batch, lenses)
  else if (candidate.sum >= WORTH_FACTS)
    candidate.facts = gatherFacts(candidate.queue, state, candidate.onsetMs, lenses)
}

function advance(candidate: Candidate, batch: QueueBatch, lenses: Lenses): void {
  const log = queueLogRatio(batch, candidate.queue, lenses.logService)
  const sum = round(candidate.sum + log)
  if (sum <= 0) {
    Object.assign(candidate, createCandidate(candidate.queue))
    return
  }
  if (candidate.sum === 0) candidate.onsetMs = batch.atMs
  candidate.sum = sum
  candidate.ofRun = candidate.run === batch.run ? round(candidate.ofRun + log) : round(log)
  candidate.run = batch.run
  candidate.ofBest = Math.max(candidate.ofBest, candidate.ofRun)
  if (sum < WORTH_FACTS) return
  candidate.trail.push([Math.round(batch.atMs), sum])
  if (candidate.trail.length > MAX_TRAIL) candidate.trail = candidate.trail.filter((_, i) => i % 2 === 1)
}

/** A candidate as it would be had it been followed through the kept batches from `fromMs` on. */
export function replay(
  queue: Queue,
  state: ConvoyState,
  lenses: Lenses,
  fromMs = Number.NEGATIVE_INFINITY,
): Candidate {
  const candidate = createCandidate(queue)
  for (const batch of state.kept) {
    if (batch.atMs >= fromMs && meetsQueue(batch, queue)) advance(candidate, batch, lenses)
  }
  if (candidate.sum >= WORTH_FACTS) candidate.facts = gatherFacts(queue, state, candidate.onsetMs, lenses)
  return candidate
}

/** What the kept batches from `fromMs` on say for a queue. */
export function sumOver({ kept }: ConvoyState, queue: Queue, fromMs: number, lenses: Lenses): number {
  let sum = 0
  for (const batch of kept) if (batch.atMs >= fromMs) sum += queueLogRatio(batch, queue, lenses.logService)
  return sum
}

/** The neighbour that explains the kept batches since `fromMs` best, by more than it costs; null = none. */
export function betterQueue(
  queue: Queue,
  fromMs: number,
  state: ConvoyState,
  batch: QueueBatch,
  lenses: Lenses,
): { readonly queue: Queue; readonly gain: number } | null {
  const base = sumOver(state, queue, fromMs, lenses)
  let best = null
  let gain = SWITCH_PRICE
  for (const other of neighbours(queue, batch)) {
    const more = sumOver(state, other, fromMs, lenses) - base
    if (more <= gain) continue
    gain = more
    best = other
  }
  return best === null ? null : { queue: best, gain }
}

/** Changes the candidate's hypothesis to a better neighbour. */
export function refine(candidate: Candidate, state: ConvoyState, batch: QueueBatch, lenses: Lenses): void {
  const { onsetMs, queue } = candidate
  if (onsetMs >= batch.atMs) return
  const better = betterQueue(queue, onsetMs, state, batch, lenses)
  if (better === null) return
  const goesBack = (state.kept[0] as QueueBatch).atMs <= onsetMs
  if (goesBack || (queue.mask & ~better.queue.mask) !== 0) {
    const price = round(candidate.price + SWITCH_PRICE)
    Object.assign(candidate, replay(better.queue, state, lenses, onsetMs), { price })
    candidate.sum = Math.max(0, round(candidate.sum - price))
  } else {
    candidate.queue = better.queue
    candidate.facts = gatherFacts(better.queue, state, onsetMs, lenses)
    candidate.sum = round(candidate.sum + better.gain - SWITCH_PRICE)
  }
}

/** Hypotheses that differ in one thing: a tool of this batch more or less, a slot, the rate. */
function neighbours(queue: Queue, { tools }: QueueBatch): Queue[] {
  const found: Queue[] = []
  let mask = queue.mask
  for (const tool of tools) mask |= 1 << tool
  for (const tool of toolsOf(mask)) found.push({ ...queue, mask: queue.mask ^ (1 << tool) })
  if (queue.gapMs > 0) {
    for (const step of GAP_STEPS) found.push({ ...queue, gapMs: Math.round(queue.gapMs * step) })
  } else if (queue.fair) {
    if (queue.slots > 1) found.push({ ...queue, slots: queue.slots - 1 })
    if (queue.slots < MAX_SLOTS) found.push({ ...queue, slots: queue.slots + 1 })
  }
  return found
}

function createFacts(): QueueFacts {
  return { log: 0, rivals: {}, batches: 0, waitMs: 0, wallMs: 0, lostMs: 0 }
}

/** The facts of a queue from the kept batches since `fromMs`. */
function gatherFacts(queue: Queue, { kept }: ConvoyState, fromMs: number, lenses: Lenses): QueueFacts {
  const facts = createFacts()
  for (const batch of kept) if (batch.atMs >= fromMs) noteFacts(facts, queue, batch, lenses)
  return facts
}

function noteFacts(facts: QueueFacts, queue: Queue, batch: QueueBatch, lenses: Lenses): void {
  if (!meetsQueue(batch, queue)) return
  const { tools, startMs, endMs, logNull } = batch
  const freeMs = [...endMs]
  facts.log += queueLogRatio(batch, queue, lenses.logService, (i, callWaitMs) => {
    const tool = tools[i] as number
    const durationMs = (endMs[i] as number) - (startMs[i] as number)
    const waitedMs = Math.min(callWaitMs, durationMs)
    facts.waitMs = round(facts.waitMs + waitedMs)
    freeMs[i] = (endMs[i] as number) - waitedMs
    const lens = lenses.of(tool)
    const old = facts.rivals[String(tool)]
    facts.rivals[String(tool)] = SLOWER_BINS.map((bins, f) =>
      round((old?.[f] ?? 0) + lens.logSlower(durationMs, bins) - (logNull[i] as number)),
    )
  })
  facts.log = round(facts.log)
  facts.batches++
  facts.wallMs = round(facts.wallMs + batch.wallMs)
  facts.lostMs = round(facts.lostMs + Math.max(...endMs) - Math.max(...freeMs))
}

/** Nats by which a queue is better than every tool being slower by a factor of its own whenever it seems to wait. */
export function structureOf({ log, rivals }: QueueFacts): number {
  let structure = log
  for (const sums of Object.values(rivals)) structure -= Math.max(0, Math.max(...sums) - LOG_FACTORS)
  return structure
}

function round(x: number): number {
  return Math.round(x * 100) / 100
}
