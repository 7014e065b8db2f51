import type { BatchMeasures } from '#lib/intervals/measure-batch.ts'
import type { ToolCount } from '#lib/intervals/signature.ts'
import type { StoredBatch } from '#lib/model/batch.ts'
import { EVIDENCE, MODES, OTHER, OUTCOMES, SOURCES } from '#lib/model/vocabulary.ts'
import { encodeBody, type OverflowNames } from './packed.ts'
import { agentEnvironmentPair, type DimensionWriter, OTHER_ID } from './sqlite/dimensions.ts'
import { encodeKey, type Key } from './sqlite/keys.ts'
import type { SignaturePart } from './sqlite/signatures.ts'

/** A batch ready for the log: its content and what was measured from it. */
export interface MeasuredBatch {
  readonly batch: StoredBatch
  readonly measures: BatchMeasures
  readonly signature: readonly ToolCount[]
}

/** The values of a row of `batches`, but for its place in the log and its signature. */
export interface BatchColumns {
  readonly batchKey: Key
  readonly runKey: Key | null
  readonly agentId: number
  readonly environmentId: number
  readonly versionId: number | null
  readonly modelId: number | null
  readonly slowestToolId: number | null
  readonly mode: number | null
  readonly source: number
  readonly evidence: number
  readonly outcomeMask: number
  readonly body: Buffer
}

/** Interns the names of a batch and packs its calls. Call inside a transaction. */
export function toBatchColumns(
  { batch, measures }: MeasuredBatch,
  dimensions: DimensionWriter,
): BatchColumns {
  const agentId = dimensions.intern('agent', batch.agent)
  const environmentId = dimensions.intern('environment', batch.environment)
  const versionId = batch.version === null ? null : dimensions.intern('version', batch.version)
  const modelId = batch.model === null ? null : dimensions.intern('model', batch.model)
  // Roll-ups are kept by this pair too: it is what the two filters of every page ask for.
  dimensions.intern('agent-environment', agentEnvironmentPair(agentId, environmentId))
  let outcomeMask = 0
  for (const call of batch.calls) outcomeMask |= 1 << OUTCOMES.indexOf(call.outcome)
  const names = overflowNames(batch, { agentId, environmentId, versionId, modelId })
  const slowest = measures.slowest === null ? null : batch.calls[measures.slowest]
  return {
    batchKey: encodeKey(batch.batchId),
    runKey: batch.runId === null ? null : encodeKey(batch.runId),
    agentId,
    environmentId,
    versionId,
    modelId,
    slowestToolId: slowest ? dimensions.intern('tool', slowest.tool) : null,
    mode: batch.mode === null ? null : MODES.indexOf(batch.mode),
    source: SOURCES.indexOf(batch.source),
    evidence: EVIDENCE.indexOf(batch.evidence),
    outcomeMask,
    body: encodeBody({ ...batch, names }, (tool) => dimensions.intern('tool', tool) || tool),
  }
}

function overflowNames(
  batch: StoredBatch,
  ids: { agentId: number; environmentId: number; versionId: number | null; modelId: number | null },
): OverflowNames | null {
  const names: { -readonly [K in keyof OverflowNames]: string } = {}
  if (ids.agentId === OTHER_ID) names.agent = batch.agent
  if (ids.environmentId === OTHER_ID) names.environment = batch.environment
  if (ids.versionId === OTHER_ID) names.version = batch.version ?? OTHER
  if (ids.modelId === OTHER_ID) names.model = batch.model ?? OTHER
  return Object.keys(names).length > 0 ? names : null
}

/** A signature in dimension ids. Tools of a full dimension share one id, so their counts are added up. */
export function toSignatureParts(
  signature: readonly ToolCount[],
  dimensions: DimensionWriter,
): SignaturePart[] {
  const parts: SignaturePart[] = []
  let other = 0
  for (const { tool, count } of signature) {
    const toolId = dimensions.intern('tool', tool)
    if (toolId === OTHER_ID) other += count
    else parts.push({ toolId, count })
  }
  if (other > 0) parts.push({ toolId: OTHER_ID, count: other })
  return parts
}
