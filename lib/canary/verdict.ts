import type { ComparisonMetric, ModeComparison } from '#lib/contract/mode-comparison.ts'
import { MINUS } from '#lib/format/duration.ts'
import { formatCount } from '#lib/format/number.ts'
import { MIN_RUNS } from './mixture-interval.ts'

type Facts = Pick<ModeComparison, 'stages' | 'arms' | 'metrics' | 'sample_ratio'>

/** What the comparison comes to, in words: what to do first, then why. */
export function decideVerdict({
  stages,
  arms,
  metrics,
  sample_ratio: ratio,
}: Facts): ModeComparison['verdict'] {
  const { parallel, serial } = arms
  const failing = metrics.find(({ name }) => name === 'failing')
  const wall = metrics.find(({ name }) => name === 'wall')
  if (stages.length === 0)
    return {
      kind: 'no-rollout',
      words: 'No rule has taken a share of these runs: there is nothing to compare.',
    }
  if (ratio.unbalanced) {
    const words = `The arms do not have the runs they should: ${percent(ratio.observed)} ran parallel where ${percent(ratio.expected)} were due. Find out why before you believe the differences.`
    return { kind: 'unbalanced', words }
  }
  if (isAbove(failing)) {
    const words = `Parallel fails more: ${tell(failing)} of the runs. Go back to serial and look at the failing calls.`
    return { kind: 'parallel-fails-more', words }
  }
  if (isAbove(wall))
    return { kind: 'parallel-slower', words: `Parallel is slower: batches take ${tell(wall)}.` }
  if (isBelow(wall)) {
    return {
      kind: 'parallel-faster',
      words: `Parallel is faster: batches take ${tell(wall)}. ${tellFailing(failing)}`,
    }
  }
  if (wall?.difference == null) {
    const words = `Too few runs yet: ${formatCount(parallel.runs)} parallel, ${formatCount(serial.runs)} serial. Intervals begin with ${MIN_RUNS} runs of each at one share.`
    return { kind: 'too-few', words }
  }
  return {
    kind: 'undecided',
    words: `No difference is shown yet: batches take ${tell(wall)}. ${tellFailing(failing)}`,
  }
}

function isAbove(metric: ComparisonMetric | undefined): boolean {
  return metric?.low != null && metric.low > 0
}

function isBelow(metric: ComparisonMetric | undefined): boolean {
  return metric?.high != null && metric.high < 0
}

function tellFailing(failing: ComparisonMetric | undefined): string {
  if (failing?.low == null || failing.high == null) return 'Of failures nothing can be said yet.'
  return isBelow(failing)
    ? `It fails less, too: ${tell(failing)} of the runs.`
    : `Runs that fail differ by ${tell(failing)}: no difference is shown.`
}

/** `-41 % (-46 to -35)`, with the interval that holds at all times. */
function tell(metric: ComparisonMetric | undefined): string {
  if (metric === undefined) return 'unknown'
  const { unit, difference, low, high } = metric
  const of = unit === 'percent' ? '%' : 'points'
  return `${signed(difference)} ${of} (${signed(low)} to ${signed(high)})`
}

function signed(share: number | null): string {
  if (share === null) return 'unknown'
  const value = share * 100
  const text = Math.abs(value) >= 10 ? Math.abs(value).toFixed(0) : Math.abs(value).toFixed(1)
  if (Number(text) === 0) return '0'
  return `${value < 0 ? MINUS : '+'}${text}`
}

function percent(share: number | null): string {
  return share === null ? 'unknown' : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`
}
