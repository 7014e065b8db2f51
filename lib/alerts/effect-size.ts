import type { EffectSize } from '#lib/contract/alerts.ts'
import {
  type ChangeInterval,
  computeMean,
  computeMeanInterval,
  computeRateInterval,
  computeShiftInterval,
} from './change-interval.ts'
import type { Measure } from './measures.ts'
import type { Sample, Samples } from './samples.ts'

/** How a sample is told in one number, and how a change of it is bounded. */
interface Summary {
  summarise(values: readonly number[]): number
  interval(before: readonly number[], after: readonly number[]): ChangeInterval
}

const SUMMARIES: Readonly<Record<EffectSize['unit'], Summary>> = {
  ms: { summarise: computeMedian, interval: computeShiftInterval },
  ratio: { summarise: computeMean, interval: computeRateInterval },
  calls: { summarise: computeMean, interval: computeMeanInterval },
}

/** By how much a measure has changed. */
export function computeEffect({ before, after }: Samples, measure: Measure): EffectSize {
  const { summarise, interval } = SUMMARIES[measure.unit]
  const [beforeValues, afterValues] = [before.map(takeValue), after.map(takeValue)]
  const { low, high } = interval(beforeValues, afterValues)
  return {
    measure: measure.words,
    unit: measure.unit,
    before: before.length === 0 ? null : summarise(beforeValues),
    after: after.length === 0 ? null : summarise(afterValues),
    change_low: low,
    change_high: high,
    n_before: before.length,
    n_after: after.length,
  }
}

/** True when the change is for the worse beyond what chance explains at 95 %. */
export function isForTheWorse({ change_low, change_high }: EffectSize, { worse }: Measure): boolean {
  return worse === 'higher' ? change_low !== null && change_low > 0 : change_high !== null && change_high < 0
}

/** True when it was seen to change for the worse, be it by chance. */
export function isWorse({ before, after }: EffectSize, { worse }: Measure): boolean {
  if (before === null || after === null) return false
  return worse === 'higher' ? after > before : after < before
}

/** Estimated ms lost in a batch that is affected, and in a day of such traffic; null where it cannot be told. */
export interface LossEstimate {
  readonly perBatchMs: number | null
  readonly perDayMs: number | null
}

const NO_LOSS: LossEstimate = { perBatchMs: null, perDayMs: null }
const DAY_US = 86_400_000_000
/** Traffic is not told from less: a burst would be taken for a day. */
const MIN_SPAN_US = 60_000_000
const MIN_BATCHES = 5

/** What batches lose after, less what they lost before, from the means: it is sums that are lost. */
export function estimateLoss(samples: Samples, measure: Measure, effect: EffectSize): LossEstimate {
  const { before, after, affectedShare } = samples
  const usual = effect.before ?? effect.after
  if (measure.lossOf === undefined || usual === null) return NO_LOSS
  const lossesOf = (side: readonly Sample[]) =>
    side.map(({ measured }) => measure.lossOf?.(measured, usual) ?? null).filter((loss) => loss !== null)
  const lost = lossesOf(after)
  const lostBefore = lossesOf(before)
  if (lost.length === 0) return NO_LOSS
  const perBatchMs = Math.max(0, computeMean(lost) - (lostBefore.length === 0 ? 0 : computeMean(lostBefore)))
  const batchesADay = countADay(before) ?? inAll(countADay(after), affectedShare)
  return { perBatchMs, perDayMs: batchesADay === null ? null : perBatchMs * batchesADay * affectedShare }
}

/** What is affected may be a part of what comes. */
function inAll(affectedADay: number | null, affectedShare: number): number | null {
  return affectedADay === null ? null : affectedADay / affectedShare
}

function countADay(samples: readonly Sample[]): number | null {
  const [first] = samples
  const last = samples.at(-1)
  if (first === undefined || last === undefined || samples.length < MIN_BATCHES) return null
  const spanUs = last.startedUs - first.startedUs
  return spanUs < MIN_SPAN_US ? null : ((samples.length - 1) / spanUs) * DAY_US
}

function takeValue({ value }: Sample): number {
  return value
}

function computeMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const upper = Math.floor(sorted.length / 2)
  const high = sorted[upper] as number
  return sorted.length % 2 === 1 ? high : ((sorted[upper - 1] as number) + high) / 2
}
