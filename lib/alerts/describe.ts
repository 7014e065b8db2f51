import type { EffectSize, SuspectAnswer } from '#lib/contract/alerts.ts'
import { formatDuration, formatThreeDigits } from '#lib/format/duration.ts'
import { formatCount, formatPercent } from '#lib/format/number.ts'
import type { AlertKey, AlertKind } from '#lib/model/alert.ts'
import { findChange } from './find-change.ts'
import { joinNames } from './key-tools.ts'
import { MAX_ODDS } from './odds.ts'

/** What a sentence about an alert is made of. */
export interface DescribedAlert {
  readonly kind: AlertKind
  /** `*` = across agents. */
  readonly agent: string
  readonly key: AlertKey
  readonly firstBadVersion: string | null
  /** Best first. */
  readonly suspects: readonly SuspectAnswer[]
  readonly hypothesis: string | null
  readonly effect: EffectSize | null
  readonly lostMsPerBatch: number | null
}

/**
 * An alert as one sentence for somebody who has just been woken: what, where, since which change, at which
 * cost. "support runs its calls one after another since support@1.7 (odds 4,000 to 1); 2.1 s lost a batch".
 */
export function describeAlert(alert: DescribedAlert): string {
  const cost = describeCost(alert)
  const change = [describeWhat(alert), describeSince(alert)].filter((part) => part !== '').join(' ')
  return cost === '' ? change : `${change}; ${cost}`
}

function describeWhat({ kind, agent, key, hypothesis, effect }: DescribedAlert): string {
  const who = agent === '*' ? 'every agent' : agent
  const tools = listNames(key)
  switch (kind) {
    case 'serialized':
      return `${who} runs ${tools === '' ? 'its calls' : tools} one after another`
    case 'collapse':
      return `${who} emits ${effect === null ? 'fewer calls a turn' : beside(effect, ' calls a turn')}${among(tools)}`
    case 'convoy':
      return `calls${tools === '' ? '' : ` of ${tools}`} queue up in ${who}${inWords(hypothesis)}`
    case 'straggler':
      return `${tools} of ${who} ${describeSlowness(effect)}`
    case 'coupling':
      return `${key.tool ?? tools} of ${who} ${describeSuffering(effect)} while ${key.sibling ?? 'a sibling'} runs`
    case 'conflict':
      return hypothesis === null ? describeConflict(who, key, tools) : `${who} sends ${hypothesis}`
    case 'missed':
      return `${who} calls ${tools} in turns of their own that could be one batch`
  }
}

function describeConflict(who: string, key: AlertKey, tools: string): string {
  const isAlone = key.sibling === undefined && (key.tools?.length ?? 1) < 2
  if (isAlone) return `${who} runs ${tools} at the same time as another call on the same resource`
  return `${who} runs ${tools} on the same resource at the same time, and one of them writes`
}

function describeSlowness(effect: EffectSize | null): string {
  if (effect === null) return 'has become slow'
  return effect.unit === 'ms' ? `takes ${beside(effect)}` : `is slow in ${beside(effect, ' of its batches')}`
}

function describeSuffering(effect: EffectSize | null): string {
  if (effect === null) return 'suffers'
  return effect.unit === 'ms' ? `takes ${beside(effect)}` : `fails in ${beside(effect, ' of its calls')}`
}

/** `41 % of its calls (2 % before)`; the value alone where nothing is known of before. */
function beside({ unit, before, after }: EffectSize, of = ''): string {
  const value = after === null ? 'other than before' : formatValue(unit, after) + of
  return before === null ? value : `${value} (${formatValue(unit, before)} before)`
}

function formatValue(unit: EffectSize['unit'], value: number): string {
  if (unit === 'ms') return formatDuration(value)
  return unit === 'ratio' ? formatPercent(value) : formatThreeDigits(value)
}

const MAX_NAMED = 3

/** `a and b`, `a, b and c`, `a, b and 5 more tools`. */
function listNames({ tool, sibling, tools, signature }: AlertKey): string {
  const names = [...(tools ?? signature?.split('+') ?? [])]
  if (names.length === 0 && tool !== undefined) names.push(tool)
  if (sibling !== undefined && !names.includes(sibling)) names.push(sibling)
  const shown = names.length > MAX_NAMED ? names.slice(0, MAX_NAMED - 1) : names
  const rest = names.length - shown.length
  return joinNames(rest > 0 ? [...shown, `${rest} more tools`] : shown)
}

function among(tools: string): string {
  return tools === '' ? '' : ` with ${tools}`
}

function inWords(hypothesis: string | null): string {
  return hypothesis === null ? '' : `, ${hypothesis}`
}

function describeSince({ agent, suspects, firstBadVersion }: DescribedAlert): string {
  const suspect = findChange(suspects)
  // Some senders put the agent into the version.
  const isWhole = (version: string) => agent === '*' || version.startsWith(`${agent}@`)
  const versioned = (version: string) => (isWhole(version) ? version : `${agent}@${version}`)
  if (suspect === null || !(suspect.kind in SINCE))
    return firstBadVersion === null ? '' : `since ${versioned(firstBadVersion)}`
  const value = suspect.kind === 'version' ? versioned(suspect.value) : suspect.value
  return `since ${SINCE[suspect.kind as keyof typeof SINCE]}${value}${describeOdds(suspect.odds)}`
}

/** Suspects that are a change in time, and how each is introduced. */
const SINCE = { version: '', model: 'the model ', mode: 'the mode ', request: 'the request ' } as const

/** Two digits tell as much as is known. */
function describeOdds(odds: number): string {
  if (odds < 2) return ''
  const rounded = Number(odds.toPrecision(2))
  return odds >= MAX_ODDS
    ? ` (odds over ${formatCount(MAX_ODDS)} to 1)`
    : ` (odds ${formatCount(rounded)} to 1)`
}

function describeCost({ lostMsPerBatch }: DescribedAlert): string {
  return lostMsPerBatch === null || lostMsPerBatch < 1 ? '' : `${formatDuration(lostMsPerBatch)} lost a batch`
}
