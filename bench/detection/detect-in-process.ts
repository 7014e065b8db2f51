import { normaliseBatch } from '#ingest/normalise.ts'
import type { IngestBatch } from '#lib/contract/ingest.ts'
import { AlertBook, type AlertRecord } from '#lib/detectors/alert-book.ts'
import type { Detector, Finding } from '#lib/detectors/detector.ts'
import { DetectionEngine } from '#lib/detectors/engine.ts'
import { StateCache } from '#lib/detectors/state-cache.ts'
import { measureBatch } from '#lib/intervals/measure-batch.ts'
import { type AlertLine, toAlertLine } from '../../cli/replay/alert-line.ts'

/** What helps to understand an alert while a detector is built. */
type Reasons = Pick<Finding, 'logEvidence' | 'threshold' | 'hypothesis' | 'suspects'>

export interface Detected {
  readonly alerts: (AlertLine & { readonly evidence: Reasons })[]
  readonly batches: number
  /** Time spent in the detectors and what they lead to. */
  readonly detectorsMs: number
  readonly stateKeys: number
  readonly stateBytes: number
}

/** Runs detectors over batches of the public shape, without a store: what a duplicate is, is decided here. */
export function detectInProcess(events: Iterable<unknown>, detectors: readonly Detector[]): Detected {
  const states = new StateCache([], 100_000)
  const engine = new DetectionEngine({ detectors, states, sensitivity: { extraNats: 0 } })
  const alerts = new AlertsInMemory()
  const seen = new Set<string>()
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
    if (changes.length > 0) alerts.book.apply(changes, seen.size)
    detectorsMs += performance.now() - beganMs
    alerts.save()
  }
  const stateBytes = states.takeChanges().written.reduce((sum, { json }) => sum + json.length, 0)
  return { alerts: alerts.list(), batches: seen.size, detectorsMs, stateKeys: states.size, stateBytes }
}

class AlertsInMemory {
  readonly #latest = new Map<string, AlertRecord>()
  readonly #all = new Map<string, { record: AlertRecord; evidence: Reasons }>()
  readonly book = new AlertBook<Reasons>({
    readLatest: (identity) => this.#latest.get(identity) ?? null,
    createId: (identity, batchId) => `${identity} ${batchId}`,
    collectEvidence: ({ logEvidence, threshold, hypothesis, suspects }) => ({
      logEvidence,
      threshold,
      hypothesis,
      suspects,
    }),
  })

  save(): void {
    if (this.book.pending === 0) return
    for (const { record, evidence } of this.book.takeChanges().alerts) {
      this.#latest.set(record.identity, record)
      const known = evidence ?? this.#all.get(record.id)?.evidence
      if (known !== undefined) this.#all.set(record.id, { record, evidence: known })
    }
  }

  list(): Detected['alerts'] {
    return [...this.#all.values()]
      .filter(({ record }) => record.parentId === null)
      .map(({ record, evidence }) => ({ ...toAlertLine(record), evidence }))
  }
}
