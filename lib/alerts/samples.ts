import type { SuspectKind } from '#lib/model/alert.ts'
import { distinctTools } from './calls.ts'
import type { Measure, MeasuredBatch } from './measures.ts'

/** One batch in which the measure has a value. */
export interface Sample {
  readonly measured: MeasuredBatch
  readonly batchId: string
  readonly startedUs: number
  readonly value: number
  readonly tools: string
}

/** The batches that an alert is compared by. */
export interface Samples {
  /** From before the onset, without what is suspected, oldest first. */
  readonly before: readonly Sample[]
  /** From the onset on, of what is suspected alone where it is known, oldest first. */
  readonly after: readonly Sample[]
  /** How much of what came from the onset on is of what is suspected. */
  readonly affectedShare: number
}

/** What parts before from after. */
export interface Division {
  readonly onsetMs: number
  /** The likeliest suspect; null when there is none. */
  readonly suspect: SuspectKind | null
  readonly firstBadVersion: string | null
  readonly firstBadModel: string | null
}

/**
 * Parts batches at the onset. A canary is a small part of its traffic, so where a version or a model is
 * suspected, only its batches and those of later ones count as after, and none of them as before; unless
 * nothing would be left. Batches must be in order of their start.
 */
export function divideSamples(
  batches: readonly MeasuredBatch[],
  measure: Measure,
  division: Division,
): Samples {
  const samples = batches.flatMap((measured) => {
    const value = measure.valueOf(measured)
    return value === null ? [] : [toSample(measured, value)]
  })
  const isSuspected = suspectedBy(division, batches)
  const isAfter = (sample: Sample) => endMsOf(sample.measured) >= division.onsetMs
  const earlier = samples.filter((sample) => !isAfter(sample))
  const later = samples.filter(isAfter)
  const affected = later.filter(isSuspected)
  return {
    before: orAll(
      earlier.filter((sample) => !isSuspected(sample)),
      earlier,
    ),
    after: orAll(affected, later),
    affectedShare: affected.length === 0 ? 1 : affected.length / later.length,
  }
}

/**
 * What carries the change: the version or model to blame, and what was deployed on top of it, which is known by
 * not having been seen before. Everything where neither a version nor a model is to blame.
 */
function suspectedBy(
  { suspect, onsetMs, firstBadVersion, firstBadModel }: Division,
  batches: readonly MeasuredBatch[],
): (sample: Sample) => boolean {
  if (suspect !== 'version' && suspect !== 'model') return () => true
  const bad = suspect === 'version' ? firstBadVersion : firstBadModel
  if (bad === null) return () => true
  const nameOf = ({ batch }: MeasuredBatch) => batch[suspect]
  const earlier = new Set(batches.filter((measured) => endMsOf(measured) < onsetMs).map(nameOf))
  earlier.delete(bad)
  return ({ measured }) => {
    const name = nameOf(measured)
    return name !== null && !earlier.has(name)
  }
}

/** Evidence has the times of ends: a batch counts once it is over. */
export function endMsOf({ batch, measures }: MeasuredBatch): number {
  return (batch.startedAtUs + Math.max(0, measures.lastEndUs ?? 0)) / 1000
}

function orAll(some: readonly Sample[], all: readonly Sample[]): readonly Sample[] {
  return some.length > 0 ? some : all
}

function toSample(measured: MeasuredBatch, value: number): Sample {
  const { batch } = measured
  return {
    measured,
    batchId: batch.batchId,
    startedUs: batch.startedAtUs,
    value,
    tools: distinctTools(batch),
  }
}
