/*
 * The words of alerts. Like the vocabulary's, the order of a list is part of the storage format:
 * append, never reorder.
 */

/** What was lost, or what must not run together. */
export const ALERT_KINDS = [
  /** Calls that could overlap ran one after another. */
  'serialized',
  /** A model that emitted several calls a turn now emits one. */
  'collapse',
  /** Calls overlap but wait for one another at a resource: a lock, a pool, a rate limit. */
  'convoy',
  /** A tool has become slow and holds its turns up. */
  'straggler',
  /** A tool fails or slows down while a certain sibling runs. */
  'coupling',
  /** Two overlapping calls touched one resource and one of them wrote, or the same write came twice. */
  'conflict',
  /** Consecutive single-call turns that could have been one batch. */
  'missed',
] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

/** `muted` while a parent alert that explains this one is open. */
export const ALERT_STATUSES = ['open', 'acknowledged', 'silenced', 'muted', 'resolved'] as const
export type AlertStatus = (typeof ALERT_STATUSES)[number]

/** What happens to an alert: the first three by evidence, the others by a person. */
export const ALERT_EVENTS = [
  'opened',
  'reopened',
  'recovered',
  'acknowledged',
  'silenced',
  'unsilenced',
  'resolved',
  'noted',
  'unacknowledged',
] as const
export type AlertEvent = (typeof ALERT_EVENTS)[number]

/** What an alert is about within its agent and environment; which fields there are depends on the kind. */
export interface AlertKey {
  readonly tool?: string
  readonly tools?: readonly string[]
  /** Distinct tool names, sorted, joined by `+`. */
  readonly signature?: string
  readonly sibling?: string
}

/** What may be to blame. */
export const SUSPECT_KINDS = [
  'version',
  'model',
  'mode',
  'tool',
  'sibling',
  'request',
  'resource',
  'time',
] as const
export type SuspectKind = (typeof SUSPECT_KINDS)[number]

/** A possible cause, and how much the evidence speaks for it. */
export interface Suspect {
  readonly kind: SuspectKind
  readonly value: string
  /** What was there before; null when nothing was, or it does not apply. */
  readonly before: string | null
  /** Natural logarithm of the odds of this cause against "at some other time, for some other reason". */
  readonly logOdds: number
  /** One plain clause: "every run on it was serial, 2 % before". */
  readonly because: string
}

/** The scope under which at most one alert is open: kind, agent (`*` = all), environment and key. */
export function alertIdentity(alert: {
  readonly kind: AlertKind
  readonly agent: string
  readonly environment: string
  readonly key: AlertKey
}): string {
  const { tool = '', tools = [], signature = '', sibling = '' } = alert.key
  return JSON.stringify([alert.kind, alert.agent, alert.environment, tool, tools, signature, sibling])
}
