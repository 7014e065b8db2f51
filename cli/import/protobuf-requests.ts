import { WireReader } from '#ingest/otlp/wire.ts'
import { lengthField, message } from '#ingest/otlp/write-wire.ts'

/*
 * ExportTraceServiceRequest { 1: ResourceSpans { 1: resource, 2: ScopeSpans { 1: scope, 2: Span, 3: schema_url },
 * 3: schema_url } }, of opentelemetry-proto 1.x: the numbers below are those of the repeated fields within.
 */
const RESOURCE_SPANS = 1
const SCOPE_SPANS = 2
const SPAN = 2
const FRAME_HEAD_BYTES = 4

/** A request within a file. */
export interface Framed {
  readonly offset: number
  readonly bytes: Buffer
}

/**
 * The requests in the bytes of a file: one, or many, each behind its length in four bytes, as the file exporter of
 * OpenTelemetry's collector writes them.
 */
export function listRequests(file: Buffer): Framed[] {
  const framed: Framed[] = []
  for (let offset = 0; offset < file.byteLength; ) {
    if (file.byteLength - offset < FRAME_HEAD_BYTES) return [{ offset: 0, bytes: file }]
    const start = offset + FRAME_HEAD_BYTES
    const end = start + file.readUInt32BE(offset)
    if (end > file.byteLength) return [{ offset: 0, bytes: file }]
    framed.push({ offset, bytes: file.subarray(start, end) })
    offset = end
  }
  return framed
}

/**
 * A request as several of at most so many bytes each, if its spans allow it: what stands around the spans is
 * repeated in each. @throws OtlpFault when it breaks off
 */
export function splitProtobuf(request: Uint8Array, maxBytes: number): Uint8Array[] {
  return splitMessage(request, [RESOURCE_SPANS, SCOPE_SPANS, SPAN], maxBytes)
}

/** Splits by the repeated field that the path leads to; the other fields of each level stay with every part. */
function splitMessage(bytes: Uint8Array, path: readonly number[], maxBytes: number): Uint8Array[] {
  const [number, ...inner] = path
  if (number === undefined || bytes.byteLength <= maxBytes) return [bytes]
  const { around, items } = readItems(bytes, number)
  const room = Math.max(1, maxBytes - around.byteLength)
  const parts: Uint8Array[] = []
  let group: Uint8Array[] = []
  let size = 0
  const close = () => {
    if (group.length > 0) parts.push(message(around, ...group))
    group = []
    size = 0
  }
  for (const item of items.flatMap((one) => splitMessage(one, inner, room))) {
    const field = lengthField(number, item)
    if (size + field.byteLength > room) close()
    group.push(field)
    size += field.byteLength
  }
  close()
  return parts
}

/** The items of a repeated field, and all other fields as they stand. */
function readItems(bytes: Uint8Array, number: number): { around: Uint8Array; items: Uint8Array[] } {
  const reader = new WireReader(bytes)
  const items: Uint8Array[] = []
  const others: Uint8Array[] = []
  for (;;) {
    const start = reader.position
    const field = reader.nextField()
    if (field === 0) return { around: message(...others), items }
    if (field === number) items.push(reader.bytes(`field ${number}`))
    else {
      reader.skip()
      others.push(bytes.subarray(start, reader.position))
    }
  }
}
