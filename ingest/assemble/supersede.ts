import type { AssembledBatch, Superseded } from './assembled.ts'

/**
 * Which ids of an earlier assembly are gone, each with the batch that now holds most of its spans; of equals the
 * one with the lower id.
 */
export function findSuperseded(
  before: readonly Pick<AssembledBatch, 'batchId' | 'spans'>[],
  after: readonly Pick<AssembledBatch, 'batchId' | 'spans'>[],
): Superseded[] {
  const still = new Set(after.map(({ batchId }) => batchId))
  const gone = before.filter(({ batchId }) => !still.has(batchId))
  if (gone.length === 0) return []
  const holders = new Map<string, string>()
  for (const { batchId, spans } of after) for (const span of spans) holders.set(span, batchId)
  return gone.map(({ batchId, spans }) => {
    const counts = new Map<string, number>()
    for (const span of spans) {
      const holder = holders.get(span)
      if (holder !== undefined) counts.set(holder, (counts.get(holder) ?? 0) + 1)
    }
    let supersededBy: string | null = null
    for (const [id, count] of counts) {
      const best = supersededBy === null ? 0 : (counts.get(supersededBy) ?? 0)
      if (supersededBy === null || count > best || (count === best && id < supersededBy)) supersededBy = id
    }
    return { batchId, supersededBy }
  })
}
