import { BIN_COUNT, Sketch } from './sketch.ts'
import { ByteReader, ByteWriter } from './varint.ts'

/*
 * Layout: zeros, number of bins, then each bin that is not empty, lowest first, as one byte
 *
 *     | gap - 1 (3 bits) | count - 1 (5 bits) |
 *
 * where the gap is the distance from the bin before (from -1 for the first). A field that is all ones is
 * followed by a varint of what exceeds it. Empty bins are not written and integers have one form, so that
 * equal content is equal bytes.
 */
const COUNT_BITS = 5
const MAX_SHORT_GAP = 7
const MAX_SHORT_COUNT = 31

/** The canonical bytes. Throws a `RangeError` when more was subtracted than had been added. */
export function encodeSketch(sketch: Sketch): Uint8Array {
  const writer = new ByteWriter()
  writeSketch(writer, sketch)
  return writer.toBytes()
}

export function decodeSketch(bytes: Uint8Array): Sketch {
  const sketch = new Sketch()
  mergeEncodedSketch(sketch, bytes)
  return sketch
}

/** Adds an encoded sketch to `target`, `times` over, without building it. */
export function mergeEncodedSketch(target: Sketch, bytes: Uint8Array, times = 1): void {
  const reader = new ByteReader(bytes)
  readSketchInto(target, reader, times)
  reader.expectEnd()
}

/** Writes the sketch as one field of a longer record. */
export function writeSketch(writer: ByteWriter, sketch: Sketch): void {
  let bins = 0
  sketch.forEachBin(() => {
    bins++
  })
  writer.writeVarint(sketch.zeros)
  writer.writeVarint(bins)
  let previous = -1
  sketch.forEachBin((bin, count) => {
    const gap = bin - previous - 1
    const excess = count - 1
    const shortGap = Math.min(gap, MAX_SHORT_GAP)
    const shortCount = Math.min(excess, MAX_SHORT_COUNT)
    if (excess < 0) throw new RangeError('more was subtracted from a sketch than had been added')
    writer.writeByte((shortGap << COUNT_BITS) | shortCount)
    if (shortGap === MAX_SHORT_GAP) writer.writeVarint(gap - MAX_SHORT_GAP)
    if (shortCount === MAX_SHORT_COUNT) writer.writeVarint(excess - MAX_SHORT_COUNT)
    previous = bin
  })
}

/** Reads such a field and adds it to `target`, `times` over. */
export function readSketchInto(target: Sketch, reader: ByteReader, times = 1): void {
  target.addZeros(reader.readVarint() * times)
  const bins = reader.readVarint()
  let bin = -1
  for (let i = 0; i < bins; i++) {
    const packed = reader.readByte()
    let gap = packed >> COUNT_BITS
    let excess = packed & MAX_SHORT_COUNT
    if (gap === MAX_SHORT_GAP) gap += reader.readVarint()
    if (excess === MAX_SHORT_COUNT) excess += reader.readVarint()
    bin += gap + 1
    if (bin >= BIN_COUNT) throw new RangeError(`a sketch has no bin ${bin}`)
    target.addToBin(bin, (excess + 1) * times)
  }
}
