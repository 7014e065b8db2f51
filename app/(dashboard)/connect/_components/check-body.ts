import type { z } from 'zod'
import { ingestBatchSchema, ingestEnvelopeSchema, observedBatchSchema } from '#lib/contract/ingest.ts'

/** One thing that the server would say against a body. */
export interface BodyFault {
  /** Position in `batches`; null for the whole body. */
  readonly index: number | null
  readonly path: string
  readonly reason: string
}

export interface BodyVerdict {
  readonly batches: number
  readonly faults: readonly BodyFault[]
}

/** Faults shown of one batch: more would only repeat the first. */
const FAULTS_PER_BATCH = 5

/** What the ingest contract says of a body, by the schema that the server answers with. Null for no text. */
export function checkBody(text: string): BodyVerdict | null {
  if (text.trim() === '') return null
  const value = parseJson(text)
  if (value instanceof SyntaxError) return wholeBody('', `is not JSON: ${value.message}`)
  const envelope = ingestEnvelopeSchema.safeParse(value)
  if (!envelope.success) {
    const issue = envelope.error.issues[0]
    return wholeBody(issue ? formatPath(issue.path) : '', issue?.message ?? 'does not match the contract')
  }
  const { batches } = envelope.data
  return {
    batches: batches.length,
    faults: batches.flatMap((batch, index) => checkBatch(batch, index)),
  }
}

function wholeBody(path: string, reason: string): BodyVerdict {
  return { batches: 0, faults: [{ index: null, path, reason }] }
}

function checkBatch(value: unknown, index: number): BodyFault[] {
  const isObserved = (value as { source?: unknown } | null)?.source === 'otlp'
  const parsed = (isObserved ? observedBatchSchema : ingestBatchSchema).safeParse(value)
  if (!parsed.success) {
    return parsed.error.issues
      .slice(0, FAULTS_PER_BATCH)
      .map((issue) => ({ index, path: formatPath(issue.path), reason: describe(issue) }))
  }
  const seen = new Set<string>()
  return parsed.data.calls.flatMap((call, position) => {
    const key = `${call.call_id}\n${call.attempt ?? 1}`
    if (!seen.has(key)) {
      seen.add(key)
      return []
    }
    const reason = `the id \`${call.call_id}\` with attempt ${call.attempt ?? 1} is there twice`
    return [{ index, path: `calls[${position}].call_id`, reason }]
  })
}

function describe(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_union' && issue.path.at(-1) === 'outcome'
    ? 'must be one of ok, error, timeout, cancelled, never-ran, unknown'
    : issue.message
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? String(part) : `${text}.${String(part)}`
  }, '')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    return error instanceof SyntaxError ? error : new SyntaxError(String(error))
  }
}
