import { parseBatchLine } from '#ingest/lines.ts'
import { quoteLongNumbers } from '#ingest/otlp/json-fields.ts'
import { splitLines } from '../lines.ts'
import { isFields, isTraceRequest } from './json-requests.ts'
import type { Input } from './open-input.ts'
import { listRequests } from './protobuf-requests.ts'

/** What a file holds, piece by piece: each is taken or refused by itself. */
export type Item =
  /** JSON text of a batch that was found good here. */
  | { readonly kind: 'batch'; readonly where: string; readonly json: string }
  | { readonly kind: 'traces'; readonly where: string; readonly encoding: 'json'; readonly value: unknown }
  | { readonly kind: 'traces'; readonly where: string; readonly encoding: 'json-text'; readonly text: Buffer }
  | { readonly kind: 'traces'; readonly where: string; readonly encoding: 'protobuf'; readonly bytes: Buffer }
  | { readonly kind: 'fault'; readonly where: string; readonly cause: string }

/** As long as a text can be in V8, with some room. */
const MAX_TEXT_BYTES = 500 << 20
const MAX_BINARY_BYTES = 2_000_000_000
/** Lines of text hold none of these. Every request in protobuf does: 0x12 marks its second field. */
const CONTROL = new Set([...Array(0x20).keys()].filter((byte) => ![0x09, 0x0a, 0x0d].includes(byte)))
const TRACE_REQUEST = /^\s*\{\s*"resourceSpans"\s*:/
/** How the first line of a document ends that goes on in the next one. */
const GOES_ON = /[[{,]\s*$/
const HEAD_CHARS = 200

/** Reads a file as what its content shows it to be: lines of JSON, one JSON document, or protobuf. */
export async function* readItems(input: Input): AsyncGenerator<Item> {
  if (input.head.some((byte) => CONTROL.has(byte))) yield* readBinary(input)
  else yield* readText(input)
}

async function* readBinary({ name, chunks }: Input): AsyncGenerator<Item> {
  const file = await collect(chunks, MAX_BINARY_BYTES)
  if (file === null) {
    yield { kind: 'fault', where: name, cause: `is larger than ${MAX_BINARY_BYTES} bytes: split it` }
    return
  }
  const requests = listRequests(file)
  for (const { offset, bytes } of requests) {
    const where = requests.length > 1 ? `${name}: byte ${offset}` : name
    yield { kind: 'traces', where, encoding: 'protobuf', bytes }
  }
}

async function* readText({ name, chunks }: Input): AsyncGenerator<Item> {
  let isFirst = true
  let document: Buffer[] | null = null
  for await (const { number, bytes } of splitLines(chunks, MAX_TEXT_BYTES)) {
    if (document !== null) {
      document.push(LINE_FEED, bytes)
      continue
    }
    const where = `${name}:${number}`
    if (isFirst && GOES_ON.test(bytes.toString('latin1').slice(-HEAD_CHARS))) document = [bytes]
    else yield* readLine(where, bytes)
    isFirst = false
  }
  if (document !== null) yield* readDocument(name, document)
}

const LINE_FEED = Buffer.from('\n')

function* readLine(where: string, bytes: Buffer): Generator<Item> {
  if (TRACE_REQUEST.test(bytes.toString('latin1', 0, HEAD_CHARS))) {
    yield { kind: 'traces', where, encoding: 'json-text', text: bytes }
    return
  }
  const value = parse(bytes)
  if (isTraceRequest(value)) yield { kind: 'traces', where, encoding: 'json', value }
  else if (Array.isArray(value) || hasBatches(value)) yield* readValue(where, value)
  else yield readBatch(where, bytes)
}

function* readDocument(name: string, lines: readonly Buffer[]): Generator<Item> {
  const bytes = Buffer.concat(lines)
  if (bytes.byteLength >= MAX_TEXT_BYTES) {
    yield {
      kind: 'fault',
      where: name,
      cause: `is a document of more than ${MAX_TEXT_BYTES} bytes: split it`,
    }
    return
  }
  const value = parse(bytes)
  if (value instanceof SyntaxError)
    yield { kind: 'fault', where: name, cause: `is not JSON: ${value.message}` }
  else yield* readValue(name, value)
}

/** A document: a request of either kind, a batch, or a list of these. */
function* readValue(where: string, value: unknown): Generator<Item> {
  if (isTraceRequest(value)) yield { kind: 'traces', where, encoding: 'json', value }
  else if (Array.isArray(value))
    for (const [i, item] of value.entries()) yield* readValue(`${where}[${i}]`, item)
  else if (hasBatches(value))
    for (const [i, batch] of value.batches.entries())
      yield readBatch(`${where} batches[${i}]`, Buffer.from(JSON.stringify(batch) ?? 'null'))
  else yield readBatch(where, Buffer.from(JSON.stringify(value)))
}

function hasBatches(value: unknown): value is { readonly batches: readonly unknown[] } {
  return isFields(value) && Array.isArray(value.batches)
}

/** One batch, judged here so that the fault can name its line; what says nothing of its source is an import. */
function readBatch(where: string, bytes: Buffer): Item {
  const parsed = parseBatchLine(bytes)
  if (!parsed.ok) {
    const { path, reason } = parsed.fault
    return { kind: 'fault', where, cause: path === '' ? reason : `${path} ${reason}` }
  }
  const { batch } = parsed
  const json = batch.source == null ? JSON.stringify({ ...batch, source: 'import' }) : bytes.toString()
  return { kind: 'batch', where, json }
}

/** 64-bit integers stay exact: as text, which OTLP takes for them. @throws SyntaxError */
export function parseExactly(bytes: Buffer): unknown {
  return JSON.parse(quoteLongNumbers(bytes.toString()))
}

function parse(bytes: Buffer): unknown {
  try {
    return parseExactly(bytes)
  } catch (error) {
    if (error instanceof SyntaxError) return error
    throw error
  }
}

async function collect(chunks: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer | null> {
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.byteLength
    if (size > maxBytes) return null
    parts.push(chunk)
  }
  return Buffer.concat(parts)
}
