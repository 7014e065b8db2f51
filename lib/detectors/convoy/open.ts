import { dropAttribution } from '../statistics/attribution.ts'
import { betterQueue, sumOver } from './follow.ts'
import { type Judged, sharesTools } from './judged.ts'
import { type QueueBatch, queueLogRatio, UNJUDGED } from './queue.ts'
import { toFinding } from './report.ts'
import type { Candidate, OpenConvoy } from './state.ts'

/** In nats: proof that it is over. A convoy that goes on shows as much by chance once in exp(10) batches at most. */
const RECOVERY = 10
/** In nats: what a correction on the way must explain. */
const CORRECTION = 6
const MAX_OPEN = 3

/** Raises what was found. From here on it is known by its tools of now. */
export function openConvoy(judged: Judged, found: Candidate, threshold: number): void {
  const { state, context } = judged
  const finding = toFinding(judged, found, threshold + context.sensitivity.extraNats)
  context.raise(finding)
  if (state.open.length >= MAX_OPEN) state.open.shift()
  state.open.push({ tools: finding.key.tools ?? [], threshold, found, over: 0, again: 0 })
  state.candidates = state.candidates.filter((other) => !sharesTools(other.queue, found.queue))
}

/**
 * Follows what was found: says it again whenever as much evidence has come once more, and that it is over.
 * It is judged by how long calls take without siblings, which a convoy cannot have taught to be long. Gives
 * the calls whose waits are explained.
 */
export function followOpen(judged: Judged): ReadonlySet<number> {
  const { state, context, lenses } = judged
  const explained = new Set<number>()
  const batch = againstSolo(judged)
  for (const open of [...state.open]) {
    const log = queueLogRatio(batch, open.found.queue, lenses.logSolo, (call, _waitMs, ratio) => {
      if (ratio > 0) explained.add(call)
    })
    open.over = Math.max(0, open.over - log)
    open.again = Math.max(0, open.again + log)
    const needed = open.threshold + context.sensitivity.extraNats
    if (open.again >= needed) {
      const again = toFinding(judged, { ...open.found, sum: open.again }, needed)
      context.raise({ ...again, key: { tools: open.tools } })
      open.again = 0
    }
    if (open.over >= RECOVERY && !isCorrected(open, judged)) close(open, judged)
  }
  return explained
}

function againstSolo({ batch, lenses }: Judged): QueueBatch {
  const logNull = batch.logNull.map((log, i) =>
    log === UNJUDGED
      ? log
      : lenses.logSolo(batch.tools[i] as number, (batch.endMs[i] as number) - (batch.startMs[i] as number)),
  )
  return { ...batch, logNull, host: 0 }
}

/** A rival hypothesis about the same tools may be the better one: what was found is then known better. */
function isCorrected(open: OpenConvoy, { state, batch, lenses }: Judged): boolean {
  const { queue, onsetMs } = open.found
  if (state.candidates.some((rival) => rival.sum > CORRECTION && sharesTools(rival.queue, queue))) return true
  const better = betterQueue(queue, onsetMs, state, batch, lenses)
  if (better === null || sumOver(state, better.queue, onsetMs, lenses) <= CORRECTION) return false
  open.found.queue = better.queue
  open.over = 0
  return true
}

/** The candidate crossed its threshold on tools of what was found already. */
export function correct(open: OpenConvoy, { queue, onsetMs }: Candidate, { state, lenses }: Judged): void {
  if (sumOver(state, queue, onsetMs, lenses) <= sumOver(state, open.found.queue, onsetMs, lenses)) return
  open.found.queue = queue
  open.over = 0
}

function close(open: OpenConvoy, judged: Judged): void {
  const { state, context, observation } = judged
  const { agent, environment } = observation
  context.recover({ kind: 'convoy', agent, environment, key: { tools: open.tools } })
  state.open.splice(state.open.indexOf(open), 1)
  state.kept = []
  state.candidates = []
  state.suspectedMs = null
  dropAttribution(state.causes)
}
