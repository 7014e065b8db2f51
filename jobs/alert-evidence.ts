import { createEvidenceBatches } from '#db/evidence-batches.ts'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import { describeEvidence } from '#lib/alerts/evidence.ts'
import { toolsNeeded } from '#lib/alerts/key-tools.ts'
import type { AlertEvidence } from '#lib/contract/alerts.ts'
import type { Finding } from '#lib/detectors/detector.ts'
import { measureBatch } from '#lib/intervals/measure-batch.ts'

/** Gathers what an alert is shown with, from the log as it stood at a position: the same in every rebuild. */
export type EvidenceCollector = (finding: Finding, asOfSeq: number) => AlertEvidence

const ANY_AGENT = '*'

/** Some 50 ms of the writer's thread for each alert that opens, whatever the size of the log. */
export function createEvidenceCollector(db: SqliteDatabase): EvidenceCollector {
  const batches = createEvidenceBatches(db)
  return (finding, asOfSeq) => {
    const { kind, agent, environment, key, onsetMs } = finding
    const scope = { agent: agent === ANY_AGENT ? null : agent, environment, tools: toolsNeeded(kind, key) }
    const found = batches.read(scope, Math.round(onsetMs * 1000), asOfSeq)
    return describeEvidence(
      finding,
      found.map((batch) => ({ batch, measures: measureBatch(batch) })),
    )
  }
}
