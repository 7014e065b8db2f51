import type { AlertAction } from '#lib/contract/alerts.ts'
import type { AlertEvent, AlertStatus } from '#lib/model/alert.ts'

/*
 * What an alert stands at: what evidence did, and on top of it what persons did. Times are integer
 * microseconds: of events for evidence, of the server's clock for persons. Where events arrive as they happen
 * the two are one clock; history that is imported lies in the past and never overrules a person.
 */

/** What evidence did to an alert. */
export interface EvidenceEvent {
  readonly event: 'opened' | 'reopened' | 'recovered'
  readonly atUs: number
}

/** What a person did. */
export interface PersonAction {
  readonly action: AlertAction['action']
  readonly atUs: number
  readonly by: string
  readonly note: string | null
  /** Of a silence: when it ends. */
  readonly untilUs: number | null
}

/** Everything that decides about the status of an alert. */
export interface AlertLife {
  /** When evidence last spoke for it. */
  readonly confirmedUs: number
  /** When evidence spoke against it; null while it holds. */
  readonly resolvedUs: number | null
  readonly events: readonly EvidenceEvent[]
  /** In the order in which they were done. */
  readonly actions: readonly PersonAction[]
}

export interface AlertStanding {
  readonly status: AlertStatus
  readonly resolvedUs: number | null
  /** By evidence an alert comes back by itself; by hand it can be reopened. */
  readonly resolvedBy: 'evidence' | 'hand' | null
  /** The end of a silence that has not ended; kept also while another status goes before. */
  readonly silencedUntilUs: number | null
  readonly acknowledged: boolean
  /** How often it came back. */
  readonly reopened: number
}

export interface HistoryEntry {
  readonly event: AlertEvent
  readonly atUs: number
  readonly by: string
  readonly note: string | null
  readonly untilUs: number | null
}

/**
 * Resolved goes before muted, muted before silenced, silenced before acknowledged. What a person resolved
 * stays resolved until evidence speaks for it again; an acknowledgement holds for one opening.
 */
export function computeStanding(life: AlertLife, isParentCurrent: boolean, nowUs: number): AlertStanding {
  const handUs = computeHandResolvedUs(life)
  const resolvedUs = life.resolvedUs === null ? handUs : Math.min(life.resolvedUs, handUs ?? life.resolvedUs)
  const silencedUntilUs = computeSilencedUntilUs(life.actions, nowUs)
  const acknowledged = isAcknowledged(life)
  return {
    status: chooseStatus({ resolvedUs, silencedUntilUs, acknowledged, isParentCurrent }),
    resolvedUs,
    resolvedBy: resolvedUs === null ? null : resolvedUs === handUs ? 'hand' : 'evidence',
    silencedUntilUs,
    acknowledged,
    reopened: listHistory(life).filter(({ event }) => event === 'reopened').length,
  }
}

/** What became of an alert, oldest first. */
export function listHistory(life: AlertLife): HistoryEntry[] {
  const byEvidence = life.events.map(({ event, atUs }) => told(event, atUs, EVIDENCE))
  const byPersons = life.actions.map(({ action, atUs, by, note, untilUs }) => ({
    event: EVENT_OF[action],
    atUs,
    by,
    note,
    untilUs,
  }))
  return [...byEvidence, ...overruled(life), ...byPersons].sort((a, b) => a.atUs - b.atUs)
}

const EVIDENCE = 'evidence'
const EVENT_OF = {
  acknowledge: 'acknowledged',
  unacknowledge: 'unacknowledged',
  silence: 'silenced',
  unsilence: 'unsilenced',
  resolve: 'resolved',
  reopen: 'reopened',
  note: 'noted',
} as const satisfies Record<AlertAction['action'], AlertEvent>

function told(event: AlertEvent, atUs: number, by: string): HistoryEntry {
  return { event, atUs, by, note: null, untilUs: null }
}

/** Evidence that went on speaking for what a person had resolved brought it back without an event of its own. */
function overruled(life: AlertLife): HistoryEntry[] {
  const last = lastResolve(life.actions)
  if (last === null || life.confirmedUs <= last.atUs) return []
  const isToldOf = life.events.some(({ event, atUs }) => event === 'reopened' && atUs > last.atUs)
  return isToldOf ? [] : [told('reopened', life.confirmedUs, EVIDENCE)]
}

function computeHandResolvedUs(life: AlertLife): number | null {
  const last = lastResolve(life.actions)
  return last === null || life.confirmedUs > last.atUs ? null : last.atUs
}

/** The last time a person resolved it, unless a person reopened it since. */
function lastResolve(actions: readonly PersonAction[]): PersonAction | null {
  const last = actions.findLast(({ action }) => action === 'resolve' || action === 'reopen')
  return last?.action === 'resolve' ? last : null
}

function computeSilencedUntilUs(actions: readonly PersonAction[], nowUs: number): number | null {
  const last = actions.findLast(({ action }) => action === 'silence' || action === 'unsilence')
  const untilUs = last?.action === 'silence' ? last.untilUs : null
  return untilUs !== null && untilUs > nowUs ? untilUs : null
}

/** Nobody can acknowledge what is resolved, so an acknowledgement after a resolution is of what came back. */
function isAcknowledged({ actions, events }: AlertLife): boolean {
  const last = actions.findLast(({ action }) => ACKNOWLEDGING.has(action))
  if (last?.action !== 'acknowledge') return false
  return events.every(({ event, atUs }) => event === 'recovered' || atUs <= last.atUs)
}

const ACKNOWLEDGING: ReadonlySet<AlertAction['action']> = new Set([
  'acknowledge',
  'unacknowledge',
  'resolve',
  'reopen',
])

function chooseStatus(standing: {
  readonly resolvedUs: number | null
  readonly silencedUntilUs: number | null
  readonly acknowledged: boolean
  readonly isParentCurrent: boolean
}): AlertStatus {
  if (standing.resolvedUs !== null) return 'resolved'
  if (standing.isParentCurrent) return 'muted'
  if (standing.silencedUntilUs !== null) return 'silenced'
  return standing.acknowledged ? 'acknowledged' : 'open'
}
