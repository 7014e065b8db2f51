import type { AlertEvidence, SamplePoint } from '#lib/contract/alerts.ts'
import type { Finding } from '#lib/detectors/detector.ts'
import { computeEffect, estimateLoss, isForTheWorse, isWorse } from './effect-size.ts'
import { findChange } from './find-change.ts'
import { describeFinding } from './finding-evidence.ts'
import { type Measure, type MeasuredBatch, measuresOf } from './measures.ts'
import { pickBatches } from './pick-batches.ts'
import { divideSamples, endMsOf, type Sample, type Samples } from './samples.ts'
import { computeUsualDurations } from './usual-durations.ts'

/** Values of each side that are kept. */
const MAX_POINTS = 200

/** What an alert rests on, from batches around the onset in any order. Deterministic: no clock, no chance. */
export function describeEvidence(finding: Finding, batches: readonly MeasuredBatch[]): AlertEvidence {
  const ordered = [...batches].sort((a, b) => compareStarts(a, b))
  const { measure, samples } = chooseMeasure(finding, ordered)
  const shown = {
    ...samples,
    before: samples.before.slice(-MAX_POINTS),
    after: samples.after.slice(-MAX_POINTS),
  }
  const effect = computeEffect(shown, measure)
  const loss = estimateLoss(shown, measure, effect)
  const picked = pickBatches(samples, measure)
  const hasSamples = samples.before.length + samples.after.length > 0
  return {
    ...describeFinding(finding),
    first_bad_batch_id: picked.firstBad,
    effect: hasSamples ? effect : null,
    lost_ms_per_batch: loss.perBatchMs,
    lost_ms_per_day: loss.perDayMs,
    batches_before: [...picked.before],
    batches_after: [...picked.after],
    samples_before: shown.before.map(toPoint),
    samples_after: shown.after.map(toPoint),
  }
}

/**
 * Where a kind may be about several things: the first that has changed for the worse beyond chance, else the
 * first that has changed for the worse at all, else the first.
 */
function chooseMeasure(
  finding: Finding,
  batches: readonly MeasuredBatch[],
): { measure: Measure; samples: Samples } {
  const { kind, key, onsetMs, firstBadVersion, firstBadModel } = finding
  const suspect = findChange(finding.suspects)?.kind ?? null
  const usual = computeUsualDurations(batches, (measured) => endMsOf(measured) < onsetMs)
  const candidates = measuresOf(kind, key, usual).map((measure) => {
    const samples = divideSamples(batches, measure, { onsetMs, suspect, firstBadVersion, firstBadModel })
    return { measure, samples, effect: computeEffect(samples, measure) }
  })
  const chosen =
    candidates.find(({ measure, effect }) => isForTheWorse(effect, measure)) ??
    candidates.find(({ measure, effect }) => isWorse(effect, measure)) ??
    candidates.find(({ samples }) => samples.before.length > 0 || samples.after.length > 0)
  return chosen ?? (candidates[0] as (typeof candidates)[number])
}

function toPoint({ batchId, startedUs, value }: Sample): SamplePoint {
  return { batch_id: batchId, started_at: startedUs / 1000, value }
}

function compareStarts(a: MeasuredBatch, b: MeasuredBatch): number {
  const [left, right] = [a.batch, b.batch]
  return left.startedAtUs - right.startedAtUs || (left.batchId < right.batchId ? -1 : 1)
}
