import { describe, expect, it } from 'vitest'
import { addRun, checkSampleRatio, compareArms, createStratum, type RunValues } from './compare-arms.ts'
import { computeHalfWidth } from './mixture-interval.ts'
import { UNBALANCED_E_VALUE } from './sample-ratio.ts'

/** Reproducible, and good enough for a simulation (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
const gauss = (random: () => number) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

interface World {
  readonly share: number
  readonly failRate: number
  /** One in twenty runs takes many times as long. */
  readonly heavy: boolean
}

function drawRun(random: () => number, { failRate, heavy }: World, effect = 0): RunValues {
  const tail = heavy && random() < 0.05 ? 2.5 : 0
  const logWall = 6 + 0.5 * gauss(random) + tail + effect
  return { logWall, logTurn: null, logTokens: null, failing: random() < failRate ? 1 : 0 }
}

const ROLLOUTS = 300
const RUNS_EACH = 1_500

/** How many rollouts without any difference were ever told to have one, looked at after every fifth run. */
function countFalse(world: World): { wall: number; failing: number; unbalanced: number } {
  const found = { wall: 0, failing: 0, unbalanced: 0 }
  for (let seed = 1; seed <= ROLLOUTS; seed++) {
    const random = createRandom(seed * 7919)
    // The share grows in the middle, and with it everything slows down: within strata that is no difference.
    const strata = [createStratum(world.share), createStratum(Math.min(0.5, world.share * 5))] as const
    const seen = new Set<keyof typeof found>()
    for (let i = 0; i < RUNS_EACH; i++) {
      const isLate = i >= RUNS_EACH / 2
      const stratum = strata[isLate ? 1 : 0]
      const isParallel = random() < stratum.expected
      addRun(isParallel ? stratum.parallel : stratum.serial, drawRun(random, world, isLate ? 0.4 : 0))
      if (i % 5 !== 0) continue
      for (const { name, low, high } of compareArms(strata))
        if (low !== null && high !== null && (low > 0 || high < 0)) seen.add(name as 'wall')
      if (checkSampleRatio(strata).unbalanced) seen.add('unbalanced')
    }
    for (const name of seen) found[name] += 1
  }
  return found
}

describe('where parallel and serial do not differ', () => {
  it.each([
    { share: 0.1, failRate: 0.01, heavy: false },
    { share: 0.1, failRate: 0.2, heavy: true },
    { share: 0.5, failRate: 0.05, heavy: true },
    { share: 0.02, failRate: 0.5, heavy: false },
  ])('the intervals hold nothing in all but 5 % of the rollouts, at all times together: %o', (world) => {
    const found = countFalse(world)
    expect(found.wall / ROLLOUTS).toBeLessThanOrEqual(0.05)
    expect(found.failing / ROLLOUTS).toBeLessThanOrEqual(0.05)
    expect(found.unbalanced / ROLLOUTS).toBeLessThanOrEqual(0.01)
  })
})

describe('where they differ', () => {
  it('the intervals hold the difference and come to exclude none', () => {
    let held = 0
    let found = 0
    for (let seed = 1; seed <= 100; seed++) {
      const random = createRandom(seed)
      const stratum = createStratum(0.5)
      for (let i = 0; i < 600; i++) {
        const isParallel = random() < 0.5
        const run = drawRun(
          random,
          { share: 0.5, failRate: 0.05, heavy: false },
          isParallel ? Math.log(0.7) : 0,
        )
        addRun(isParallel ? stratum.parallel : stratum.serial, run)
      }
      const wall = compareArms([stratum]).find(({ name }) => name === 'wall')
      if (wall?.low != null && wall.high != null && wall.low <= -0.3 && -0.3 <= wall.high) held += 1
      if (wall?.high != null && wall.high < 0) found += 1
    }
    expect(held).toBeGreaterThanOrEqual(95)
    expect(found).toBe(100)
  })

  it('arms that lose runs are told to be unbalanced', () => {
    const random = createRandom(3)
    const stratum = createStratum(0.1)
    let after = 0
    for (let i = 0; i < 5_000 && !checkSampleRatio([stratum]).unbalanced; i++) {
      const isParallel = random() < 0.1
      // Every third parallel run never reports.
      if (isParallel && random() < 1 / 3) continue
      stratum[isParallel ? 'parallel' : 'serial'].runs += 1
      after = i
    }
    expect(checkSampleRatio([stratum]).e_value).toBeGreaterThanOrEqual(UNBALANCED_E_VALUE)
    expect(after).toBeLessThan(4_000)
  })
})

describe('a comparison', () => {
  it('says nothing of a stratum with too few runs in one arm', () => {
    const stratum = createStratum(0.1)
    for (let i = 0; i < 19; i++)
      addRun(stratum.parallel, drawRun(createRandom(i), { share: 0, failRate: 0, heavy: false }))
    for (let i = 0; i < 200; i++)
      addRun(stratum.serial, drawRun(createRandom(i), { share: 0, failRate: 0, heavy: false }))
    expect(compareArms([stratum]).every(({ difference }) => difference === null)).toBe(true)
  })

  it('forgets a run that is taken out', () => {
    const random = createRandom(5)
    const [with_, without] = [createStratum(0.5), createStratum(0.5)]
    const draw = () => drawRun(random, { share: 0.5, failRate: 0.1, heavy: false })
    for (let i = 0; i < 100; i++) {
      const [a, b] = [draw(), draw()]
      for (const stratum of [with_, without]) {
        addRun(stratum.parallel, a)
        addRun(stratum.serial, b)
      }
    }
    const gone = draw()
    addRun(with_.parallel, gone)
    addRun(with_.parallel, gone, -1)
    const [x, y] = [compareArms([with_]), compareArms([without])]
    expect(x.map(({ difference }) => difference?.toFixed(9))).toEqual(
      y.map(({ difference }) => difference?.toFixed(9)),
    )
  })

  it('is wider than one made for a single look, and not by much', () => {
    for (const variance of [1e-6, 1e-4, 1e-2, 1]) {
      const single = 1.96 * Math.sqrt(variance)
      expect(computeHalfWidth(variance, 0.25, 0.05)).toBeGreaterThan(single)
      if (variance < 0.01) expect(computeHalfWidth(variance, 0.25, 0.05)).toBeLessThan(2.5 * single)
    }
  })
})
