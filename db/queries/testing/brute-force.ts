import type { MeasuredBatch } from '#db/batch-columns.ts'
import type { FilterQuery } from '#lib/contract/query.ts'

/** Whether a batch passes a filter, by a look at the batch itself. `range` is not looked at. */
export function matchesFilter({ batch, measures, signature }: MeasuredBatch, query: FilterQuery): boolean {
  const holds = (tool: string) => signature.some((part) => part.tool === tool)
  const among = <T>(values: readonly T[] | undefined, value: T | null) =>
    values === undefined || (value !== null && values.includes(value))
  const least = (bound: number | undefined, value: number | null) =>
    bound === undefined || (value !== null && value >= bound)
  const slowest = measures.slowest === null ? null : (batch.calls[measures.slowest]?.tool ?? null)
  return (
    least(query.from && Math.round(query.from * 1000), batch.startedAtUs) &&
    (query.to === undefined || batch.startedAtUs < Math.round(query.to * 1000)) &&
    among(query.agent, batch.agent) &&
    among(query.environment, batch.environment) &&
    among(query.version, batch.version) &&
    among(query.model, batch.model) &&
    among(query.mode, batch.mode) &&
    among(query.slowest_tool, slowest) &&
    (query.tool === undefined ||
      (query.tool_match === 'all' ? query.tool.every(holds) : query.tool.some(holds))) &&
    (query.outcome === undefined || batch.calls.some(({ outcome }) => query.outcome?.includes(outcome))) &&
    least(query.min_size, measures.size) &&
    least(query.min_wall_ms && query.min_wall_ms * 1000, measures.wallUs) &&
    least(query.min_serialization, measures.serialization) &&
    (!query.q || batch.batchId.startsWith(query.q) || batch.runId?.startsWith(query.q) === true)
  )
}
