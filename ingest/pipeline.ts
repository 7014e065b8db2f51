import type { MeasuredBatch } from '#db/batch-columns.ts'
import type { LogWriter } from '#db/write.ts'
import { type IngestAnswer, ingestEnvelopeSchema, type TakenBatch } from '#lib/contract/ingest.ts'
import { measureBatch } from '#lib/intervals/measure-batch.ts'
import { computeSignature } from '#lib/intervals/signature.ts'
import type { Flag, Source } from '#lib/model/vocabulary.ts'
import { decodeJson } from './decode.ts'
import { parseUntrusted } from './describe-issue.ts'
import { type FieldFault, RequestError } from './errors.ts'
import { type Arrival, normaliseBatch } from './normalise.ts'
import { validateBatch } from './validate.ts'

/** One request of `POST /api/v1/batches`, as the front received it. */
export interface IngestRequest {
  readonly body: Uint8Array
  /** Value of `content-encoding`, empty for none. */
  readonly encoding: string
  readonly receivedAtMs: number
  readonly source: Source
}

/** A request that was understood: what may be appended, and what was refused with its reason. */
export interface PreparedRequest {
  readonly batches: readonly MeasuredBatch[]
  readonly rejected: IngestAnswer['rejected']
  /** Size of the body after decompression. */
  readonly byteLength: number
}

/**
 * Untrusted bytes to measured batches: decode, validate one by one, normalise, derive. Touches no store, so
 * that it can run outside of the transaction.
 * @throws RequestError when the envelope can't be read
 */
export function prepareIngest(request: IngestRequest, maxBytes: number): PreparedRequest {
  const { value, byteLength, mayHoldLoneSurrogates } = decodeJson(request.body, {
    encoding: request.encoding,
    maxBytes,
  })
  const envelope = parseUntrusted(ingestEnvelopeSchema, value)
  if (!envelope.ok) {
    const [{ path, reason }] = envelope.faults
    const detail = path === '' ? `The body ${reason}.` : `\`${path}\` ${reason}.`
    throw new RequestError(400, detail, { faults: envelope.faults })
  }
  const { batches: values, sent_at: sentAtMs, sdk } = envelope.value
  const arrival: Arrival = {
    receivedAtMs: request.receivedAtMs,
    sentAtMs: sentAtMs ?? null,
    source: request.source,
    sdk,
  }
  const batches: MeasuredBatch[] = []
  const rejected: IngestAnswer['rejected'] = []
  for (let index = 0; index < values.length; index++) {
    const prepared = prepareBatch(values[index], arrival, mayHoldLoneSurrogates)
    if ('reason' in prepared) rejected.push({ index, path: prepared.path, reason: prepared.reason })
    else batches.push(prepared)
  }
  return { batches, rejected, byteLength }
}

function prepareBatch(
  value: unknown,
  arrival: Arrival,
  mayHoldLoneSurrogates: boolean,
): MeasuredBatch | FieldFault {
  const validated = validateBatch(value, mayHoldLoneSurrogates)
  return validated.ok ? measureIngested(validated.batch, arrival) : validated.fault
}

/** A batch that was found valid, as it is stored. */
export function measureIngested(wire: TakenBatch, arrival: Arrival): MeasuredBatch {
  const batch = normaliseBatch(wire, arrival)
  const measures = measureBatch(batch)
  const flags = flagDependencies(batch.flags, measures.ignoredDependencies)
  return { batch: { ...batch, flags }, measures, signature: computeSignature(batch.calls) }
}

function flagDependencies(
  flags: readonly Flag[],
  ignored: readonly { readonly reason: 'unknown' | 'self' | 'cycle' }[],
): readonly Flag[] {
  if (ignored.length === 0) return flags
  return [...flags, ...new Set(ignored.map(({ reason }): Flag => `dependency-${reason}`))]
}

/** Appends what was prepared and says what became of it. Must run inside a transaction of the log. */
export function commitIngest(
  prepared: PreparedRequest,
  log: LogWriter,
): { readonly answer: IngestAnswer; readonly added: readonly MeasuredBatch[] } {
  const added: MeasuredBatch[] = []
  let conflicts = 0
  for (const measured of prepared.batches) {
    const result = log.append(measured)
    if (result === 'added') added.push(measured)
    else if (result === 'conflict') conflicts += 1
  }
  const duplicates = prepared.batches.length - added.length
  log.count('duplicates', duplicates - conflicts)
  log.count('conflicts', conflicts)
  log.count('rejected', prepared.rejected.length)
  return { answer: { accepted: added.length, duplicates, rejected: [...prepared.rejected] }, added }
}
