import { Ajv2020 } from 'ajv/dist/2020.js'
import { z } from 'zod'
import {
  ingestBatchSchema,
  ingestCallSchema,
  LIMITS,
  observedBatchSchema,
  observedCallSchema,
  type TakenBatch,
  type TakenCall,
} from '#lib/contract/ingest.ts'
import { excerpt, parseUntrusted } from './describe-issue.ts'
import type { FieldFault } from './errors.ts'

/*
 * The zod schema is the one source. What runs for each batch is a validator compiled from its JSON Schema
 * (about a fifth of the time); only a batch that it refuses is given to zod, whose verdict counts and whose
 * words the sender reads. See docs/adr/0006.
 */
const ajv = new Ajv2020({
  strict: false,
  strictNumbers: true,
  validateFormats: false,
  // Lengths in UTF-16 units: faster, and never too lenient, since zod counts the fewer code points. That the
  // option is deprecated need not be printed.
  unicode: false,
  logger: false,
})

/** What a kind of batch is held to. */
const SENT = {
  accepts: ajv.compile<TakenBatch>(z.toJSONSchema(ingestBatchSchema, { io: 'input' })),
  batch: ingestBatchSchema,
  fields: ingestBatchSchema.omit({ calls: true }),
  call: ingestCallSchema,
}
/** Of a batch that was assembled from spans, not every call that ran has times. */
const OBSERVED = {
  accepts: ajv.compile<TakenBatch>(z.toJSONSchema(observedBatchSchema, { io: 'input' })),
  batch: observedBatchSchema,
  fields: observedBatchSchema.omit({ calls: true }),
  call: observedCallSchema,
}
type Kind = typeof SENT | typeof OBSERVED

const callListSchema = z.array(z.unknown()).min(1).max(LIMITS.callsPerBatch)

export type Validated =
  | { readonly ok: true; readonly batch: TakenBatch }
  | { readonly ok: false; readonly fault: FieldFault }

/**
 * Checks one batch of a request against the contract; a fault names the field and the cause.
 * `mayHoldLoneSurrogates`: the request spells surrogates, so its texts are to be looked at one by one.
 */
export function validateBatch(value: unknown, mayHoldLoneSurrogates: boolean): Validated {
  const isObserved = (value as { source?: unknown } | null)?.source === 'otlp'
  const kind: Kind = isObserved ? OBSERVED : SENT
  const parsed: Validated = kind.accepts(value) ? { ok: true, batch: value } : parseBatch(value, kind)
  if (!parsed.ok) return parsed
  const { batch } = parsed
  const fault =
    checkCalls(batch) ??
    (isObserved ? checkTimes(batch) : null) ??
    (mayHoldLoneSurrogates ? findIllFormedText(batch, kind) : null)
  return fault === null ? parsed : { ok: false, fault }
}

/** The rules that no schema states: `call_id` and `attempt` together are unique, and dependencies are bounded. */
function checkCalls({ calls }: TakenBatch): FieldFault | null {
  const first = new Set<string>()
  const later = new Set<string>()
  let dependencies = 0
  for (let i = 0; i < calls.length; i++) {
    const { call_id: callId, attempt, depends_on } = calls[i] as TakenCall
    const isFirst = attempt == null || attempt === 1
    const seen = isFirst ? first : later
    const key = isFirst ? callId : `${attempt} ${callId}`
    if (seen.has(key)) {
      const reason = `call_id \`${excerpt(callId)}\` with attempt ${attempt ?? 1} is there twice`
      return { path: `calls[${i}].call_id`, reason }
    }
    seen.add(key)
    dependencies += depends_on?.length ?? 0
  }
  if (dependencies <= LIMITS.dependenciesPerBatch) return null
  const reason = `declare ${dependencies} dependencies, at most ${LIMITS.dependenciesPerBatch} are taken`
  return { path: 'calls', reason }
}

/** A call has both times or none. */
function checkTimes({ calls }: TakenBatch): FieldFault | null {
  const i = calls.findIndex((call) => (call.start_ms == null) !== (call.duration_ms == null))
  if (i === -1) return null
  const field = calls[i]?.start_ms == null ? 'start_ms' : 'duration_ms'
  return { path: `calls[${i}].${field}`, reason: 'is required, or both times are null' }
}

/**
 * zod's verdict, with the first fault. A part at a time, because zod gathers every issue of what it is given:
 * ten million wrong values would be gigabytes of them.
 */
function parseBatch(value: unknown, kind: Kind): Validated {
  const caps = (value as { tool_caps?: unknown } | null)?.tool_caps
  if (typeof caps === 'object' && caps !== null && Object.keys(caps).length > LIMITS.listItems)
    return refuse('tool_caps', `has more than ${LIMITS.listItems} tools`)
  const fields = parseUntrusted<Omit<TakenBatch, 'calls'>>(kind.fields, value)
  if (!fields.ok) return { ok: false, fault: fields.faults[0] }
  const list = parseUntrusted(callListSchema, (value as { calls?: unknown }).calls)
  if (!list.ok) return refuse('calls', list.faults[0].reason)
  const calls: TakenCall[] = []
  for (const [i, item] of list.value.entries()) {
    const call = parseUntrusted<TakenCall>(kind.call, item)
    if (!call.ok) {
      const { path, reason } = call.faults[0]
      return refuse(path === '' ? `calls[${i}]` : `calls[${i}].${path}`, reason)
    }
    calls.push(call.value)
  }
  return { ok: true, batch: { ...fields.value, calls } as TakenBatch }
}

function refuse(path: string, reason: string): Validated {
  return { ok: false, fault: { path, reason } }
}

/** Text with half of a surrogate pair has no bytes in UTF-8: two such ids would become one on their way to disk. */
function findIllFormedText(batch: TakenBatch, kind: Kind): FieldFault | null {
  const path = findPath(kind.batch.parse(batch), (text) => !text.isWellFormed())
  return path === null ? null : { path, reason: 'holds half of a surrogate pair, which is no text' }
}

/** The path of the first text, value or name, for which `test` holds. Fields that the contract has not are gone. */
function findPath(value: unknown, test: (text: string) => boolean): string | null {
  if (typeof value === 'string') return test(value) ? '' : null
  if (typeof value !== 'object' || value === null) return null
  for (const [key, item] of Object.entries(value)) {
    const here = Array.isArray(value) ? `[${key}]` : key
    if (test(key)) return excerpt(here)
    const below = findPath(item, test)
    if (below !== null) return below === '' || below.startsWith('[') ? `${here}${below}` : `${here}.${below}`
  }
  return null
}
