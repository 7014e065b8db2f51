import type { Lenses } from './lens.ts'
import {
  hasTool,
  MIN_WAIT_MS,
  meetsQueue,
  type Queue,
  type QueueBatch,
  queueLogRatio,
  toolsOf,
  UNJUDGED,
} from './queue.ts'

/** A hypothesis and what one batch says for it. */
interface Proposal {
  readonly queue: Queue
  readonly log: number
}

/** A call that may have waited. */
export interface Waiting {
  readonly call: number
  /** At whose end it seems to have been let in, by position in the batch; null = at no other's. */
  readonly after: number | null
  /** How much better than its null that explains it, in nats. */
  readonly gain: number
  /** How odd its duration is, in nats. */
  readonly odd: number
}

/** Larger pools hardly ever make anybody wait. */
export const MAX_SLOTS = 6
/** In nats: what a call's wait for another must explain to be a sign of it. */
const MIN_GAIN = 0.5
/** What those of a batch must come to. */
const MIN_GAIN_TOTAL = 1.25
const MIN_ODD_TOTAL = 2.5
/** In nats: a tool joins or leaves a group for no less. */
const MIN_JOIN = 0.3
const MIN_ODD = 1
/** In nats: what no tool more or less is likely to mend. */
const HOPELESS = -3
const GAP_FACTORS = [0.7, 0.85, 1, 1.18]
const GAP_RANGE_MS = { min: 20, max: 60_000 }

/** Calls, but for the first, that fit better had they begun later. */
export function seemToWait(batch: QueueBatch, lenses: Lenses): Waiting[] {
  const { tools, startMs, endMs, logNull } = batch
  const found: Waiting[] = []
  for (let i = 1; i < tools.length; i++) {
    const usual = logNull[i] as number
    if (usual === UNJUDGED) continue
    const lens = lenses.of(tools[i] as number)
    const odd = lens.oddness((endMs[i] as number) - (startMs[i] as number))
    let gain = MIN_GAIN
    let after: number | null = null
    for (let j = 0; j < i; j++) {
      const serviceMs = (endMs[i] as number) - (endMs[j] as number)
      if (serviceMs <= 0 || (endMs[j] as number) < (startMs[i] as number) + MIN_WAIT_MS) continue
      const better = lens.logService(serviceMs) - usual
      if (better <= gain) continue
      gain = better
      after = j
    }
    if (after !== null || odd > MIN_ODD) found.push({ call: i, after, gain: after === null ? 0 : gain, odd })
  }
  return found
}

/** Hypotheses that explain why these calls waited, the best of each shape: a lock, a pool, a rate limit. */
export function proposeQueues(
  batch: QueueBatch,
  waiting: readonly Waiting[],
  lenses: Lenses,
  maxSlots: number,
): Proposal[] {
  const proposals: Proposal[] = []
  const consider = (queues: readonly Queue[]) => {
    const best = bestOf(queues, batch, lenses)
    if (best !== null) proposals.push(improve(best, batch, lenses))
  }
  const all = maskOf(batch, batch.tools.keys())
  const involved = maskOf(batch, involvedCalls(waiting))
  const groups = involved === 0 || involved === all ? [all] : [involved, all]
  if (signsOf(waiting, 'gain') >= MIN_GAIN_TOTAL) {
    consider(groups.map((mask) => ({ mask, slots: 1, gapMs: 0, fair: true })))
    if (!endInOrder(batch)) consider(groups.map((mask) => ({ mask, slots: 1, gapMs: 0, fair: false })))
    for (let slots = 2; slots <= Math.min(maxSlots, MAX_SLOTS, batch.tools.length - 1); slots++)
      consider(groups.map((mask) => ({ mask, slots, gapMs: 0, fair: true })))
  }
  if (signsOf(waiting, 'odd') >= MIN_ODD_TOTAL) consider(rateLimits(batch, waiting, groups, lenses))
  return proposals
}

/** A lock may then be a fair one. */
function endInOrder({ endMs }: QueueBatch): boolean {
  for (let i = 1; i < endMs.length; i++) if ((endMs[i] as number) < (endMs[i - 1] as number)) return false
  return true
}

/** What the signs of a batch come to. */
export function signsOf(waiting: readonly Waiting[], what: 'gain' | 'odd'): number {
  let sum = 0
  for (const one of waiting) sum += one[what]
  return sum
}

function* involvedCalls(waiting: readonly Waiting[]): Iterable<number> {
  for (const { call, after } of waiting) {
    if (after === null) continue
    yield call
    yield after
  }
}

function maskOf({ tools }: QueueBatch, calls: Iterable<number>): number {
  let mask = 0
  for (const call of calls) mask |= 1 << (tools[call] as number)
  return mask
}

/** Limits at which a slow call would have taken its usual time. */
function rateLimits(
  batch: QueueBatch,
  waiting: readonly Waiting[],
  groups: readonly number[],
  lenses: Lenses,
): Queue[] {
  const { tools, startMs, endMs } = batch
  const slow = waiting.filter((one) => one.odd > MIN_ODD).map(({ call }) => call)
  const queues: Queue[] = []
  for (const mask of new Set([...groups, maskOf(batch, [0, ...slow])])) {
    for (const call of slow) {
      if (!hasTool(mask, tools[call] as number)) continue
      const before = tools.slice(0, call).filter((tool) => hasTool(mask, tool)).length
      const first = tools.findIndex((tool) => hasTool(mask, tool))
      if (before < 1) continue
      const lens = lenses.of(tools[call] as number)
      for (const serviceMs of lens.typicalMs) {
        const waitMs = (endMs[call] as number) - (startMs[first] as number) - serviceMs
        for (const factor of GAP_FACTORS) {
          const gapMs = Math.round((waitMs / before) * factor)
          if (gapMs >= GAP_RANGE_MS.min && gapMs <= GAP_RANGE_MS.max)
            queues.push({ mask, slots: 0, gapMs, fair: true })
        }
      }
    }
  }
  return queues
}

function bestOf(queues: readonly Queue[], batch: QueueBatch, lenses: Lenses): Proposal | null {
  let best: Proposal | null = null
  for (const queue of queues) {
    if (!meetsQueue(batch, queue)) continue
    const log = queueLogRatio(batch, queue, lenses.logService)
    if (best === null || log > best.log) best = { queue, log }
  }
  return best
}

/** Lets tools join and leave while that explains the batch better. */
function improve(start: Proposal, batch: QueueBatch, lenses: Lenses): Proposal {
  let best = start
  if (start.log < HOPELESS) return start
  for (const tool of toolsOf(maskOf(batch, batch.tools.keys()))) {
    const queue = { ...best.queue, mask: best.queue.mask ^ (1 << tool) }
    if (!meetsQueue(batch, queue)) continue
    const log = queueLogRatio(batch, queue, lenses.logService)
    if (log > best.log + MIN_JOIN) best = { queue, log }
  }
  return best
}
