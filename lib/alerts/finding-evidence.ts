import type { AlertEvidence } from '#lib/contract/alerts.ts'
import type { Finding } from '#lib/detectors/detector.ts'
import { computeOdds } from './odds.ts'

/** The evidence that a finding has of itself, without a look at the log: its statistic and its suspects. */
export function describeFinding(finding: Finding): AlertEvidence {
  return {
    first_bad_batch_id: null,
    hypothesis: finding.hypothesis,
    suspects: finding.suspects.map(({ logOdds, ...suspect }) => ({ ...suspect, odds: computeOdds(logOdds) })),
    effect: null,
    lost_ms_per_batch: null,
    lost_ms_per_day: null,
    batches_before: [],
    batches_after: [],
    samples_before: [],
    samples_after: [],
    statistic: {
      threshold: finding.threshold,
      value: finding.logEvidence,
      trail: finding.trail.map(({ atMs, value }) => ({ at: atMs, value })),
    },
  }
}
