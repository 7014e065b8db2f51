import type { LatencyShape } from '../latency/latency-shape.ts'
import { logShareOf } from '../latency/latency-shape.ts'
import { durationAt, positionOf } from '../latency/log-histogram.ts'
import type { Observation, ObservedCall } from '../observation.ts'
import { ALTERNATIVES } from './alternatives.ts'

/**
 * What else could have made a tool's calls slow, and how the same calls speak for the tool and against it: that
 * they queued for their siblings, or that one certain sibling slows them. Counted while a slowdown is suspected.
 * Sums of nats by alternative.
 */
export interface Rivals {
  total: number[]
  /** For the slowdown against waiting for siblings to end, by how often calls wait. */
  queue: number[][]
  /** The part of the total that comes from calls overlapped by a sibling of this tool. */
  beside: Record<string, number[]>
}

/** A call as rivals see it. */
export interface RivalView {
  /** Nats by which waiting as often as each of WAITS explains the duration better than no change does. */
  readonly queueNats: readonly number[]
  /** Tools of overlapping siblings. */
  readonly beside: ReadonlySet<string>
}

/** Of the calls that could have waited so many may have. */
const WAITS = [0.15, 0.5, 0.9] as const
const NO_WAIT: readonly number[] = WAITS.map(() => 0)
/** Clocks and dispatch put calls that were handed over together so far apart. */
const HANDED_TOGETHER_MS = 20
const MAX_SIBLINGS = 10
/** Stands for all siblings for which there is no more room. */
const OTHERS = ''

export function createRivals(): Rivals {
  return { total: zeros(), queue: WAITS.map(zeros), beside: {} }
}

export function updateRivals(
  rivals: Rivals,
  k: number,
  ratio: number,
  view: RivalView,
  weight: number,
): void {
  rivals.total[k] = round((rivals.total[k] as number) + ratio)
  for (const [i, sums] of rivals.queue.entries()) {
    sums[k] = round((sums[k] as number) + ratio - (view.queueNats[i] as number) * weight)
  }
  let isOther = false
  for (const tool of view.beside) {
    const sums = sumsBeside(rivals, tool)
    if (sums === null) isOther = true
    else sums[k] = round((sums[k] as number) + ratio)
  }
  if (!isOther) return
  rivals.beside[OTHERS] ??= zeros()
  rivals.beside[OTHERS][k] = round((rivals.beside[OTHERS][k] as number) + ratio)
}

export function clearRivals(rivals: Rivals, k: number): void {
  if (rivals.total[k] === 0) return
  rivals.total[k] = 0
  for (const sums of rivals.queue) sums[k] = 0
  for (const tool in rivals.beside) {
    const sums = rivals.beside[tool] as number[]
    sums[k] = 0
    if (sums.every((sum) => sum === 0)) delete rivals.beside[tool]
  }
}

/** Nats for the slowdown against waiting for siblings. */
export function natsAgainstQueue({ queue }: Rivals, k: number): number {
  return Math.min(...queue.map((sums) => sums[k] as number))
}

/** Nats for the slowdown from calls that the most suspicious sibling did not overlap. */
export function natsWithoutSibling({ total, beside }: Rivals, k: number): number {
  let least = total[k] as number
  for (const tool in beside) least = Math.min(least, (total[k] as number) - (beside[tool]?.[k] ?? 0))
  return least
}

/**
 * Looks at a call as one that may have waited. Its work may have begun at its start, or at the end of any
 * sibling that had been handed over by then; were it the end of one that outlasts the call, the call could not
 * have ended yet.
 *
 *     read  ■■■■■■■│
 *     grep  ■■■■■■■■■■■■■■■■■■■       19 of work, or 12 after a wait of 7
 *     list  ■■■■■■■■■■■■■■■■■■■■■■■■  not after this one
 *
 * `shared`: bins by which everything is slower.
 */
export function viewRivals(
  { calls }: Observation,
  call: ObservedCall,
  shape: LatencyShape,
  shared: number,
): RivalView {
  const usual = logDensity(shape, call.durationMs, shared)
  const beside = new Set<string>()
  let waits = 0
  let density = 0
  for (const other of calls) {
    if (other === call || other.endMs <= call.startMs) continue
    if (other.startMs < call.endMs) beside.add(other.tool)
    if (other.startMs > call.startMs + HANDED_TOGETHER_MS) continue
    waits++
    if (other.endMs < call.endMs) {
      density += Math.exp(logDensity(shape, call.endMs - other.endMs, shared) - usual)
    }
  }
  if (waits === 0) return { queueNats: NO_WAIT, beside }
  return { queueNats: WAITS.map((share) => Math.log(1 - share + (share * density) / waits)), beside }
}

function logDensity(shape: LatencyShape, ms: number, shared: number): number {
  const position = Math.max(0, positionOf(ms) - shared)
  return logShareOf(shape, Math.floor(position)) - Math.log(durationAt(position))
}

/** Null when there is no room for one more. */
function sumsBeside({ beside }: Rivals, tool: string): number[] | null {
  const found = beside[tool]
  if (found !== undefined) return found
  if (Object.keys(beside).length >= MAX_SIBLINGS) return null
  const sums = zeros()
  beside[tool] = sums
  return sums
}

function zeros(): number[] {
  return ALTERNATIVES.map(() => 0)
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
