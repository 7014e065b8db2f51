import { gunzipSync, gzipSync } from 'node:zlib'
import { createFingerprint } from '#ingest/dialects/fingerprint.ts'
import { isRecognised, normaliseSpan } from '#ingest/dialects/registry.ts'
import { createRandom } from '../lib/workload.ts'
import { decode, type RecordedRun } from './recordings.ts'

/*
 * The same recording is sent many times, and what it must never meet is itself. Ids are replaced by others of
 * the same length and kind in the bytes as they were recorded, so that all else stays what the exporter sent.
 */

/** Shorter ones may stand in any text by chance, and are replaced only where they are the whole of a value. */
const LONG_CHARS = 8
const TRIES = 200

/** Makes ids that it never made before, each of the length and kind of the one that it is for. */
export type FreshIds = (like: string) => string

export function createFreshIds(seed: number): FreshIds {
  const random = createRandom(seed)
  const used = new Set<string>()
  const pick = (from: string) => from.charAt(Math.floor(random() * from.length))
  return (like) => {
    const isHex = /^[0-9a-f-]+$/.test(like)
    for (let i = 0; i < TRIES; i++) {
      // Ids of a few characters run out: then any character will do.
      const made = like.replace(/[0-9a-z]/gi, (char) => pick(alphabetOf(char, isHex, i > TRIES / 2)))
      if (used.has(made)) continue
      used.add(made)
      return made
    }
    throw new Error(`there are no ids left like ${like}`)
  }
}

const DIGITS = '0123456789'
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

function alphabetOf(char: string, isHex: boolean, isShort: boolean): string {
  if (isHex) return '0123456789abcdef'
  if (isShort) return `${DIGITS}${LETTERS}${LETTERS.toUpperCase()}`
  if (DIGITS.includes(char)) return DIGITS
  return LETTERS.includes(char) ? LETTERS : LETTERS.toUpperCase()
}

/** A recording whose ids nobody else has. */
export interface RenamedRun extends RecordedRun {
  /** New ids of calls, by those that were recorded. */
  readonly callIds: ReadonlyMap<string, string>
  /** Under one of these its batches must be: new ids of its traces and conversations. */
  readonly runIds: ReadonlySet<string>
}

/** What a run calls its traces, its calls and its conversation. */
export function renameIds(run: RecordedRun, fresh: FreshIds): RenamedRun {
  const ids = findIds(run)
  const callIds = renamed(ids.calls, (id) => keepPrefix(id, fresh))
  const traces = renamed(ids.traces, fresh)
  const conversations = renamed(ids.conversations, fresh)
  const texts = new Map([...callIds, ...conversations])
  const requests = run.requests.map((request) => {
    const isPacked = request.contentEncoding === 'gzip'
    const body = isPacked ? gunzipSync(request.body) : Buffer.from(request.body)
    const changed = replaceIds(body, texts, traces)
    return { ...request, body: isPacked ? gzipSync(changed) : changed }
  })
  return { ...run, requests, callIds, runIds: new Set([...traces.values(), ...conversations.values()]) }
}

function renamed(ids: Iterable<string>, rename: (id: string) => string): Map<string, string> {
  return new Map([...ids].map((id) => [id, rename(id)]))
}

/** `call_`, `toolu_`: by what stands before the random part the kind of an id is known. */
function keepPrefix(id: string, fresh: FreshIds): string {
  const from = id.lastIndexOf('_') + 1
  return id.slice(0, from) + fresh(id.slice(from))
}

function findIds({ requests, expected }: RecordedRun) {
  const calls = new Set<string>()
  const conversations = new Set<string>()
  const traces = new Set<string>()
  for (const { calls: planned } of expected.turns)
    for (const { callId } of planned) if (callId && callId.length >= LONG_CHARS) calls.add(callId)
  const print = createFingerprint('for reading ids only')
  for (const span of requests.flatMap((request) => decode(request).spans)) {
    traces.add(span.traceId)
    const read = normaliseSpan(span, print)
    if (!isRecognised(read)) continue
    if (read.runId !== null && read.runId !== span.traceId) conversations.add(read.runId)
  }
  return { calls, conversations, traces }
}

function replaceIds(
  body: Buffer,
  texts: ReadonlyMap<string, string>,
  traces: ReadonlyMap<string, string>,
): Buffer {
  const replacements = new Map<string, string>()
  const patterns: string[] = []
  for (const [from, to] of texts) {
    const [found, instead] = [bytesOf(from), bytesOf(to)]
    replacements.set(found, instead)
    patterns.push(from.length >= LONG_CHARS ? quote(found) : whole(found))
  }
  for (const [from, to] of traces) {
    for (const form of [hexBytes, (hex: string) => hex, (hex: string) => hex.toUpperCase()]) {
      replacements.set(form(from), form(to))
      patterns.push(quote(form(from)))
    }
  }
  const text = body.toString('latin1')
  const changed = text.replace(
    new RegExp(patterns.join('|'), 'g'),
    (found) => replacements.get(found) ?? found,
  )
  return Buffer.from(changed, 'latin1')
}

/** As a text value of protobuf, or between quotes, also in JSON within JSON. */
function whole(bytes: string): string {
  const length = String.fromCharCode(bytes.length)
  return `(?<=\\n${quote(length)})${quote(bytes)}|(?<=")${quote(bytes)}(?=\\\\*")`
}

function quote(bytes: string): string {
  return bytes.replace(/[^0-9a-zA-Z]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}

function hexBytes(hex: string): string {
  return Buffer.from(hex, 'hex').toString('latin1')
}
