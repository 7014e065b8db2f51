import type { Batch, Call, Captured } from '#lib/model/batch.ts'
import { EFFECTS, type Flag, MODES, OUTCOMES } from '#lib/model/vocabulary.ts'

/*
 * The packed body of a batch row: JSON text, a column a field, each in the shortest form that says it all.
 * Native JSON makes it fast to write and read; anyone with the sqlite3 shell can read it. See docs/adr/0003.
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

/**
 * The values of one field, in the shortest of three forms: one value where all calls have the same, the
 * values that are not the default by their position where they are few, else a value a call.
 */
type Column<T> = { readonly all: T } | Readonly<Record<number, T>> | readonly T[]

interface PackedBody {
  t: ToolRef[]
  /** Call ids, after what they all begin with; one text when no id holds the separator. */
  id: string | string[]
  ip?: string
  /** Index into `t`; left out when every call has a tool of its own. */
  k?: number[]
  s: (number | null)[]
  d: (number | null)[]
  /** Left out when each call stands at its position. */
  q?: number[]
  o?: Column<number> | undefined
  a?: Column<number> | undefined
  e?: Column<string | null> | undefined
  f?: Column<number> | undefined
  m?: Column<number | null> | undefined
  g?: Column<string | null> | undefined
  ab?: Column<number | null> | undefined
  rb?: Column<number | null> | undefined
  r?: Column<readonly string[]> | undefined
  p?: Column<readonly string[]> | undefined
  af?: Column<readonly string[]> | undefined
  rf?: Column<readonly string[]> | undefined
  h?: Column<number | null> | undefined
  mk?: Column<readonly string[]> | undefined
  ca?: Column<string | null> | undefined
  cr?: Column<string | null> | undefined
  ce?: Column<string | null> | undefined
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

const ID_SEPARATOR = ' '
const UNKNOWN_EFFECT = EFFECTS.indexOf('unknown')
const EFFECT_CODE = new Map(EFFECTS.map((effect, code) => [effect, code]))
const OUTCOME_CODE = new Map(OUTCOMES.map((outcome, code) => [outcome, code]))
const MODE_CODE = new Map(MODES.map((mode, code) => [mode, code]))
const NO_ITEMS: readonly string[] = []

/** Packs a body. Equal content gives equal text, so that two bodies can be compared as bytes. */
export function encodeBody(content: BodyContent, toolRef: (tool: string) => ToolRef): Buffer {
  const { calls } = content
  const tools = new Map<string, number>()
  for (const { tool } of calls) if (!tools.has(tool)) tools.set(tool, tools.size)
  const packed: PackedBody = {
    t: Array.from(tools.keys(), toolRef),
    ...packIds(calls),
    s: calls.map((call) => call.startUs),
    d: calls.map((call) => call.durationUs),
  }
  if (tools.size < calls.length) packed.k = calls.map((call) => tools.get(call.tool) as number)
  if (calls.some((call, position) => call.seq !== position)) packed.q = calls.map((call) => call.seq)
  packColumns(packed, calls)
  packBatchFields(packed, content)
  return Buffer.from(JSON.stringify(packed))
}

/** Vendors' ids begin alike (`toolu_…`, `call_…`), and short ones are made of little else. */
function packIds(calls: readonly Call[]): Pick<PackedBody, 'id' | 'ip'> {
  let prefix = calls.length > 1 ? (calls[0] as Call).callId : ''
  for (const { callId } of calls) {
    let length = 0
    while (length < prefix.length && prefix.charCodeAt(length) === callId.charCodeAt(length)) length += 1
    prefix = prefix.slice(0, length)
  }
  const ids = calls.map(({ callId }) => callId.slice(prefix.length))
  const id = ids.some((rest) => rest.includes(ID_SEPARATOR)) ? ids : ids.join(ID_SEPARATOR)
  return prefix === '' ? { id } : { id, ip: prefix }
}

function packColumns(packed: PackedBody, calls: readonly Call[]): void {
  packed.o = toColumn(
    calls.map(({ outcome }) => OUTCOME_CODE.get(outcome) as number),
    0,
  )
  packed.a = toColumn(
    calls.map(({ attempt }) => attempt),
    1,
  )
  packed.e = toColumn(
    calls.map(({ errorCode }) => errorCode),
    null,
  )
  packed.f = toColumn(
    calls.map(({ effect }) => EFFECT_CODE.get(effect) as number),
    UNKNOWN_EFFECT,
  )
  packed.m = toColumn(
    calls.map(({ mode }) => (mode === null ? null : (MODE_CODE.get(mode) as number))),
    null,
  )
  packed.g = toColumn(
    calls.map(({ group }) => group),
    null,
  )
  packed.ab = toColumn(
    calls.map(({ argsBytes }) => argsBytes),
    null,
  )
  packed.rb = toColumn(
    calls.map(({ resultBytes }) => resultBytes),
    null,
  )
  packed.r = toListColumn(calls.map(({ resources }) => resources))
  packed.p = toListColumn(calls.map(({ dependsOn }) => dependsOn))
  packed.af = toListColumn(calls.map(({ argsFp }) => argsFp))
  packed.rf = toListColumn(calls.map(({ resultFp }) => resultFp))
  packed.mk = toListColumn(calls.map(({ marks }) => marks))
  packRare(packed, calls)
}

/** What few senders send is looked for before it is gathered. */
function packRare(packed: PackedBody, calls: readonly Call[]): void {
  if (calls.some(({ heldUs }) => heldUs !== null)) {
    packed.h = toColumn(
      calls.map(({ heldUs }) => heldUs),
      null,
    )
  }
  if (calls.every(({ captured }) => captured === null)) return
  const excerpts = (field: keyof Captured) =>
    toColumn(
      calls.map(({ captured }) => captured?.[field] ?? null),
      null,
    )
  packed.ca = excerpts('args')
  packed.cr = excerpts('result')
  packed.ce = excerpts('error')
}

/** The shortest form that says it all; none, which JSON leaves out, when everything is the default. */
function toColumn<T extends string | number | null>(values: T[], fallback: T): Column<T> | undefined {
  const [first] = values as [T]
  let told = 0
  let alike = true
  for (const value of values) {
    if (value !== fallback) told += 1
    if (value !== first) alike = false
  }
  if (told === 0) return undefined
  if (alike) return { all: first }
  if (told * 2 > values.length) return values
  return Object.fromEntries([...values.entries()].filter(([, value]) => value !== fallback))
}

/** The same for lists, whose default is the empty one. */
function toListColumn(values: (readonly string[])[]): Column<readonly string[]> | undefined {
  let told = 0
  for (const value of values) if (value.length > 0) told += 1
  if (told === 0) return undefined
  const [first] = values as [readonly string[]]
  if (values.every((value) => isSame(value, first))) return { all: first }
  if (told * 2 > values.length) return values
  return Object.fromEntries([...values.entries()].filter(([, value]) => value.length > 0))
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i])
}

