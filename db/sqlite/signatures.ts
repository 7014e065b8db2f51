import type { SqliteDatabase } from './open.ts'

/** One tool of a signature and how many distinct calls it had. */
export interface SignaturePart {
  readonly toolId: number
  readonly count: number
}

/** Signatures repeat; past this many the oldest leave the cache and are looked up again. */
const CACHE_ENTRIES = 20_000

/** Interns multisets of tools. Same rules about transactions as the dimension writer. */
export interface SignatureWriter {
  intern(parts: readonly SignaturePart[]): number
  forget(): void
}

export function createSignatureWriter(db: SqliteDatabase): SignatureWriter {
  const find = db.prepare('select id from signatures where tools = ?').pluck()
  const insert = db.prepare('insert into signatures (tools) values (?) returning id').pluck()
  const link = db.prepare('insert or ignore into signature_tools (tool_id, signature_id) values (?, ?)')
  const cache = new Map<string, number>()

  function add(text: string, parts: readonly SignaturePart[]): number {
    const id = insert.get(text) as number
    for (const part of parts) link.run(part.toolId, id)
    return id
  }

  return {
    intern(parts) {
      const text = encodeSignature(parts)
      const cached = cache.get(text)
      if (cached !== undefined) return cached
      const id = (find.get(text) as number | undefined) ?? add(text, parts)
      if (cache.size >= CACHE_ENTRIES) cache.delete(cache.keys().next().value as string)
      cache.set(text, id)
      return id
    },
    forget: () => cache.clear(),
  }
}

/** `toolId*count` joined by commas; a count of 1 is left out. */
function encodeSignature(parts: readonly SignaturePart[]): string {
  return parts.map((part) => (part.count === 1 ? `${part.toolId}` : `${part.toolId}*${part.count}`)).join(',')
}
