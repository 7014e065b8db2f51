import { isLateSplit, type TurnEvent } from '../turns/turn-event.ts'

/*
 * How often, while all is well, an agent's model splits a step, and how often calls of their own only look like
 * it. What looks like it by chance, two calls in a row that have nothing to do with each other, grows with the
 * share of single-call turns, and so do calls that do use what came before: their number tells how many to
 * expect, so that a mere change of the mix of tasks is expected before it is mistaken.
 */

/** What a turn says about how steps are emitted. */
export type Emission =
  /** Joint. */
  | 'joint'
  /** An independent single-call turn: the first call of a split or truncated step, or by chance. */
  | 'start'
  /** The second call of a step whose first one had said `start`. */
  | 'split'
  /** The second call of a step of whose first one nothing was to be said. */
  | 'late'
  /** The runtime took one of several calls. */
  | 'cut'
  /** A single call that used what came before. */
  | 'dependent'

interface Counts {
  joint: number
  dependent: number
  cut: number
  /** Steps that really were split or truncated, as far as their tools tell, and how it showed. */
  starts: number
  splits: number
  lates: number
  /** Calls of their own that looked like it. */
  chanceStarts: number
  chanceSplits: number
  chanceLates: number
  /** Steps in runs that had had one come apart already, and how many of them did. */
  again: number
  againHit: number
}

export interface Rates {
  learned: Counts
  /** Seen since the excursion began. */
  pending: Counts
  /** Joint turns and dependent calls lately. */
  recent: { joint: number; dependent: number; hits: number }
}

/** Of something that shows in one way: how often it is real and how often chance, for each joint turn. */
export interface NullRate {
  readonly real: number
  readonly chance: number
}

export interface NullRates {
  readonly start: NullRate
  /** Second calls, whatever was said of the first. */
  readonly second: NullRate
  readonly late: NullRate
  readonly cut: number
}

/** Steps that the recent mix is taken from. */
const RECENT = 50
const MEMORY = 800
const PSEUDO = 8
/** Standard deviations above the mean. */
const UPPER = 0.7
/** What to expect, per joint turn, of an agent of which nothing is known yet. */
const PRIOR = { real: 0.03, chance: 0.05, dependent: 0.5, cut: 0.01, again: 0.15 }

export function createRates(): Rates {
  return { learned: createCounts(), pending: createCounts(), recent: { joint: 0, dependent: 0, hits: 0 } }
}

function createCounts(): Counts {
  return {
    joint: 0,
    dependent: 0,
    cut: 0,
    starts: 0,
    splits: 0,
    lates: 0,
    chanceStarts: 0,
    chanceSplits: 0,
    chanceLates: 0,
    again: 0,
    againHit: 0,
  }
}

/** What an event says about steps; null = nothing. */
export function toEmission(event: TurnEvent): Emission | null {
  if (event.type === 'joint' || event.type === 'cut') return event.type
  if (event.type === 'start') return event.isIndependent ? 'start' : 'dependent'
  if (event.type === 'ended') return null
  if (isLateSplit(event)) return 'late'
  return event.goesOn && event.isSecond ? 'split' : null
}

/** `ratio`: how much likelier the tools are in a step that was split than as calls of their own. */
export function noteRate(rates: Rates, emission: Emission, ratio: number, isAgain: boolean): void {
  const { pending, recent } = rates
  if (isAgain && emission !== 'dependent' && emission !== 'split') {
    pending.again++
    if (emission !== 'joint') pending.againHit++
  }
  if (emission === 'joint' || emission === 'dependent') {
    pending[emission]++
    recent[emission]++
  } else if (emission === 'cut') pending.cut++
  else {
    recent.hits++
    const p0 = nullRates(rates, false)
    const { real, chance } = emission === 'start' ? p0.start : emission === 'late' ? p0.late : p0.second
    const share = (real * ratio) / (real * ratio + chance)
    pending[`${emission}s`] += share
    pending[emission === 'start' ? 'chanceStarts' : emission === 'late' ? 'chanceLates' : 'chanceSplits'] +=
      1 - share
  }
  if (recent.joint + recent.hits > RECENT) {
    recent.joint /= 2
    recent.dependent /= 2
    recent.hits /= 2
  }
}

export function acceptRates({ learned, pending }: Rates): void {
  for (const key in pending) {
    learned[key as keyof Counts] += pending[key as keyof Counts]
    pending[key as keyof Counts] = 0
  }
  if (learned.joint > MEMORY) for (const key in learned) learned[key as keyof Counts] /= 2
}

export function dropRates(rates: Rates): void {
  rates.pending = createCounts()
  rates.recent = { joint: 0, dependent: 0, hits: 0 }
}

/**
 * Upper bounds rather than means: of what is hardly known, much may be chance. `isAgain`: in a run that has had
 * a step come apart already; where that makes another one likelier, steps of a run are not independent.
 */
export function nullRates({ learned, recent }: Rates, isAgain: boolean): NullRates {
  const { joint, dependent } = learned
  const steps = joint + PSEUDO
  const usual = (dependent + PRIOR.dependent * PSEUDO) / (steps + learned.starts + learned.lates)
  const mix = (recent.dependent + usual * PSEUDO) / (recent.joint + recent.hits + PSEUDO) / usual
  const more = isAgain ? againFactor(learned) : 1
  const of = (real: number, chance: number): NullRate => ({
    real: Math.min(0.9, more * upper(real, joint, PRIOR.real)),
    chance: more * upper(chance, joint, PRIOR.chance) * Math.max(1, mix),
  })
  return {
    start: of(learned.starts, learned.chanceStarts),
    second: of(learned.splits + learned.lates, learned.chanceSplits + learned.chanceLates),
    late: of(learned.lates, learned.chanceLates),
    cut: upper(learned.cut, joint, PRIOR.cut),
  }
}

function againFactor({ joint, starts, lates, chanceStarts, chanceLates, again, againHit }: Counts): number {
  const hits = starts + lates + chanceStarts + chanceLates
  const usual = (hits + (PRIOR.real + PRIOR.chance) * PSEUDO) / (joint + hits + PSEUDO)
  return Math.max(1, (againHit + PRIOR.again * PSEUDO) / (again + PSEUDO) / usual)
}

function upper(x: number, joint: number, prior: number): number {
  const rate = (x + prior * PSEUDO) / (joint + PSEUDO)
  return Math.min(0.9, rate + UPPER * Math.sqrt(rate / (joint + PSEUDO)))
}
