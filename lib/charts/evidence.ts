import type { Alert } from '#lib/contract/alerts.ts'
import type { TimeSpan } from './time-axis.ts'
import { prepareAxis, type ValueAxis } from './value-axis.ts'

/** The statistic of an alert over time, with the level it had to reach. */
export interface EvidenceModel {
  readonly points: readonly { readonly atMs: number; readonly nats: number }[]
  readonly threshold: number
  readonly axis: ValueAxis
  readonly span: TimeSpan
  readonly onsetMs: number
  readonly detectedMs: number
}

/** Room on both sides of what was measured, as a share of it: a deploy shows before what it did. */
const LEAD = 0.18
const TAIL = 0.06
const LEAST_SPAN_MS = 60_000

/**
 * Null when no trail was kept. The statistic starts where it was last zero; nothing is drawn before its first
 * point or after its last, because nothing was kept there.
 */
export function prepareEvidence({ onset_at, detected_at, evidence }: Alert): EvidenceModel | null {
  const { trail, threshold } = evidence.statistic
  const points = trail.map(({ at, value }) => ({ atMs: at, nats: value }))
  const [first] = points
  const last = points.at(-1)
  if (first === undefined || last === undefined) return null
  const fromMs = Math.min(first.atMs, onset_at)
  const toMs = Math.max(last.atMs, detected_at)
  const lengthMs = Math.max(LEAST_SPAN_MS, toMs - fromMs)
  const most = Math.max(threshold * 1.15, ...points.map((point) => point.nats))
  return {
    points,
    threshold,
    axis: prepareAxis(most),
    span: { fromMs: fromMs - LEAD * lengthMs, toMs: toMs + TAIL * lengthMs },
    onsetMs: onset_at,
    detectedMs: detected_at,
  }
}

/** The evidence at a time, between two points as the line between them has it; null outside of the trail. */
export function evidenceAt({ points }: EvidenceModel, atMs: number): number | null {
  // Several may stand at one time: the last of them is where it went.
  const exact = points.findLast((point) => point.atMs === atMs)
  if (exact !== undefined) return exact.nats
  const next = points.findIndex((point) => point.atMs > atMs)
  const after = points[next]
  const before = points[next - 1]
  if (after === undefined || before === undefined) return null
  const share = (atMs - before.atMs) / (after.atMs - before.atMs)
  return before.nats + share * (after.nats - before.nats)
}
