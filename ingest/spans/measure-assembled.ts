import { createHash } from 'node:crypto'
import type { MeasuredBatch } from '#db/batch-columns.ts'
import { measureBatch } from '#lib/intervals/measure-batch.ts'
import { computeSignature } from '#lib/intervals/signature.ts'
import type { Batch } from '#lib/model/batch.ts'
import type { Flag } from '#lib/model/vocabulary.ts'
import type { AssembledBatch } from '../assemble/assembled.ts'

/** A sender whose spans lie further in the future than this has another clock. */
const SKEW_US = 60_000_000
const HASH_BYTES = 16

/** What the store knows of an assembled batch. */
export interface AssembledArrival {
  /** When it was first seen; a later revision doesn't make a batch younger. */
  readonly receivedAtUs: number
  readonly revision: number
  readonly isProvisional: boolean
}

/** The batch as the log holds it. */
export function measureAssembled(assembled: AssembledBatch, arrival: AssembledArrival): MeasuredBatch {
  const content = contentOf(assembled)
  const { receivedAtUs, revision, isProvisional } = arrival
  const flags: Flag[] = [...assembled.flags]
  if (content.startedAtUs - receivedAtUs > SKEW_US && !flags.includes('clock-skew')) flags.push('clock-skew')
  if (content.calls.some(({ startUs }) => startUs !== null && startUs < 0)) flags.push('negative-start')
  const batch = {
    ...content,
    source: 'otlp' as const,
    evidence: assembled.evidence,
    provisional: isProvisional,
    revision,
    receivedAtUs,
    flags,
  }
  return { batch, measures: measureBatch(batch), signature: computeSignature(batch.calls) }
}

/** Tells whether two assemblies of a batch say the same; which spans they say it by makes no difference. */
export function hashAssembled(assembled: AssembledBatch): Uint8Array {
  const said = JSON.stringify([contentOf(assembled), assembled.evidence, assembled.flags])
  return createHash('sha256').update(said).digest().subarray(0, HASH_BYTES)
}

function contentOf(assembled: AssembledBatch): Batch {
  const { evidence, flags, spans, anchorUs, line, isTurnDeclared, ...content } = assembled
  return content
}
