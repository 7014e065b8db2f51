import type { Alert } from '#lib/contract/alerts.ts'
import { formatDuration } from '#lib/format/duration.ts'
import { formatIsoUtc } from '#lib/format/time.ts'
import type { ToolEffects } from './lever.ts'
import { describeVerdict } from './runbook.ts'
import { describeSuspect, formatEffectValue, formatInterval, formatOdds, formatSamples } from './words.ts'

/** An alert as a few plain lines for a chat or a ticket, times in UTC. */
export function formatHandover(alert: Alert, effects: ToolEffects, url: string): string {
  const { suspect, evidence } = alert
  const { effect, lost_ms_per_batch: perBatch, lost_ms_per_day: perDay } = evidence
  const lines = [
    alert.summary,
    `${alert.kind}, ${alert.agent === '*' ? 'all agents' : alert.agent}, ${alert.environment}; ${alert.status}`,
    `since ${formatIsoUtc(alert.onset_at)}, detected ${formatIsoUtc(alert.detected_at)}`,
    suspect === null
      ? 'suspect: none'
      : `suspect: ${describeSuspect(suspect, 80)}, odds ${formatOdds(suspect.odds)}`,
  ]
  if (effect !== null) {
    const interval = formatInterval(effect)
    lines.push(
      `${effect.measure}: ${formatEffectValue(effect, effect.before)} to ${formatEffectValue(effect, effect.after)}${interval === null ? '' : ` (${interval}, 95 %)`}; ${formatSamples(effect)}`,
    )
  }
  if (perBatch !== null || perDay !== null) {
    const costs = [
      ...(perBatch === null ? [] : [`${formatDuration(perBatch)} a batch`]),
      ...(perDay === null ? [] : [`${formatDuration(perDay)} a day`]),
    ]
    lines.push(`lost: ${costs.join(', ')} (estimate)`)
  }
  lines.push(describeVerdict(alert, effects), url)
  return lines.join('\n')
}
