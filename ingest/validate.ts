import { Ajv2020 } from 'ajv/dist/2020.js'
import { z } from 'zod'
import { type IngestBatch, ingestBatchSchema, LIMITS } from '#lib/contract/ingest.ts'
import type { FieldFault } from './errors.ts'

/*
 * The zod schema is the one source. What runs for each batch is a validator compiled from its JSON Schema
 * (about a fifth of the time); only a batch that it refuses is given to zod, whose verdict counts and whose
 * words the sender reads. See docs/adr/0006.
 */
const accepts = new Ajv2020({
  strict: false,
  strictNumbers: true,
  validateFormats: false,
  // Lengths in UTF-16 units, as zod counts them; ajv calls the option deprecated at every start.
  unicode: false,
  logger: false,
}).compile<IngestBatch>(z.toJSONSchema(ingestBatchSchema, { io: 'input' }))

export type Validated =
  | { readonly ok: true; readonly batch: IngestBatch }
  | { readonly ok: false; readonly fault: FieldFault }

/** Checks one batch of a request against the contract; a fault names the field and the cause. */
export function validateBatch(value: unknown): Validated {
  if (accepts(value)) return checkCalls(value)
  const parsed = ingestBatchSchema.safeParse(value)
  if (parsed.success) return checkCalls(parsed.data)
  return { ok: false, fault: toFault(parsed.error.issues[0]) }
}

/** The rules that no schema states: `call_id` and `attempt` together are unique, and dependencies are bounded. */
function checkCalls(batch: IngestBatch): Validated {
  const { calls } = batch
  const seen = new Set<string>()
  let dependencies = 0
  for (let i = 0; i < calls.length; i++) {
    const call = calls[i] as IngestBatch['calls'][number]
    const attempt = call.attempt ?? 1
    const key = attempt === 1 ? call.call_id : `${call.call_id}\n${attempt}`
    if (seen.has(key)) {
      const reason = `call_id \`${excerpt(call.call_id)}\` with attempt ${attempt} is there twice`
      return { ok: false, fault: { path: `calls[${i}].call_id`, reason } }
    }
    seen.add(key)
    dependencies += call.depends_on?.length ?? 0
  }
  if (dependencies > LIMITS.dependenciesPerBatch) {
    const reason = `the calls declare ${dependencies} dependencies, at most ${LIMITS.dependenciesPerBatch} are taken`
    return { ok: false, fault: { path: 'calls', reason } }
  }
  return { ok: true, batch }
}

/** A zod issue as a path in the notation of the answer and one sentence. */
export function toFault(issue: z.core.$ZodIssue | undefined): FieldFault {
  if (issue === undefined) return { path: '', reason: 'does not match the contract' }
  return { path: formatPath(issue.path), reason: describe(issue) }
}

function formatPath(path: readonly PropertyKey[]): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += text === '' ? excerpt(String(part)) : `.${excerpt(String(part))}`
  }
  return text
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union' && issue.path.at(-1) === 'outcome') {
    return 'must be one of ok, error, timeout, cancelled, never-ran, unknown'
  }
  return issue.message.slice(0, 300)
}

function excerpt(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`
}
