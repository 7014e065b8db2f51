import type { Batch, Call } from '#lib/model/batch.ts'
import { EFFECTS, type Flag, MODES, OUTCOMES } from '#lib/model/vocabulary.ts'

/*
 * The packed body of a batch row: JSON text, a column a field. A column whose values are all the default
 * is left out, one whose values are all alike is a single value. Native JSON makes it fast to write and
 * read; anyone with the sqlite3 shell can read it. See docs/adr/0003.
 */

/** What a body holds: the calls, and the fields of a batch that no read filters or sorts by. */
export type BodyContent = Pick<
  Batch,
  | 'calls'
  | 'turn'
  | 'tenant'
  | 'provider'
  | 'modeRevision'
  | 'parallelRequested'
  | 'concurrency'
  | 'toolCaps'
  | 'modelUs'
  | 'inputTokens'
  | 'outputTokens'
  | 'emittedCalls'
  | 'sdkName'
  | 'sdkVersion'
> & { readonly flags: readonly Flag[]; readonly names: OverflowNames | null }

/** Names that found no room in their bounded dimension and are therefore kept in the body. */
export interface OverflowNames {
  readonly agent?: string
  readonly environment?: string
  readonly version?: string
  readonly model?: string
}

/** A tool in a body: its dimension id, or its name where the dimension was full. */
export type ToolRef = number | string

type Column<T> = T[] | T

interface PackedBody {
  t: ToolRef[]
  /** Call ids, after what they all begin with. */
  id: string[]
  ip?: string
  /** Index into `t`; left out when every call has a tool of its own. */
  k?: Column<number>
  s: (number | null)[]
  d: (number | null)[]
  o?: Column<number>
  a?: Column<number>
  q?: number[]
  e?: Column<string | null>
  f?: Column<number>
  m?: Column<number | null>
  /** A list a call; a single flat list when all calls touch the same. */
  r?: (readonly string[])[] | readonly string[]
  p?: (readonly string[])[]
  g?: Column<string | null>
  ab?: Column<number | null>
  rb?: Column<number | null>
  af?: (readonly string[])[]
  rf?: (readonly string[])[]
  /** Fields of the batch by position in BATCH_FIELDS; trailing nulls are left out. */
  b?: unknown[]
  tc?: [string, number][]
  fl?: readonly Flag[]
  n?: OverflowNames
}

const BATCH_FIELDS = [
  'turn',
  'modelUs',
  'concurrency',
  'modeRevision',
  'parallelRequested',
  'inputTokens',
  'outputTokens',
  'emittedCalls',
  'sdkName',
  'sdkVersion',
  'provider',
  'tenant',
] as const satisfies readonly (keyof BodyContent)[]

const UNKNOWN_EFFECT = EFFECTS.indexOf('unknown')
const EFFECT_CODE = new Map(EFFECTS.map((effect, code) => [effect, code]))
const OUTCOME_CODE = new Map(OUTCOMES.map((outcome, code) => [outcome, code]))
const MODE_CODE = new Map(MODES.map((mode, code) => [mode, code]))
const NO_ITEMS: readonly string[] = []

/** Packs a body. Equal content gives equal text, so that two bodies can be compared as bytes. */
export function encodeBody(content: BodyContent, toolRef: (tool: string) => ToolRef): Buffer {
  const { calls } = content
  const tools: string[] = []
  const toolIndex = new Map<string, number>()
  const packed: PackedBody = {
    t: [],
    id: new Array(calls.length),
    s: new Array(calls.length),
    d: new Array(calls.length),
  }
  const prefix = commonPrefix(calls)
  if (prefix !== '') packed.ip = prefix
  for (let i = 0; i < calls.length; i++) {
    const call = calls[i] as Call
    packed.id[i] = call.callId.slice(prefix.length)
    packed.s[i] = call.startUs
    packed.d[i] = call.durationUs
    if (!toolIndex.has(call.tool)) toolIndex.set(call.tool, tools.push(call.tool) - 1)
  }
  packed.t = tools.map(toolRef)
  if (tools.length < calls.length) setColumn(packed, 'k', calls, (call) => toolIndex.get(call.tool) as number, null)
  setColumn(packed, 'o', calls, (call) => OUTCOME_CODE.get(call.outcome) as number, 0)
  setColumn(packed, 'a', calls, (call) => call.attempt, 1)
  setColumn(packed, 'e', calls, (call) => call.errorCode, null)
  setColumn(packed, 'f', calls, (call) => EFFECT_CODE.get(call.effect) as number, UNKNOWN_EFFECT)
  setColumn(
    packed,
    'm',
    calls,
    (call) => (call.mode === null ? null : (MODE_CODE.get(call.mode) as number)),
    null,
  )
  setColumn(packed, 'g', calls, (call) => call.group, null)
  if (calls.some((call, position) => call.seq !== position)) packed.q = calls.map((call) => call.seq)
  if (calls.some((call) => call.resources.length > 0)) packed.r = packResources(calls)
  if (calls.some((call) => call.dependsOn.length > 0)) packed.p = calls.map((call) => call.dependsOn)
  setColumn(packed, 'ab', calls, (call) => call.argsBytes, null)
  setColumn(packed, 'rb', calls, (call) => call.resultBytes, null)
  if (calls.some((call) => call.argsFp.length > 0)) packed.af = calls.map((call) => call.argsFp)
  if (calls.some((call) => call.resultFp.length > 0)) packed.rf = calls.map((call) => call.resultFp)
  packBatchFields(packed, content)
  return Buffer.from(JSON.stringify(packed))
}

