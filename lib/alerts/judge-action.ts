import type { AlertAction } from '#lib/contract/alerts.ts'
import type { AlertStanding } from './status.ts'

/** What becomes of an action: it is written, it changes nothing, or it cannot be done. */
export type ActionVerdict =
  | { readonly verdict: 'write' }
  | { readonly verdict: 'nothing' }
  | { readonly verdict: 'refuse'; readonly status: 400 | 409; readonly path: string; readonly reason: string }

const WRITE: ActionVerdict = { verdict: 'write' }
const NOTHING: ActionVerdict = { verdict: 'nothing' }

/** Whether an alert can take an action. The same again changes nothing, unless it brings a note. */
export function judgeAction(standing: AlertStanding, action: AlertAction, nowMs: number): ActionVerdict {
  const isResolved = standing.resolvedUs !== null
  const unlessNoted = action.note == null ? NOTHING : WRITE
  switch (action.action) {
    case 'acknowledge':
      if (isResolved) return refuseResolved
      return standing.acknowledged ? unlessNoted : WRITE
    case 'unacknowledge':
      return standing.acknowledged && !isResolved ? WRITE : NOTHING
    case 'silence':
      if (isResolved) return refuseResolved
      if (action.until <= nowMs) return refuse(400, 'until', 'is in the past')
      return standing.silencedUntilUs === Math.round(action.until * 1000) ? unlessNoted : WRITE
    case 'unsilence':
      return standing.silencedUntilUs === null ? NOTHING : WRITE
    case 'resolve':
      return isResolved ? unlessResolvedNote(action) : WRITE
    case 'reopen':
      if (!isResolved) return NOTHING
      if (standing.resolvedBy === 'hand') return WRITE
      return refuse(
        409,
        'action',
        'cannot reopen what evidence has resolved: it comes back with the evidence',
      )
    case 'note':
      return WRITE
  }
}

const refuseResolved = refuse(409, 'action', 'cannot be done to an alert that is resolved')

/** A second resolution would move the time of the first. */
function unlessResolvedNote(action: AlertAction): ActionVerdict {
  if (action.note == null) return NOTHING
  return refuse(409, 'action', 'cannot be done to an alert that is resolved: add the note by itself')
}

function refuse(status: 400 | 409, path: string, reason: string): ActionVerdict {
  return { verdict: 'refuse', status, path, reason }
}
