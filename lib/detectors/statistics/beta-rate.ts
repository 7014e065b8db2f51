/**
 * A rate learned from counts, shrunk to a parent's by pseudo-counts (the mean of a Beta posterior). What is
 * seen during an excursion is pending: it joins the rate only when the excursion ends without alarm, so that
 * a slow ramp cannot teach the rate that it is normal.
 */
export interface BetaRate {
  n: number
  x: number
  pendingN: number
  pendingX: number
}

export function createBetaRate(): BetaRate {
  return { n: 0, x: 0, pendingN: 0, pendingX: 0 }
}

/** The rate given `pseudo` observations at the parent's rate. */
export function rateOf(rate: BetaRate, parent: number, pseudo: number): number {
  return (rate.x + parent * pseudo) / (rate.n + pseudo)
}

export function addPending(rate: BetaRate, x: boolean): void {
  rate.pendingN++
  if (x) rate.pendingX++
}

/** The excursion came to nothing: what was pending is normal. Halves old counts beyond `memory` observations. */
export function acceptPending(rate: BetaRate, memory: number): void {
  rate.n += rate.pendingN
  rate.x += rate.pendingX
  dropPending(rate)
  if (rate.n > memory) {
    rate.n /= 2
    rate.x /= 2
  }
}

/** The excursion was a change: it says nothing about what is normal. */
export function dropPending(rate: BetaRate): void {
  rate.pendingN = 0
  rate.pendingX = 0
}
