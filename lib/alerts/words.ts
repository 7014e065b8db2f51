import type { Alert, AlertHistoryEntry, EffectSize, SuspectAnswer } from '#lib/contract/alerts.ts'
import {
  type FormattedPart,
  formatDuration,
  formatDurationParts,
  formatThreeDigits,
  MINUS,
} from '#lib/format/duration.ts'
import { formatCount, formatPercentPart, formatShortCount } from '#lib/format/number.ts'
import { middleTruncate } from '#lib/format/text.ts'
import type { AlertEvent, AlertKey, AlertKind, AlertStatus, SuspectKind } from '#lib/model/alert.ts'
import { listKeyTools } from './key-tools.ts'
import { MAX_ODDS } from './odds.ts'

/** What a kind of alert says, in a clause that follows its name. */
export const KIND_WORDS: Record<AlertKind, string> = {
  serialized: 'calls that could overlap run one after another',
  collapse: 'the model emits one call a turn where it emitted several',
  convoy: 'calls overlap but wait for one another',
  straggler: 'one tool has become slow and holds its turns up',
  coupling: 'a tool fails or slows down while a sibling runs',
  conflict: 'two calls touched one resource and one of them wrote',
  missed: 'consecutive turns that could have been one batch',
}

const STATUS_WORDS: Record<AlertStatus, string> = {
  open: 'open',
  acknowledged: 'acknowledged',
  silenced: 'silenced',
  muted: 'muted',
  resolved: 'resolved',
}

export function statusWord(status: AlertStatus): string {
  return STATUS_WORDS[status]
}

const SUSPECT_WORDS: Record<SuspectKind, string> = {
  version: 'version',
  model: 'model',
  mode: 'mode change',
  tool: 'tool',
  sibling: 'sibling',
  request: 'request',
  resource: 'shared resource',
  time: 'no change seen',
}

export function suspectWord(kind: SuspectKind): string {
  return SUSPECT_WORDS[kind]
}

/** A suspect as a short clause: `version 4.12.0`; one without a cause of ours says only so. */
export function describeSuspect(suspect: SuspectAnswer, maxChars = 40): string {
  const word = suspectWord(suspect.kind)
  return suspect.kind === 'time' ? word : `${word} ${middleTruncate(suspect.value, maxChars)}`
}

/** `1,900 to 1`, `1 to 3`, `over 1 M to 1`: odds for it against a change at some other time. */
export function formatOdds(odds: number): string {
  if (!(odds >= 0)) return 'odds unknown'
  if (odds >= MAX_ODDS) return 'over 1 M to 1'
  if (odds >= 1) return `${formatShortCount(roundOdds(odds))} to 1`
  return odds < 1 / MAX_ODDS ? 'under 1 to 1 M' : `1 to ${formatShortCount(roundOdds(1 / odds))}`
}

/** Two significant digits: a third would claim what no such estimate holds. */
function roundOdds(odds: number): number {
  return odds < 10 ? Math.round(odds) : Number(odds.toPrecision(2))
}

/** A value of the measure that an alert is about, split so that the unit can be set quietly. */
export function effectParts({ unit }: Pick<EffectSize, 'unit'>, value: number): readonly FormattedPart[] {
  if (unit === 'ms') return formatDurationParts(value)
  if (unit === 'ratio') return [formatPercentPart(value)]
  return [{ value: formatThreeDigits(value), unit: '' }]
}

export function formatEffectValue(effect: Pick<EffectSize, 'unit'>, value: number | null): string {
  if (value === null) return 'unknown'
  return effectParts(effect, value)
    .map((part) => `${part.value} ${part.unit}`.trim())
    .join(' ')
}

/** The change with its interval: `+91 to +96 pp`; null when there is no interval. */
export function formatInterval({ unit, change_low: low, change_high: high }: EffectSize): string | null {
  if (low === null || high === null) return null
  if (unit === 'ms') return formatDurationInterval(low, high)
  if (unit === 'ratio') return `${signed(low, points)} to ${signed(high, points)} pp`
  return `${signed(low, formatThreeDigits)} to ${signed(high, formatThreeDigits)}`
}

/** The unit is said once where both ends have it. */
function formatDurationInterval(low: number, high: number): string {
  const [from, ...rest] = formatDurationParts(Math.abs(low))
  const [to, ...others] = formatDurationParts(Math.abs(high))
  const isShared = from?.unit === to?.unit && rest.length + others.length === 0
  const start = isShared ? signed(low, () => from?.value ?? '') : signed(low, formatDuration)
  return `${start} to ${signed(high, formatDuration)}`
}

function points(share: number): string {
  const value = share * 100
  return String(value >= 10 ? Math.round(value) : Number(value.toPrecision(2)))
}

function signed(value: number, format: (size: number) => string): string {
  const size = format(Math.abs(value))
  return value < 0 ? `${MINUS}${size}` : `+${size}`
}

/** How much was measured: `118 against 2,204`. */
export function formatSamples({ n_before: before, n_after: after }: EffectSize): string {
  if (after === 0) return `none after, ${formatCount(before)} before`
  return before === 0
    ? `${formatCount(after)} after, none before`
    : `${formatCount(after)} against ${formatCount(before)}`
}

/** What the alert is about within its agent: a tool, a pair, a signature; null when it is the agent itself. */
export function describeKey({ key }: Pick<Alert, 'key'>): string | null {
  const tools = key.tools ?? (key.tool === undefined ? [] : [key.tool])
  if (key.sibling !== undefined && tools.length > 0) return `${tools.join(' + ')} beside ${key.sibling}`
  if (tools.length > 0) return tools.join(' + ')
  return key.signature ?? null
}

/** The agent as a sentence names it. */
export function describeAgent({ agent }: Pick<Alert, 'agent'>): string {
  return agent === '*' ? 'every agent' : agent
}

/** Every tool that the key names, each once. */
export function toolsOf({ key }: Pick<Alert, 'key'>): readonly string[] {
  // What was parsed from JSON has no field that is there and undefined.
  return listKeyTools(key as AlertKey)
}

const EVENT_WORDS: Record<AlertEvent, string> = {
  opened: 'detected',
  reopened: 'came back',
  recovered: 'resolved by evidence',
  acknowledged: 'acknowledged',
  silenced: 'silenced',
  unsilenced: 'silence ended',
  resolved: 'resolved by hand',
  noted: 'note',
  unacknowledged: 'acknowledgement taken back',
}

/** A line of the history in words; `moment` writes the end of a silence. */
export function describeEvent(entry: AlertHistoryEntry, moment: (epochMs: number) => string): string {
  const by = entry.by === 'evidence' || entry.event === 'opened' ? '' : ` by ${middleTruncate(entry.by, 32)}`
  if (entry.event === 'reopened' && entry.by !== 'evidence') return `opened again${by}`
  const until = entry.until === null ? '' : ` until ${moment(entry.until)}`
  return `${EVENT_WORDS[entry.event]}${until}${by}`
}