function packBatchFields(packed: PackedBody, content: BodyContent): void {
  const fields: unknown[] = BATCH_FIELDS.map((field) => content[field])
  while (fields.length > 0 && fields[fields.length - 1] === null) fields.pop()
  if (fields.length > 0) packed.b = fields
  if (content.toolCaps !== null) packed.tc = [...content.toolCaps]
  if (content.flags.length > 0) packed.fl = content.flags
  if (content.names !== null) packed.n = content.names
}

/** The inverse of {@link encodeBody}. */
export function decodeBody(bytes: Uint8Array, toolName: (id: number) => string): BodyContent {
  const packed = JSON.parse(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(),
  ) as PackedBody
  const tools = packed.t.map((ref) => (typeof ref === 'number' ? toolName(ref) : ref))
  const ids = typeof packed.id === 'string' ? packed.id.split(ID_SEPARATOR) : packed.id
  const fields = Object.fromEntries(BATCH_FIELDS.map((field, i) => [field, packed.b?.[i] ?? null]))
  return {
    ...(fields as Pick<BodyContent, (typeof BATCH_FIELDS)[number]>),
    calls: ids.map((id, i) => unpackCall(packed, tools, id, i)),
    toolCaps: packed.tc ? new Map(packed.tc) : null,
    flags: packed.fl ?? [],
    names: packed.n ?? null,
  }
}

function unpackCall(packed: PackedBody, tools: readonly string[], id: string, i: number): Call {
  const mode = at(packed.m, i, null)
  return {
    callId: `${packed.ip ?? ''}${id}`,
    attempt: at(packed.a, i, 1),
    seq: packed.q?.[i] ?? i,
    tool: tools[packed.k?.[i] ?? i] as string,
    startUs: packed.s[i] ?? null,
    durationUs: packed.d[i] ?? null,
    outcome: OUTCOMES[at(packed.o, i, 0)] ?? 'unknown',
    errorCode: at(packed.e, i, null),
    effect: EFFECTS[at(packed.f, i, UNKNOWN_EFFECT)] ?? 'unknown',
    resources: at(packed.r, i, NO_ITEMS),
    dependsOn: at(packed.p, i, NO_ITEMS),
    group: at(packed.g, i, null),
    mode: mode === null ? null : (MODES[mode] ?? null),
    argsBytes: at(packed.ab, i, null),
    resultBytes: at(packed.rb, i, null),
    argsFp: at(packed.af, i, NO_ITEMS),
    resultFp: at(packed.rf, i, NO_ITEMS),
    heldUs: at(packed.h, i, null),
    marks: at(packed.mk, i, NO_ITEMS),
    captured: unpackCaptured(packed, i),
  }
}

/** Excerpts that are all null are none: that is how they are normalised. */
function unpackCaptured(packed: PackedBody, i: number): Captured | null {
  const captured = {
    args: at(packed.ca, i, null),
    result: at(packed.cr, i, null),
    error: at(packed.ce, i, null),
  }
  return captured.args === null && captured.result === null && captured.error === null ? null : captured
}

function at<T>(column: Column<T> | undefined, i: number, fallback: T): T {
  if (column === undefined) return fallback
  if (Array.isArray(column)) return column[i] as T
  if ('all' in column) return column.all
  // In a list of few, what is not told is the default; null is told as itself.
  return i in column ? ((column as Readonly<Record<number, T>>)[i] as T) : fallback
}
