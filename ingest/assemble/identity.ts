import { createHash } from 'node:crypto'
import { isUniqueId } from './same-call.ts'
import type { ToolRun } from './tool-runs.ts'
import type { Turn } from './turns.ts'

/** Bytes that end one field: no id can hold it, so no two lists of fields run together to the same text. */
const END = '\u0000'

/**
 * Id of what a turn emitted: what its spans declare, else by its call ids where these are minted, which every view
 * of the turn tells alike, else by the span that emitted it. Doesn't depend on the tools but for what they declare,
 * so that it stays while they come in.
 */
export function turnId({ model, slots, extras }: Turn): string {
  const runs = [...(slots?.flatMap((slot) => slot.runs) ?? []), ...extras]
  const declared = model.span.facts.declared?.batchId ?? declaredByAll(runs)
  if (declared !== null) return declared
  const ids = slots?.map(({ emitted }) => emitted.callId) ?? []
  if (ids.length > 0 && ids.every((id) => id !== null && isUniqueId(id))) {
    return hashToId(['calls', ...new Set(ids as string[])].sort())
  }
  return hashToId(['model', model.span.key])
}

/** The batch that every execution says it is of: the SDK has reported it too, and it must not be told twice. */
function declaredByAll(runs: readonly ToolRun[]): string | null {
  const [id, ...others] = new Set(runs.map(({ span }) => span.facts.declared?.batchId ?? null))
  return others.length === 0 ? (id ?? null) : null
}

/** Id of tools that nothing but their time holds together: what the first of them declares, else by it. */
export function clusterId(runs: readonly ToolRun[]): string {
  return runs[0]?.span.facts.declared?.batchId ?? hashToId(['tool', runs[0]?.span.key ?? ''])
}

/** A UUID of version 8 (the hash of anything): 16 bytes in the store, where other text takes its length. */
function hashToId(fields: readonly string[]): string {
  const bytes = createHash('sha256').update(fields.join(END)).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
