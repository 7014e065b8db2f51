import { bernoulliLogRatio } from './bernoulli-cusum.ts'

/**
 * The reversed statistic of an open alert on yes-or-no observations: evidence that the rate is back at what it
 * was. What the rate is while it is bad comes from the observations since the onset up to the last bad one,
 * less a standard deviation, so that a good streak within a weak regression is not taken for its end.
 */
export interface Recovery {
  /** Observations since the onset, up to the last bad one. */
  n: number
  x: number
  /** Good ones since then. */
  streak: number
  /** Nats for the null rate against the bad one. */
  reverse: number
  /** Event time, epoch ms, of the last bad observation. */
  lastBadMs: number
}

/** So many observations are remembered: a regression may grow or shrink as its version is rolled out. */
const MEMORY = 48
const HIGHEST = 0.97

export function createRecovery(n: number, x: number, atMs: number): Recovery {
  return { n, x, streak: 0, reverse: 0, lastBadMs: atMs }
}

/** Takes one observation; `p0` is the null rate. Gives the nats in favour of "it is over". */
export function updateRecovery(recovery: Recovery, x: boolean, p0: number, atMs: number): number {
  const mean = (recovery.x + 1) / (recovery.n + 1.5)
  const spread = Math.sqrt((mean * (1 - mean)) / (recovery.n + 2))
  const bad = Math.min(HIGHEST, Math.max(1.5 * p0, mean - spread))
  recovery.reverse = Math.max(0, recovery.reverse - bernoulliLogRatio(x, bad, p0))
  if (!x) {
    recovery.streak++
    return recovery.reverse
  }
  recovery.n += recovery.streak + 1
  recovery.x++
  recovery.streak = 0
  recovery.lastBadMs = atMs
  if (recovery.n > MEMORY) {
    const keep = MEMORY / (2 * recovery.n)
    recovery.n *= keep
    recovery.x *= keep
  }
  return recovery.reverse
}
