import type { Alert } from '#lib/contract/alerts.ts'
import type { ModeAuditEntry } from '#lib/contract/mode.ts'
import type { WireCall } from '#lib/contract/reads.ts'
import { formatDuration } from '#lib/format/duration.ts'
import { formatNoun } from '#lib/format/number.ts'
import { middleTruncate } from '#lib/format/text.ts'

/*
 * Questions that whoever is on call would ask first and that the data answers by itself. A question whose
 * data has not come yet has no answer: it is left out rather than guessed.
 */

/** A question of the runbook that is answered already. */
export interface Check {
  readonly question: string
  readonly answer: string
  /** Where the answer can be looked up. */
  readonly link: 'mode' | 'alerts' | null
}

const HOUR_MS = 3_600_000
/** Two alerts whose onsets lie this near may have one cause. */
const SAME_CAUSE_MS = HOUR_MS / 2
const NAMES_SHOWN = 3

/** Changes of the mode from an hour before the onset to the detection that touch the alert's scope. */
function findModeChanges(
  { onset_at, detected_at, environment, agent }: Alert,
  entries: readonly ModeAuditEntry[],
): readonly ModeAuditEntry[] {
  return entries.filter(
    (entry) =>
      entry.at >= onset_at - HOUR_MS &&
      entry.at <= detected_at &&
      [...entry.before, ...entry.after].some(
        (rule) =>
          (rule.environment === null || rule.environment === environment) &&
          (rule.agent === null || agent === '*' || rule.agent === agent),
      ),
  )
}

export function checkModeChange(
  alert: Alert,
  entries: readonly ModeAuditEntry[],
  describe: (entry: ModeAuditEntry) => string,
): Check {
  const changes = findModeChanges(alert, entries)
  const [first] = changes
  const where = middleTruncate(alert.environment, 32)
  if (first === undefined) {
    return {
      question: 'Was the switch flipped?',
      answer: `No. No rule for ${where} changed in the hour before, or since.`,
      link: 'mode',
    }
  }
  const more = changes.length > 1 ? ` and ${changes.length - 1} more` : ''
  return {
    question: 'Was the switch flipped?',
    answer: `Yes, revision ${first.revision} by ${middleTruncate(first.by, 24)}${more}: ${middleTruncate(describe(first), 120)}. Look there first.`,
    link: 'mode',
  }
}

/** Other agents of the same environment to which the same happened at the same time. */
function findFellows(alert: Alert, others: readonly Alert[]): readonly Alert[] {
  return others.filter(
    (other) =>
      other.id !== alert.id &&
      other.environment === alert.environment &&
      other.agent !== alert.agent &&
      Math.abs(other.onset_at - alert.onset_at) <= SAME_CAUSE_MS,
  )
}

export function checkBreadth(alert: Alert, others: readonly Alert[]): Check {
  const question = 'One agent or several?'
  const agents = [...new Set(findFellows(alert, others).map((other) => other.agent))]
  if (alert.agent === '*') {
    return { question, answer: 'Several: it is watched across all agents.', link: 'alerts' }
  }
  if (agents.length === 0) {
    return {
      question,
      answer: `Only ${middleTruncate(alert.agent, 40)}: no other agent has an alert that began within half an hour of it.`,
      link: 'alerts',
    }
  }
  const names = agents
    .slice(0, NAMES_SHOWN)
    .map((name) => (name === '*' ? 'all agents' : middleTruncate(name, 28)))
  const rest = agents.length > NAMES_SHOWN ? ` and ${agents.length - NAMES_SHOWN} more` : ''
  return {
    question,
    answer: `${formatNoun(agents.length, 'other', 'others')} within half an hour: ${names.join(', ')}${rest}. Suspect what they share before what is theirs.`,
    link: 'alerts',
  }
}

/** What was asked of the model before and after, as the batches of the pair say it. */
export interface AskedPair {
  readonly before: boolean | null
  readonly after: boolean | null
}

export function checkRequest({ before, after }: AskedPair): Check | null {
  const question = 'Was the model asked for parallel calls?'
  if (after === null) return null
  if (!after) {
    const was = before === true ? 'It was before, it is not now' : 'No'
    return { question, answer: `${was}: parallel_tool_calls is off in the request.`, link: null }
  }
  const was = before === false ? 'Now it is, before it was not' : 'Yes'
  return {
    question,
    answer: `${was}. The caller asks for them; look at model, prompt and runtime.`,
    link: null,
  }
}

/** How long nothing ran between the end of one call and the start of the next, ms, in order; overlapping calls have none. */
export function measureGaps(calls: readonly WireCall[]): readonly number[] {
  const timed = calls
    .flatMap(({ start_ms, duration_ms }) =>
      start_ms === null || duration_ms === null ? [] : [{ start: start_ms, end: start_ms + duration_ms }],
    )
    .sort((a, b) => a.start - b.start)
  const gaps: number[] = []
  let end = Number.NEGATIVE_INFINITY
  for (const call of timed) {
    if (call.start >= end && Number.isFinite(end)) gaps.push(call.start - end)
    end = Math.max(end, call.end)
  }
  return gaps
}

/** A loop that awaits starts the next call within this of the end of the one before. */
const AWAIT_GAP_MS = 20

/** What the gaps of a bad batch say about its cause; null when they say nothing. */
export function checkGaps(calls: readonly WireCall[]): Check | null {
  const gaps = [...measureGaps(calls)].sort((a, b) => a - b)
  const [least] = gaps
  const most = gaps.at(-1)
  if (least === undefined || most === undefined) return null
  const question = 'What do the gaps between calls say?'
  const span =
    gaps.length === 1 ? formatDuration(least) : `${formatDuration(least)} to ${formatDuration(most)}`
  return most <= AWAIT_GAP_MS
    ? {
        question,
        answer: `${span} from one end to the next start: an await in a loop, not a queue.`,
        link: null,
      }
    : {
        question,
        answer: `${span} from one end to the next start: too long for a loop alone; something between them works or waits.`,
        link: null,
      }
}
