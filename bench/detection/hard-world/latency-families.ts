import type { Random } from '../../../tests/testing/random.ts'

/** A tool's service time without load, in ms, drawn by its family. */
export type ServiceTime = (random: Random) => number

/** Standard normal by the polar method's plain cousin (Box and Muller 1958). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}

/** Gamma with an integer shape: a sum of exponentials, as of a request that passes several hops. */
function erlang(random: Random, hops: number, meanMs: number): number {
  let sumMs = 0
  for (let i = 0; i < hops; i++) sumMs -= Math.log(1 - random.next())
  return (sumMs * meanMs) / hops
}

/** Families that real tools show and a lognormal does not. `scaleMs` is about the median. */
export const LATENCY_FAMILIES: Readonly<Record<string, (scaleMs: number) => ServiceTime>> = {
  hops: (scaleMs) => (random) => erlang(random, 4, scaleMs),
  /** A floor of network round trips and an exponential rest. */
  floor: (scaleMs) => (random) => scaleMs * 0.7 - scaleMs * 0.5 * Math.log(1 - random.next()),
  /** Cache hits and misses, an order of magnitude apart. */
  cached: (scaleMs) => (random) =>
    random.chance(0.6) ? scaleMs * (0.2 + 0.1 * random.next()) : erlang(random, 3, scaleMs * 2.5),
  /** Weibull with a stretched tail. */
  stretched: (scaleMs) => (random) => scaleMs * (-Math.log(1 - random.next())) ** (1 / 0.8),
  /** Polls every 250 ms: durations lie on a grid. */
  polled: (scaleMs) => (random) => Math.max(1, Math.ceil(erlang(random, 3, scaleMs) / 250)) * 250,
  /** Nearly constant: a sleep, a fixed computation. */
  constant: (scaleMs) => (random) => scaleMs * (1 + 0.01 * normal(random)),
  /** Depends on the size of the answer, over two orders of magnitude. */
  sized: (scaleMs) => (random) => scaleMs * 10 ** (1.6 * (random.next() - 0.5)),
}
