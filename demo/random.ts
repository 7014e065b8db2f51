/** A source of repeatable chance: the same seed and the same order of draws give the same values. */
export interface Random {
  /** Uniform in [0, 1). */
  readonly next: () => number
  /** A whole number from `min` to `max`, both included. */
  readonly int: (min: number, max: number) => number
  readonly chance: (probability: number) => boolean
  /** Throws on an empty list: the caller's mistake, not chance. */
  readonly pick: <T>(items: readonly T[]) => T
  /** `count` different items (all of them when there are fewer), in drawn order. */
  readonly sample: <T>(items: readonly T[], count: number) => T[]
  /** Log-normal with the given median; `sigma` is the standard deviation of the logarithm. */
  readonly lognormal: (median: number, sigma: number) => number
  /** Exponential with the given mean: the gap between arrivals that know nothing of each other. */
  readonly exponential: (mean: number) => number
  /** A source of its own, decided by this seed and the label alone and not by what was drawn before. */
  readonly fork: (label: string | number) => Random
}

/** FNV-1a with a final avalanche, so that labels that differ in one character give unrelated seeds. */
function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Mulberry32: 32 bits of state are plenty for a demo, and it costs nanoseconds. */
function mulberry32(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function createRandom(seed: number | string): Random {
  const next = mulberry32(hashText(String(seed)))
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  const pick = <T>(items: readonly T[]): T => {
    const index = int(0, items.length - 1)
    if (index >= items.length) throw new RangeError('cannot pick from an empty list')
    return items[index] as T
  }
  const sample = <T>(items: readonly T[], count: number): T[] => {
    const pool = [...items]
    const drawn: T[] = []
    while (drawn.length < count && pool.length > 0) drawn.push(...pool.splice(int(0, pool.length - 1), 1))
    return drawn
  }
  return {
    next,
    int,
    pick,
    sample,
    chance: (probability) => next() < probability,
    lognormal: (median, sigma) => median * Math.exp(sigma * gaussian(next)),
    exponential: (mean) => -mean * Math.log(1 - next()),
    fork: (label) => createRandom(`${seed}/${label}`),
  }
}

/** Box-Muller; 1 - u keeps the logarithm finite. */
function gaussian(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
}
