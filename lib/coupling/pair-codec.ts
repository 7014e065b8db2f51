import { ByteReader, ByteWriter } from '#lib/stats/varint.ts'
import { PAIR_COUNTERS, type PairCounts } from './observe-pairs.ts'

/** Null when all counts are 0. @throws RangeError when one is negative, which no log leads to */
export function encodePairCounts(counts: PairCounts): Uint8Array | null {
  if (PAIR_COUNTERS.every((name) => counts[name] === 0)) return null
  const writer = new ByteWriter()
  for (const name of PAIR_COUNTERS) writer.writeVarint(counts[name])
  return writer.toBytes()
}

/** Adds what was encoded to `into`. @throws RangeError at bytes that no encoding gives */
export function addEncodedPairCounts(into: PairCounts, bytes: Uint8Array): void {
  const reader = new ByteReader(bytes)
  for (const name of PAIR_COUNTERS) into[name] += reader.readVarint()
  reader.expectEnd()
}
