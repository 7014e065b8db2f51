import { createHash } from 'node:crypto'
import type { BrokenAuditLine, ModeAuditLine } from '#lib/contract/mode.ts'

/*
 * The chain of the audit trail. Every line holds the hash of the one before, so that no line can be altered,
 * taken out or put in without breaking all that follow. Who can write the file can make a whole new chain or cut
 * the newest lines off: against that a hash noted elsewhere is looked for in the chain.
 */

/** The `previous_hash` of the first line. */
export const GENESIS_HASH = '0'.repeat(64)

/** What a whole trail came to. */
export interface ChainCheck {
  readonly lines: number
  /** Hash of the newest line as it stands there; null without lines. */
  readonly headHash: string | null
  readonly firstBroken: BrokenAuditLine | null
}

/** Follows a trail line by line, oldest first; what it has seen needs no room. */
export class ChainChecker {
  #lines = 0
  #previous: ModeAuditLine | null = null
  #firstBroken: BrokenAuditLine | null = null

  add(line: ModeAuditLine): void {
    this.#lines += 1
    if (this.#firstBroken === null) {
      const reason = findFault(line, this.#previous)
      if (reason !== null) this.#firstBroken = { line: this.#lines, revision: line.revision, reason }
    }
    this.#previous = line
  }

  finish(): ChainCheck {
    const { hash = null } = this.#previous ?? {}
    return { lines: this.#lines, headHash: hash, firstBroken: this.#firstBroken }
  }
}

/** SHA-256, in hex, over the JSON array of the fields of a line in a fixed order, the hash of the one before included. */
export function hashLine(line: Omit<ModeAuditLine, 'hash'>): string {
  const fields = [
    line.revision,
    line.at_us,
    line.set_by,
    line.action,
    line.reason,
    line.summary,
    line.before,
    line.after,
    line.previous_hash,
  ]
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex')
}

function findFault(line: ModeAuditLine, previous: ModeAuditLine | null): string | null {
  if (line.hash !== hashLine(line)) return 'its content is not what its hash was computed from'
  const expected = (previous?.revision ?? 0) + 1
  if (line.revision !== expected) return `revision ${expected} should stand here: a line is missing or moved`
  if (line.previous_hash !== (previous?.hash ?? GENESIS_HASH))
    return 'it does not hold the hash of the line before'
  if (!saySame(line.before, previous?.after ?? '[]'))
    return 'its rules before are not the rules after the line before'
  return null
}

/** Lists of rules as JSON text. Lines that were written before rules could be guarded leave the field out. */
function saySame(a: string, b: string): boolean {
  if (a === b) return true
  try {
    return withGuards(a) === withGuards(b)
  } catch {
    return false
  }
}

function withGuards(text: string): string {
  const rules = JSON.parse(text) as readonly { readonly guard?: unknown }[]
  return JSON.stringify(rules.map((rule) => ({ ...rule, guard: rule.guard ?? null })))
}
