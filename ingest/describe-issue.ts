import type { z } from 'zod'
import type { FieldFault } from './errors.ts'

/** Enough to see what is wrong, however much of it there is. */
const MAX_FAULTS = 20
const EXCERPT_CHARS = 80

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly [FieldFault, ...FieldFault[]] }

/** Checks an untrusted value; the faults name the field and say the cause in words for the sender. */
export function parseUntrusted<T>(schema: z.ZodType<T>, value: unknown): Parsed<T> {
  const parsed = schema.safeParse(value, { reportInput: true })
  if (parsed.success) return { ok: true, value: parsed.data }
  const [first, ...rest] = parsed.error.issues.slice(0, MAX_FAULTS).map(toFault)
  return { ok: false, faults: [first ?? { path: '', reason: 'does not match the contract' }, ...rest] }
}

function toFault(issue: z.core.$ZodIssue): FieldFault {
  return { path: formatPath(issue.path), reason: describeIssue(issue) }
}

/** A path in the notation of the answers: `calls[3].duration_ms`. */
function formatPath(path: readonly PropertyKey[]): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += text === '' ? excerpt(String(part)) : `.${excerpt(String(part))}`
  }
  return text
}

/** A text of a sender, cut so that it does not fill the answer. */
export function excerpt(text: string): string {
  const short = text.length <= EXCERPT_CHARS ? text : `${text.slice(0, EXCERPT_CHARS - 1)}…`
  return short.toWellFormed()
}

/** The kinds of values by their names in the schemas. */
const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null or left out',
}

/** Fields whose bound is reached by the same mistake again and again. */
const HINTS: Readonly<Record<string, { readonly below?: string; readonly above?: string }>> = {
  duration_ms: { below: 'must not be negative: a call cannot end before it starts' },
  started_at: {
    below: 'must be milliseconds since 1970; this looks like seconds',
    above: 'must be milliseconds since 1970; this looks like micro- or nanoseconds',
  },
  expires_at: { above: 'must be milliseconds since 1970, before the year 2100' },
}

function describeIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return describeType(issue.expected, issue.input, issue.path.at(-1))
    case 'invalid_value':
      return describeChoice(issue.values, issue.input)
    case 'invalid_union':
      return describeUnion(issue)
    case 'too_small':
      return describeBound(issue, 'below', Number(issue.minimum))
    case 'too_big':
      return describeBound(issue, 'above', Number(issue.maximum))
    case 'invalid_key':
      return issue.issues[0] ? `has a name that ${describeIssue(issue.issues[0])}` : issue.message
    default:
      return issue.message.slice(0, 300)
  }
}

function describeType(expected: string, input: unknown, field: PropertyKey | undefined): string {
  if (input === undefined) return 'is required'
  if (typeof input === 'number' && !Number.isFinite(input)) return 'is too large for a number'
  if (expected === 'null' && (field === 'start_ms' || field === 'duration_ms'))
    return 'must be null or left out: a call with this outcome has no times'
  const found = expected === 'int' && typeof input === 'number' ? String(input) : kindOf(input)
  return `must be ${KINDS[expected] ?? expected}, not ${found}`
}

function kindOf(input: unknown): string {
  if (input === null) return 'null'
  if (typeof input === 'boolean') return String(input)
  return KINDS[Array.isArray(input) ? 'array' : typeof input] ?? typeof input
}

function describeChoice(values: readonly unknown[], input: unknown): string {
  const choice = `one of ${values.join(', ')}`
  if (input === undefined) return `is required: ${choice}`
  return `must be ${choice}, not ${typeof input === 'string' ? `\`${excerpt(input)}\`` : kindOf(input)}`
}

/** The schemas have one kind of union, told apart by a field of its members. */
function describeUnion(issue: z.core.$ZodIssueInvalidUnion): string {
  if (issue.discriminator === undefined) return issue.message.slice(0, 300)
  const input = (issue.input as Record<string, unknown> | undefined)?.[issue.discriminator]
  return describeChoice('options' in issue ? (issue.options as unknown[]) : [], input)
}

function describeBound(
  issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig,
  side: 'below' | 'above',
  bound: number,
): string {
  const { input } = issue
  const hint = HINTS[String(issue.path.at(-1))]?.[side]
  if (hint !== undefined && typeof input === 'number') return hint
  if (typeof input === 'string') {
    if (side === 'below') return bound === 1 ? 'must not be empty' : `must have at least ${bound} characters`
    return `has ${countCharacters(input)} characters, more than ${bound}`
  }
  if (Array.isArray(input)) {
    return side === 'below' ? 'must not be empty' : `has ${input.length} items, more than ${bound}`
  }
  return side === 'below' ? `must be at least ${bound}` : `must be at most ${bound}`
}

/** Code points, which is how the schemas count. */
function countCharacters(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}
