import { normaliseBatch } from '#ingest/normalise.ts'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import type { Detector, Finding } from '#lib/detectors/detector.ts'
import { DetectionEngine } from '#lib/detectors/engine.ts'
import { StateCache } from '#lib/detectors/state-cache.ts'
import { measureBatch } from '#lib/intervals/measure-batch.ts'
import { alertIdentity } from '#lib/model/alert.ts'

/** An alert in the shape in which `parascope replay` writes it. */
export interface AlertLine {
  readonly kind: string
  readonly agent: string
  readonly environment: string
  readonly key: Finding['key']
  readonly detected_at: number
  readonly onset_at: number
  readonly first_bad_version: string | null
  readonly first_bad_model: string | null
  resolved_at: number | null
  /** Evidence that helps to understand an alert while a detector is built. */
  readonly evidence?: Pick<Finding, 'logEvidence' | 'threshold' | 'hypothesis' | 'suspects'>
}

export interface Detected {
  readonly alerts: AlertLine[]
  readonly batches: number
  /** Time spent in the detectors alone. */
  readonly detectorsMs: number
  readonly stateKeys: number
  readonly stateBytes: number
}

/** Runs detectors over batches of the public shape, without a store: what a duplicate is, is decided here. */
export function detectInProcess(events: Iterable<unknown>, detectors: readonly Detector[]): Detected {
  const states = new StateCache([], 100_000)
  const engine = new DetectionEngine({ detectors, states, sensitivity: { extraNats: 0 } })
  const seen = new Set<string>()
  const alerts: AlertLine[] = []
  const open = new Map<string, AlertLine>()
  let detectorsMs = 0
  for (const event of events) {
    const wire = event as IngestBatch
    if (seen.has(wire.batch_id)) continue
    seen.add(wire.batch_id)
    const arrival = { receivedAtMs: Date.now(), sentAtMs: null, source: 'import', sdk: null } as const
    const batch = normaliseBatch(wire, arrival)
    const measures = measureBatch(batch)
    const beganMs = performance.now()
    const changes = engine.observe(batch, measures)
    detectorsMs += performance.now() - beganMs
    for (const change of changes) {
      if (change.type === 'opened') {
        const line = toLine(change.finding, change.atMs)
        open.set(alertIdentity(change.finding), line)
        if (change.parent === null) alerts.push(line)
      } else if (change.type === 'recovered') {
        const line = open.get(change.identity)
        if (line !== undefined) line.resolved_at = change.atMs
      }
    }
  }
  const stateBytes = states.takeChanges().written.reduce((sum, { json }) => sum + json.length, 0)
  return { alerts, batches: seen.size, detectorsMs, stateKeys: states.size, stateBytes }
}

function toLine(finding: Finding, atMs: number): AlertLine {
  const { kind, agent, environment, key, onsetMs, firstBadVersion, firstBadModel } = finding
  const { logEvidence, threshold, hypothesis, suspects } = finding
  return {
    kind,
    agent,
    environment,
    key,
    detected_at: atMs,
    onset_at: onsetMs,
    first_bad_version: firstBadVersion,
    first_bad_model: firstBadModel,
    resolved_at: null,
    evidence: { logEvidence, threshold, hypothesis, suspects },
  }
}
