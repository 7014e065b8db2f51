import type { IngestBatch } from '#lib/contract/ingest.ts'
import { generate } from '../../fixtures/detection/gen.mjs'

/** Enough for every detector to have learned what is usual, and for what happens then to be found. */
const SIZE = { batches: 4_000, days: 14 }

/** A labelled workload in the order of arrival, dated so that it ended before `nowMs`. */
export function generatePast(scenario: string, nowMs: number): IngestBatch[] {
  const { events, meta } = generate({ seed: 5, scenario, ...SIZE })
  const earlierMs = Math.ceil(meta.to - nowMs) + 86_400_000
  return events.map((event): IngestBatch => ({ ...event, started_at: event.started_at - earlierMs }))
}
