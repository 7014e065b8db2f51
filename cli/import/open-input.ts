import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { PassThrough, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** Bytes that tell what a file is. */
const HEAD_BYTES = 4096
const GZIP = [0x1f, 0x8b] as const
const STDIN = '-'

/** A file or standard input, unpacked when it was packed. */
export interface Input {
  /** As it is named in what is told. */
  readonly name: string
  /** Null where it is not known before the end. */
  readonly sizeBytes: number | null
  /** How much of it has been read, as it lies on disk. */
  readonly readBytes: () => number
  /** The first bytes after unpacking; fewer only when there are no more. */
  readonly head: Buffer
  /** Everything after unpacking, the head included. */
  readonly chunks: AsyncIterable<Buffer>
}

/** @throws the system's error when there is no such file */
export async function openInput(file: string): Promise<Input> {
  const isStdin = file === STDIN
  const sizeBytes = isStdin ? null : (await stat(file)).size
  const raw: Readable = isStdin ? process.stdin : createReadStream(file, { highWaterMark: 1 << 20 })
  let read = 0
  const counted = Readable.from(
    (async function* count() {
      for await (const chunk of raw) {
        read += (chunk as Buffer).byteLength
        yield chunk as Buffer
      }
    })(),
    { objectMode: false, highWaterMark: 1 << 20 },
  )
  const packed = await peek(counted)
  const isPacked = GZIP.every((byte, i) => packed.head[i] === byte)
  const { head, chunks } = isPacked ? await peek(unpack(packed.chunks)) : packed
  return { name: isStdin ? '<stdin>' : file, sizeBytes, readBytes: () => read, head, chunks }
}

function unpack(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const source = Readable.from(chunks, { objectMode: false })
  const gunzip = createGunzip()
  source.once('error', (error) => gunzip.destroy(error))
  return source.pipe(gunzip).pipe(forward(gunzip))
}

/** A pipe does not pass on errors by itself. */
function forward(from: Readable): PassThrough {
  const to = new PassThrough()
  from.once('error', (error) => to.destroy(error))
  return to
}

async function peek(source: AsyncIterable<Buffer>): Promise<{ head: Buffer; chunks: AsyncIterable<Buffer> }> {
  const iterator = source[Symbol.asyncIterator]()
  const seen: Buffer[] = []
  let bytes = 0
  while (bytes < HEAD_BYTES) {
    const { value, done } = await iterator.next()
    if (done) break
    seen.push(value)
    bytes += value.byteLength
  }
  const chunks = (async function* all() {
    yield* seen
    for (;;) {
      const { value, done } = await iterator.next()
      if (done) return
      yield value
    }
  })()
  return { head: Buffer.concat(seen).subarray(0, HEAD_BYTES), chunks }
}
