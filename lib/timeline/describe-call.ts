import { formatDuration } from '#lib/format/duration.ts'
import { middleTruncate } from '#lib/format/text.ts'
import type { Waiting } from '#lib/intervals/waiting.ts'
import type { Outcome } from '#lib/model/vocabulary.ts'
import type { CallRow, Timeline } from './model.ts'
import { durationUs } from './order-rows.ts'

const NAME_CHARS = 40
/** Waiting is worth the first sentence when it is this share of the batch. */
const WAITING_SHARE = 0.1

/** What the SDK's own codes mean. */
const NEVER_RAN: ReadonlyMap<string, string> = new Map([
  ['circuit-open', 'its tool had failed too often, and its circuit was open'],
  ['sibling-failed', 'a sibling that the others need had failed'],
])

const ENDED: Record<Outcome, string> = {
  ok: 'ended',
  error: 'failed',
  timeout: 'timed out',
  cancelled: 'was cancelled',
  'never-ran': 'never ran itself',
  unknown: 'may not have run',
}

/** What a person wants to know first of one call, in a sentence made of what is on record. */
export function describeCall(row: CallRow, timeline: Timeline): string {
  if (row.startUs === null || row.endUs === null) return describeUntimed(row, timeline)
  const took = formatDuration((durationUs(row) ?? 0) / 1000)
  const tries = row.attempts > 1 ? ` after ${row.attempts} attempts` : ''
  if (row.slowest) return describeSlowest(row, timeline)
  switch (row.outcome) {
    case 'error':
      return `Failed${row.errorCode === null ? '' : ` with ${middleTruncate(row.errorCode, 60)}`}${tries}, ${took} after it had begun.`
    case 'timeout':
      return `Ran out of time${tries}, ${took} after it had begun.`
    case 'cancelled':
      return `Cancelled${row.group === null ? '' : `, as a member of group ${middleTruncate(row.group, NAME_CHARS)},`} ${took} after it had begun.`
    default:
      return describeFinished(row, timeline)
  }
}

function describeSlowest(row: CallRow, { alone }: Timeline): string {
  const heldUs = alone?.key === row.key ? alone.toUs - alone.fromUs : 0
  if (heldUs === 0) return 'Ended last, at the same moment as another call.'
  return `Held the turn ${formatDuration(heldUs / 1000)} alone, after every other call had ended.`
}

function describeFinished(row: CallRow, { endUs, rows, extent }: Timeline): string {
  const waiting = row.waiting
  const waitedUs = waiting ? waiting.queuedUs + waiting.dispatchDelayUs : 0
  if (waiting && waitedUs > 0 && waitedUs >= (extent.toUs - extent.fromUs) * WAITING_SHARE) {
    return `Waited ${formatDuration(waitedUs / 1000)} before it began: ${waitingParts(waiting)}.`
  }
  if (rows.length === 1) return 'The only call of its batch.'
  const beforeUs = (endUs ?? 0) - (row.endUs ?? 0)
  return beforeUs > 0
    ? `Ended ${formatDuration(beforeUs / 1000)} before the batch did.`
    : 'Ended with the batch.'
}

/** What the time before the first start went to, in words. */
export function waitingParts({ queuedUs, dispatchDelayUs }: Waiting): string {
  const queued = `${formatDuration(queuedUs / 1000)} by intent`
  const dispatch = `${formatDuration(dispatchDelayUs / 1000)} for dispatch`
  if (queuedUs === 0) return dispatch
  return dispatchDelayUs === 0 ? queued : `${queued}, ${dispatch}`
}

function describeUntimed(row: CallRow, { rows }: Timeline): string {
  if (row.outcome === 'unknown') return 'Seen only as emitted: nobody knows whether it ran.'
  if (row.outcome !== 'never-ran')
    return `${row.outcome === 'ok' ? 'Ended well' : 'Failed'}, as its result in a later model call shows; no span tells when it ran.`
  const needed = rows.filter((other) => row.dependsOn.includes(other.callId))
  const blocking = needed.find((other) => other.outcome !== 'ok')
  if (blocking)
    return `Never ran: it needs ${middleTruncate(blocking.tool, NAME_CHARS)}, which ${ENDED[blocking.outcome]}.`
  const told = NEVER_RAN.get(row.errorCode ?? '')
  if (told !== undefined) return `Never ran: ${told}.`
  if (row.errorCode !== null) return `Never ran: ${middleTruncate(row.errorCode, 60)}.`
  return 'Never ran. No reason was reported.'
}
