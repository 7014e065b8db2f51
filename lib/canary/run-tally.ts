import { Sketch } from '#lib/stats/sketch.ts'
import { type ArmSums, addRun, createStratum, type RunValues, type Stratum } from './compare-arms.ts'

/** Past so many runs no further ones are taken: some 100 MB. */
const MAX_RUNS = 400_000

export type Arm = 'parallel' | 'serial'

/** One batch as the comparison sees it. */
export interface ArmBatch {
  /** Of the run; of the batch, where it names none. */
  readonly unit: string
  readonly arm: Arm
  /** Agent, environment and share: only runs of one stratum are compared with each other. */
  readonly stratum: string
  /** The share of its stratum's runs that should be parallel. */
  readonly expected: number
  /** It ran in another mode than its hash says. */
  readonly isOffPlan: boolean
  /** Of a batch with several calls; else null. */
  readonly wallUs: number | null
  /** The whole turn, the model included; null where that is not known. */
  readonly turnUs: number | null
  readonly tokens: number | null
  readonly isFailing: boolean
}

interface Run {
  readonly arm: Arm
  readonly stratum: string
  batches: number
  wallUs: number
  wallN: number
  turnUs: number
  turnN: number
  tokens: number
  tokensN: number
  failing: number
  isOffPlan: boolean
  /** Null once it has run in both arms. */
  counted: RunValues | null
}

/** What an arm comes to besides its means. */
export interface ArmTotals {
  readonly runs: number
  readonly batches: number
  readonly failingRuns: number
  readonly walls: Sketch
}

/** Gathers batches into runs and runs into arms. What was added can be taken back. */
export class RunTally {
  readonly #runs = new Map<string, Run>()
  readonly #strata = new Map<string, Stratum>()
  readonly #batches = { parallel: 0, serial: 0 }
  readonly #walls = { parallel: new Sketch(), serial: new Sketch() }
  crossedRuns = 0
  offPlanRuns = 0

  get isFull(): boolean {
    return this.#runs.size >= MAX_RUNS
  }

  get strata(): readonly Stratum[] {
    return [...this.#strata.values()]
  }

  totals(arm: Arm): ArmTotals {
    const runs = this.strata.reduce((sum, stratum) => sum + stratum[arm].runs, 0)
    const failingRuns = this.strata.reduce((sum, stratum) => sum + stratum[arm].moments.failing.sum, 0)
    return { runs, failingRuns, batches: this.#batches[arm], walls: this.#walls[arm] }
  }

  /** Adds a batch, or takes one back (`times` -1). */
  add(batch: ArmBatch, times: 1 | -1 = 1): void {
    const known = this.#runs.get(batch.unit)
    if (known === undefined && (times < 0 || this.isFull)) return
    const run = known ?? this.#begin(batch)
    this.#batches[batch.arm] += times
    if (batch.wallUs !== null) this.#walls[batch.arm].add(Math.round(batch.wallUs), times)
    if (run.arm !== batch.arm) {
      this.#cross(run)
      return
    }
    const wasCrossed = run.counted === null && known !== undefined
    if (run.counted !== null) addRun(this.#armOf(run), run.counted, -1)
    change(run, batch, times)
    if (wasCrossed) return
    if (run.batches === 0) this.#runs.delete(batch.unit)
    else {
      run.counted = valuesOf(run)
      addRun(this.#armOf(run), run.counted)
    }
  }

  #begin({ unit, arm, stratum, expected, isOffPlan }: ArmBatch): Run {
    const nothing = { wallUs: 0, wallN: 0, turnUs: 0, turnN: 0, tokens: 0, tokensN: 0, failing: 0 }
    const run: Run = { arm, stratum, batches: 0, ...nothing, isOffPlan, counted: null }
    if (isOffPlan) this.offPlanRuns += 1
    if (!this.#strata.has(stratum)) this.#strata.set(stratum, createStratum(expected))
    this.#runs.set(unit, run)
    return run
  }

  /** A run in both modes says nothing of either. */
  #cross(run: Run): void {
    if (run.counted === null) return
    addRun(this.#armOf(run), run.counted, -1)
    run.counted = null
    this.crossedRuns += 1
  }

  #armOf({ stratum, arm }: Run): ArmSums {
    return (this.#strata.get(stratum) as Stratum)[arm]
  }
}

function change(run: Run, { wallUs, turnUs, tokens, isFailing }: ArmBatch, times: 1 | -1): void {
  run.batches += times
  if (isFailing) run.failing += times
  if (wallUs !== null) {
    run.wallUs += times * wallUs
    run.wallN += times
  }
  if (turnUs !== null) {
    run.turnUs += times * turnUs
    run.turnN += times
  }
  if (tokens !== null) {
    run.tokens += times * tokens
    run.tokensN += times
  }
}

function valuesOf(run: Run): RunValues {
  return {
    logWall: logMean(run.wallUs / 1000, run.wallN),
    logTurn: logMean(run.turnUs / 1000, run.turnN),
    logTokens: logMean(run.tokens, run.tokensN),
    failing: run.failing > 0 ? 1 : 0,
  }
}

/** Null for nothing, and for a mean of nothing, which has no logarithm. */
function logMean(sum: number, n: number): number | null {
  return n > 0 && sum > 0 ? Math.log(sum / n) : null
}
