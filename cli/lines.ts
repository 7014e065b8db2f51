import { createReadStream } from 'node:fs'
import type { FieldFault } from '#ingest/errors.ts'

/** A line of a file, without its end. */
export interface Line {
  /** Counted from 1. */
  readonly number: number
  readonly bytes: Buffer
  /** How much of the file has been read with it, in bytes. */
  readonly readBytes: number
}

const LINE_FEED = 0x0a
/** Longer lines hold no batch that would be taken: of them only the start is kept in memory. */
const MAX_LINE_BYTES = 32 << 20

/** The lines of a file that hold more than white space. @throws the system's error when it cannot be read */
export function readLines(file: string): AsyncGenerator<Line> {
  return splitLines(createReadStream(file, { highWaterMark: 1 << 20 }), MAX_LINE_BYTES)
}

/** The same of any bytes; of a line that is longer than `maxLineBytes` only the start is given. */
export async function* splitLines(chunks: AsyncIterable<Buffer>, maxLineBytes: number): AsyncGenerator<Line> {
  let parts: Buffer[] = []
  let kept = 0
  let number = 1
  let readBytes = 0
  const keep = (part: Buffer) => {
    const taken = part.subarray(0, maxLineBytes - kept)
    kept += taken.byteLength
    parts.push(taken)
  }
  const take = (): Line => {
    const line = {
      number,
      bytes: parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts),
      readBytes,
    }
    parts = []
    kept = 0
    number += 1
    return line
  }
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      keep(chunk.subarray(start, end))
      readBytes += end + 1 - start
      start = end + 1
      const line = take()
      if (!isBlank(line.bytes)) yield line
    }
    keep(chunk.subarray(start))
    readBytes += chunk.byteLength - start
  }
  const last = take()
  if (!isBlank(last.bytes)) yield last
}

function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09) return false
  return true
}

/** What is wrong with a line, in the form in which compilers name a place. */
export function describeLineFault(file: string, number: number, fault: FieldFault): string {
  return `${file}:${number}: ${fault.path === '' ? '' : `${fault.path} `}${fault.reason}`
}
