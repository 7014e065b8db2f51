import type { TrailPoint } from '../detector.ts'
import { ALTERNATIVES, mix } from './alternatives.ts'

/*
 * Evidence for a collapse in one stream of steps: of the whole agent, where it may set in at any step
 * (CUSUM: sums restart at 0), or of a version or model from its first step on (a plain likelihood ratio).
 * Beside it the same without each of the families hit lately: what remains without any one of them is
 * evidence that it is not just one task.
 */
export interface Stream {
  /** By alternative, in nats. */
  sums: number[]
  /** Least recently hit first. */
  without: { family: string; sums: number[] }[]
  /** Steps since the excursion began, and how many of them came apart. */
  n: number
  hits: number
  /** Of those, how many went on in the next turn, and how many the runtime had cut short. */
  wentOn: number
  cuts: number
  /** Event time of the first hit of the excursion; null outside of one. */
  onsetMs: number | null
  trail: TrailPoint[]
  /** See `CollapseState`. */
  epoch: number
}

const MAX_FAMILIES = 6
const MAX_TRAIL = 32
/** Sums do not grow further above the threshold than this, so that a recovery is not masked. */
const HEADROOM = 12

export function createStream(): Stream {
  return {
    sums: ALTERNATIVES.map(() => 0),
    without: [],
    n: 0,
    hits: 0,
    wentOn: 0,
    cuts: 0,
    onsetMs: null,
    trail: [],
    epoch: 0,
  }
}

/** What a turn says of one step. */
export interface Said {
  /** By alternative, in nats. */
  readonly ratios: readonly number[]
  /** It came apart. */
  readonly isHit: boolean
  /** Nothing was said of this step before. */
  readonly isNew: boolean
  /** Its second call came in the next turn. */
  readonly goesOn: boolean
  readonly isCut: boolean
  readonly family: string
  readonly nowMs: number
}

/** `restarts`: the change may set in at any step. */
export function addToStream(stream: Stream, said: Said, restarts: boolean): void {
  const { ratios, isHit, isNew, goesOn, isCut, family, nowMs } = said
  if (isHit) {
    hitFamily(stream, family)
    stream.onsetMs ??= nowMs
    if (isNew) stream.hits++
    if (goesOn) stream.wentOn++
    if (isCut) stream.cuts++
  }
  if (stream.onsetMs === null && restarts) return
  if (isNew) stream.n++
  add(stream.sums, ratios, restarts)
  for (const other of stream.without) if (other.family !== family) add(other.sums, ratios, restarts)
  if (restarts && stream.sums.every((sum) => sum === 0)) resetStream(stream)
  else if (isHit) follow(stream, nowMs)
}

export function resetStream(stream: Stream): void {
  stream.sums.fill(0)
  stream.without = []
  stream.n = 0
  stream.hits = 0
  stream.wentOn = 0
  stream.cuts = 0
  stream.onsetMs = null
  stream.trail = []
}

/** Evidence in nats. */
export function evidenceOf(stream: Stream): number {
  return mix(stream.sums)
}

/** Evidence in nats that remains without whichever family it hurts most to leave out. */
export function remainingEvidenceOf(stream: Stream): number {
  let least = Number.POSITIVE_INFINITY
  for (const { sums } of stream.without) least = Math.min(least, mix(sums))
  return least === Number.POSITIVE_INFINITY ? 0 : least
}

function add(sums: number[], ratios: readonly number[], restarts: boolean): void {
  for (let k = 0; k < sums.length; k++) {
    const sum = Math.min(MAX_SUM, (sums[k] as number) + (ratios[k] as number))
    sums[k] = restarts && sum < 0 ? 0 : sum
  }
}
const MAX_SUM = 16 + HEADROOM

function hitFamily({ without, sums }: Stream, family: string): void {
  const at = without.findIndex((other) => other.family === family)
  if (at >= 0) without.push(...without.splice(at, 1))
  else {
    if (without.length >= MAX_FAMILIES) without.shift()
    without.push({ family, sums: [...sums] })
  }
}

function follow(stream: Stream, nowMs: number): void {
  stream.trail.push({ atMs: nowMs, value: Math.round(evidenceOf(stream) * 100) / 100 })
  if (stream.trail.length > MAX_TRAIL) stream.trail = stream.trail.filter((_, i) => i % 2 === 0)
}