function packResources(calls: readonly Call[]): (readonly string[])[] | readonly string[] {
  const first = (calls[0] as Call).resources
  const alike = calls.every(({ resources }) => resources.length === first.length && resources.every((item, i) => item === first[i]))
  return alike ? first : calls.map((call) => call.resources)
}

function unpackResources(packed: PackedBody['r'], i: number): readonly string[] {
  const item = packed?.[i] ?? packed?.[0]
  if (item === undefined) return NO_ITEMS
  return typeof item === 'string' ? (packed as readonly string[]) : item
}

function packBatchFields(packed: PackedBody, content: BodyContent): void {
  const fields: unknown[] = BATCH_FIELDS.map((field) => content[field])
  while (fields.length > 0 && fields[fields.length - 1] === null) fields.pop()
  if (fields.length > 0) packed.b = fields
  if (content.toolCaps !== null) packed.tc = [...content.toolCaps]
  if (content.flags.length > 0) packed.fl = content.flags
  if (content.names !== null) packed.n = content.names
}

/** Vendors' ids begin alike (`toolu_…`, `call_…`), and half of a short id is saved with that. */
function commonPrefix(calls: readonly Call[]): string {
  let prefix = calls[0]?.callId ?? ''
  for (const { callId } of calls) {
    let length = 0
    while (length < prefix.length && prefix.charCodeAt(length) === callId.charCodeAt(length)) length += 1
    prefix = prefix.slice(0, length)
  }
  return calls.length > 1 ? prefix : ''
}

type ColumnKey = 'k' | 'o' | 'a' | 'e' | 'f' | 'm' | 'g' | 'ab' | 'rb'

/** Sets a column only as far as it says something: nothing when all are the default, one value when all are alike. */
function setColumn<T extends string | number | null>(
  packed: PackedBody,
  key: ColumnKey,
  calls: readonly Call[],
  value: (call: Call) => T,
  fallback: T | null,
): void {
  const first = value(calls[0] as Call)
  let alike = true
  for (let i = 1; i < calls.length && alike; i++) alike = value(calls[i] as Call) === first
  if (alike && first === fallback) return
  ;(packed as Record<ColumnKey, unknown>)[key] = alike ? first : calls.map(value)
}

/** The inverse of {@link encodeBody}. */
export function decodeBody(bytes: Uint8Array, toolName: (id: number) => string): BodyContent {
  const packed = JSON.parse(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(),
  ) as PackedBody
  const tools = packed.t.map((ref) => (typeof ref === 'number' ? toolName(ref) : ref))
  const calls = packed.id.map((_, i) => unpackCall(packed, tools, i))
  const fields = Object.fromEntries(BATCH_FIELDS.map((field, i) => [field, packed.b?.[i] ?? null]))
  return {
    ...(fields as Pick<BodyContent, (typeof BATCH_FIELDS)[number]>),
    calls,
    toolCaps: packed.tc ? new Map(packed.tc) : null,
    flags: packed.fl ?? [],
    names: packed.n ?? null,
  }
}

function unpackCall(packed: PackedBody, tools: readonly string[], i: number): Call {
  const mode = at(packed.m, i, null)
  return {
    callId: `${packed.ip ?? ''}${packed.id[i]}`,
    attempt: at(packed.a, i, 1),
    seq: packed.q?.[i] ?? i,
    tool: tools[at(packed.k, i, i)] as string,
    startUs: packed.s[i] ?? null,
    durationUs: packed.d[i] ?? null,
    outcome: OUTCOMES[at(packed.o, i, 0)] ?? 'unknown',
    errorCode: at(packed.e, i, null),
    effect: EFFECTS[at(packed.f, i, UNKNOWN_EFFECT)] ?? 'unknown',
    resources: unpackResources(packed.r, i),
    dependsOn: packed.p?.[i] ?? NO_ITEMS,
    group: at(packed.g, i, null),
    mode: mode === null ? null : (MODES[mode] ?? null),
    argsBytes: at(packed.ab, i, null),
    resultBytes: at(packed.rb, i, null),
    argsFp: packed.af?.[i] ?? NO_ITEMS,
    resultFp: packed.rf?.[i] ?? NO_ITEMS,
  }
}

function at<T extends string | number | null>(column: Column<T> | undefined, i: number, fallback: T): T {
  if (column === undefined) return fallback
  return Array.isArray(column) ? (column[i] as T) : column
}
