import { OUTCOMES } from '#lib/model/vocabulary.ts'
import { ByteReader } from './varint.ts'

/*
 * What stands at the head of encoded stats, read without decoding the sketches behind it: for counting how
 * often something was used.
 */

/** The batches in encoded `BatchStats`: their first counter. */
export function peekBatches(bytes: Uint8Array): number {
  return new ByteReader(bytes).readVarint()
}

/** The calls in encoded `ToolStats`: those of each outcome that the first byte announces. */
export function peekCalls(bytes: Uint8Array): number {
  const reader = new ByteReader(bytes)
  const fields = reader.readByte()
  let calls = 0
  for (let code = 0; code < OUTCOMES.length; code++) if (fields & (1 << code)) calls += reader.readVarint()
  return calls
}
