/**
 * How much more calls vary together than independent ones would: hosts, hours and data that many calls of a
 * stretch have in common. Evidence is divided by it (a design effect). Learned from sums of scores over
 * stretches of time; those of an excursion wait until it came to nothing.
 */
export interface Dispersion {
  /** Event time at which the present stretch ends. */
  untilMs: number
  sum: number
  weight: number
  /** Squares of sums of past stretches over their weights, and how many they were. */
  squares: number
  stretches: number
  pendingSquares: number
  pendingStretches: number
}

const STRETCH_MS = 4 * 3_600_000
/** Independence counts as so many stretches seen. */
const PRIOR_STRETCHES = 10
const MEMORY = 400

export function createDispersion(): Dispersion {
  return {
    untilMs: Number.MIN_SAFE_INTEGER,
    sum: 0,
    weight: 0,
    squares: 0,
    stretches: 0,
    pendingSquares: 0,
    pendingStretches: 0,
  }
}

export function updateDispersion(dispersion: Dispersion, score: number, weight: number, nowMs: number): void {
  if (nowMs >= dispersion.untilMs) {
    if (dispersion.weight > 0) {
      dispersion.pendingSquares = round(dispersion.pendingSquares + dispersion.sum ** 2 / dispersion.weight)
      dispersion.pendingStretches++
    }
    dispersion.untilMs = nowMs + STRETCH_MS
    dispersion.sum = 0
    dispersion.weight = 0
  }
  dispersion.sum = round(dispersion.sum + weight * score)
  dispersion.weight = round(dispersion.weight + weight)
}

/** The excursion came to nothing: so do calls vary. */
export function acceptDispersion(dispersion: Dispersion): void {
  if (dispersion.pendingStretches === 0) return
  dispersion.squares = round(dispersion.squares + dispersion.pendingSquares)
  dispersion.stretches += dispersion.pendingStretches
  dropDispersion(dispersion)
  if (dispersion.stretches > MEMORY) {
    dispersion.squares = round(dispersion.squares / 2)
    dispersion.stretches /= 2
  }
}

/** The excursion was a slowdown. */
export function dropDispersion(dispersion: Dispersion): void {
  dispersion.pendingSquares = 0
  dispersion.pendingStretches = 0
}

/** 1 for independent calls; never less. */
export function designEffectOf({ squares, stretches }: Dispersion): number {
  return Math.max(1, (squares + PRIOR_STRETCHES) / (stretches + PRIOR_STRETCHES))
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
