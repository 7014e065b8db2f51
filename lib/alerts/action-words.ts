import type { Alert, AlertAction, AlertDetail } from '#lib/contract/alerts.ts'
import { formatNoun } from '#lib/format/number.ts'
import type { AlertStatus } from '#lib/model/alert.ts'

/** What a person may do with an alert; a note can always be added. */
export type ActionName = AlertAction['action']

/** The actions that its status leaves, the likeliest first. */
export function listActions(status: AlertStatus): readonly ActionName[] {
  switch (status) {
    case 'open':
      return ['acknowledge', 'silence', 'resolve']
    case 'acknowledged':
      return ['silence', 'resolve', 'unacknowledge']
    case 'silenced':
      return ['unsilence', 'resolve']
    case 'muted':
      return ['resolve']
    case 'resolved':
      return ['reopen']
  }
}

export const ACTION_LABELS: Record<ActionName, string> = {
  acknowledge: 'Acknowledge',
  unacknowledge: 'Unacknowledge',
  silence: 'Silence until\u2026',
  unsilence: 'End the silence',
  resolve: 'Resolve',
  reopen: 'Reopen',
  note: 'Add a note',
}

/** What the press of the button does, on the button. */
export const CONFIRM_LABELS: Record<ActionName, string> = {
  acknowledge: 'Acknowledge',
  unacknowledge: 'Unacknowledge',
  silence: 'Silence',
  unsilence: 'End the silence',
  resolve: 'Resolve',
  reopen: 'Reopen',
  note: 'Add the note',
}

/** What an action touches, before it is done: a sentence a line. */
export function describeAction(action: ActionName, alert: AlertDetail, untilText: string): readonly string[] {
  const muted = alert.children.filter((child) => child.status === 'muted').length
  const children = formatNoun(muted, 'alert', 'alerts')
  switch (action) {
    case 'acknowledge':
      return [
        'It stays in the list, as one that somebody looks at.',
        'Detection goes on: it resolves itself when the evidence says so, and is open again if it comes back.',
      ]
    case 'unacknowledge':
      return ['It is open again: nobody looks at it, as far as the list says.']
    case 'silence':
      return [
        `It tells nobody ${untilText}; then it is open again, if it still holds.`,
        ...(muted > 0 ? [`${children} that it explains stay quiet with it.`] : []),
        'Detection goes on: what happens meanwhile stands in its history.',
      ]
    case 'unsilence':
      return ['It is open again at once, and channels are told of what changes from now on.']
    case 'resolve':
      return [
        'It leaves the list of current alerts now, before the evidence says that it is over.',
        ...(muted > 0 ? [`${children} that it explained stand in the list by themselves.`] : []),
        'Evidence that goes on speaking for it brings it back as open.',
      ]
    case 'reopen':
      return ['It stands in the list of current alerts again.']
    case 'note':
      return ['It stands in the history for everybody. A note cannot be taken back.']
  }
}

/** What was done, for the notice after it. */
export function describeDone(action: ActionName, untilText: string): string {
  switch (action) {
    case 'acknowledge':
      return 'Acknowledged'
    case 'unacknowledge':
      return 'Open again, nobody looks at it'
    case 'silence':
      return `Silenced ${untilText}`
    case 'unsilence':
      return 'The silence has ended'
    case 'resolve':
      return 'Resolved by hand'
    case 'reopen':
      return 'Open again'
    case 'note':
      return 'Note added'
  }
}

/** The action that leads back to how the alert stood before; null where there is none, as for a note. */
export function undoOf(action: ActionName, before: Alert, nowMs: number): AlertAction | null {
  switch (action) {
    case 'acknowledge':
      return { action: 'unacknowledge' }
    case 'unacknowledge':
      return { action: 'acknowledge' }
    case 'resolve':
      return { action: 'reopen' }
    case 'silence':
      return before.silenced_until === null || before.silenced_until <= nowMs
        ? { action: 'unsilence' }
        : { action: 'silence', until: before.silenced_until }
    case 'unsilence':
      return before.silenced_until === null || before.silenced_until <= nowMs
        ? null
        : { action: 'silence', until: before.silenced_until }
    case 'reopen':
      return { action: 'resolve' }
    case 'note':
      return null
  }
}
