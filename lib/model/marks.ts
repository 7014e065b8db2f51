/**
 * Marks of a call: `kind`, or `kind:call_id` where it speaks of a sibling. Senders may use further kinds;
 * they are kept, and shown as they are.
 *
 * - `rate-limited`: it waited for a rate limit; `held_ms` says how long.
 * - `truncated`: the result was cut before the model saw it; `result_bytes` is its whole size.
 * - `idempotency-key`: the tool was given a key that stays the same over all attempts.
 * - `soft:call_id`: it uses that sibling's result when it is there, and a default when it is not.
 * - `looks-dependent:call_id`: an argument was left empty that the sibling's result would have filled.
 */
export const MARK_KINDS = ['rate-limited', 'truncated', 'idempotency-key', 'soft', 'looks-dependent'] as const
export type MarkKind = (typeof MARK_KINDS)[number]

/** The ids of the siblings that marks of this kind name, in the order given. */
export function siblingsMarked(marks: readonly string[], kind: MarkKind): string[] {
  const prefix = `${kind}:`
  return marks.filter((mark) => mark.startsWith(prefix)).map((mark) => mark.slice(prefix.length))
}
