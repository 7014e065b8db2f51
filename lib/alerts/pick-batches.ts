import { computePercentile } from '#lib/stats/percentile.ts'
import type { Measure } from './measures.ts'
import type { Sample, Samples } from './samples.ts'

/** How many batches stand for each side. */
const TYPICAL = 3
/** So much of what came before was no worse than this, and so much of what came after was no better. */
const USUAL_SHARE = 0.9

/** The batches that show what has changed. */
export interface PickedBatches {
  readonly firstBad: string | null
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/**
 * The first bad batch, and typical ones of both sides: of what came after only the bad ones, since a part of
 * it may be as good as ever, and on both sides of the same tools where that can be, so that two pictures can be
 * laid side by side.
 */
export function pickBatches({ before, after }: Samples, { worse }: Pick<Measure, 'worse'>): PickedBatches {
  const badness = ({ value }: Sample) => (worse === 'higher' ? value : -value)
  const bound = boundBetween(before.map(badness), after.map(badness))
  const isBad = (sample: Sample) => badness(sample) > bound
  const bad = orAll(after.filter(isBad), after)
  const good = orAll(
    before.filter((sample) => !isBad(sample)),
    before,
  )
  const tools = sharedTools(good, bad)
  const alike = (samples: readonly Sample[]) =>
    tools === null ? samples : samples.filter((sample) => sample.tools === tools)
  return {
    firstBad: bad[0]?.batchId ?? null,
    before: pickTypical(alike(good), -1),
    after: pickTypical(alike(bad), 1),
  }
}

/** Half way between the usual value of before and the worse ones of after. */
function boundBetween(before: readonly number[], after: readonly number[]): number {
  const usual = computePercentile(toSorted(before), 0.5)
  const sorted = toSorted(after)
  if (usual === null || sorted.length === 0) return Number.NEGATIVE_INFINITY
  const high = computePercentile(sorted, USUAL_SHARE) as number
  // Where nearly all is as before, what is left is at the very end.
  return (usual + (high > usual ? high : (sorted.at(-1) as number))) / 2
}

/** The tools of which there are most batches on both sides; null when no batch has its like on the other side. */
function sharedTools(good: readonly Sample[], bad: readonly Sample[]): string | null {
  const counts = new Map<string, { good: number; bad: number }>()
  const at = (tools: string) => {
    const known = counts.get(tools) ?? { good: 0, bad: 0 }
    counts.set(tools, known)
    return known
  }
  for (const { tools } of good) at(tools).good += 1
  for (const { tools } of bad) at(tools).bad += 1
  let best: string | null = null
  let most = 0
  for (const [tools, { good: before, bad: after }] of counts) {
    const both = Math.min(before, after)
    if (both > most || (both === most && best !== null && tools < best)) {
      best = tools
      most = both
    }
  }
  return best
}

/** Those nearest to the middle, in order of time; among equals the latest (`-1`) or the earliest (`1`). */
function pickTypical(samples: readonly Sample[], earliest: 1 | -1): string[] {
  const middle = computePercentile(toSorted(samples.map(({ value }) => value)), 0.5) ?? 0
  return samples
    .map((sample, index) => ({ sample, index, distance: Math.abs(sample.value - middle) }))
    .sort((a, b) => a.distance - b.distance || earliest * (a.index - b.index))
    .slice(0, TYPICAL)
    .sort((a, b) => a.index - b.index)
    .map(({ sample }) => sample.batchId)
}

function toSorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b)
}

function orAll(some: readonly Sample[], all: readonly Sample[]): readonly Sample[] {
  return some.length > 0 ? some : all
}
