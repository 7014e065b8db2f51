import type { Batch } from '../batch.ts'

/** Milliseconds to three digits or so, as people read them. */
const ms = (value: number) => (value >= 10 ? `${Math.round(value)} ms` : `${value.toFixed(1)} ms`)

/** One line about a batch whose last call has ended. Names come from strangers: kept short, on one line. */
export function summarise({ id, decision, entries }: Batch): string {
  let sum = 0
  let end = 0
  let first = Number.POSITIVE_INFINITY
  let slowest: (typeof entries)[number] | null = null
  const failures = new Map<string, number>()
  for (const entry of entries) {
    const { outcome, startMs, durationMs } = entry
    if (outcome !== null && outcome !== 'ok') failures.set(outcome, (failures.get(outcome) ?? 0) + 1)
    if (outcome === 'never-ran' || outcome === 'unknown') continue
    sum += durationMs
    first = Math.min(first, startMs)
    if (startMs + durationMs >= end) slowest = entry
    end = Math.max(end, startMs + durationMs)
  }
  const parts = [
    `parascope ${id} ${decision.mode}: ${entries.length} calls in ${ms(Math.max(0, end - first))}`,
  ]
  if (slowest !== null) {
    const tool = slowest.tool.slice(0, 60).replace(/\s+/g, ' ')
    parts[0] += ` (one after another ${ms(sum)}), last ${tool} ${ms(slowest.durationMs)}`
  }
  for (const [outcome, count] of failures) parts.push(`${count} ${outcome}`)
  return parts.join(', ')
}
