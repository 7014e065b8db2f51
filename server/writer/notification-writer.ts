import { randomBytes, randomUUID } from 'node:crypto'
import {
  assignWaiting,
  type DueDelivery,
  deleteChannel as deleteStoredChannel,
  forgetDeliveries,
  insertDelivery,
  noteEvent,
  readChannel,
  readChannels,
  readDue,
  readUntoldEvents,
  readWaiting,
  recordAttempt,
  writeChannel,
} from '#db/notifications.ts'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import { RequestError } from '#ingest/errors.ts'
import type { Alert } from '#lib/contract/alerts.ts'
import type { Channel, ChannelInput } from '#lib/contract/channels.ts'
import { backoffMs } from '#lib/notifications/backoff.ts'
import { type AlertNews, composeMessage, composeTestMessage } from '#lib/notifications/message.ts'
import { wantsEvent } from '#lib/notifications/wants.ts'
import type { SendResult } from '../notifier/send-webhook.ts'

/** What happened longer ago, as in an import, is history and no news. */
const NEWS_FOR_MS = 24 * 3_600_000
/** Alerts that come together go together. */
const GROUP_MS = 5_000
const DUE_AT_ONCE = 20
/** How long the log of deliveries is kept. */
const KEEP_MS = 30 * 24 * 3_600_000
/** More than this is a mistake in a program. */
const MAX_CHANNELS = 100
/** The specification asks for 24 to 64. */
const SECRET_BYTES = 32
/** Stands in the place of a delivery for what a channel does not want to be told. */
const UNWANTED = 'unwanted'

export interface PlanOptions {
  /** Alerts as the API tells them; those that no longer exist are left out. */
  readonly readAlerts: (ids: readonly string[], nowMs: number) => Alert[]
  readonly publicUrl: string | null
}

export interface DeliveryPlan {
  readonly due: readonly DueDelivery[]
  /** Something waits for others to go with it: ask again soon. */
  readonly waiting: boolean
}

/**
 * Finds what channels are to be told, groups it into messages, and gives the messages whose time has come. Asking
 * again tells nothing twice. Call inside a transaction.
 */
export function planDeliveries(db: SqliteDatabase, options: PlanOptions, nowMs: number): DeliveryPlan {
  let waiting = false
  for (const channel of readChannels(db)) {
    noticeEvents(db, channel, options, nowMs)
    waiting = groupWaiting(db, channel, options, nowMs) || waiting
  }
  forgetDeliveries(db, toUs(nowMs - KEEP_MS))
  return { due: readDue(db, toUs(nowMs), DUE_AT_ONCE), waiting }
}

function noticeEvents(db: SqliteDatabase, channel: Channel, options: PlanOptions, nowMs: number): void {
  const untold = readUntoldEvents(db, channel, toUs(nowMs - NEWS_FOR_MS))
  if (untold.length === 0) return
  const alerts = new Map(
    options
      .readAlerts(
        untold.map(({ alertId }) => alertId),
        nowMs,
      )
      .map((alert) => [alert.id, alert]),
  )
  for (const untoldEvent of untold) {
    const alert = alerts.get(untoldEvent.alertId)
    const isWanted =
      channel.enabled &&
      alert !== undefined &&
      alert.status !== 'silenced' &&
      wantsEvent(channel, untoldEvent.event, alert)
    noteEvent(db, channel.id, untoldEvent, toUs(nowMs), isWanted ? null : UNWANTED)
  }
}

/** True when something goes on waiting. */
function groupWaiting(db: SqliteDatabase, channel: Channel, options: PlanOptions, nowMs: number): boolean {
  const waiting = readWaiting(db, channel.id)
  const [oldest] = waiting
  if (oldest === undefined) return false
  if (oldest.noticedUs > toUs(nowMs - GROUP_MS)) return true
  const alerts = new Map(
    options
      .readAlerts(
        waiting.map(({ alertId }) => alertId),
        nowMs,
      )
      .map((alert) => [alert.id, alert]),
  )
  const news = waiting.flatMap(({ alertId, event }): AlertNews[] => {
    const alert = alerts.get(alertId)
    return alert === undefined ? [] : [{ event, alert }]
  })
  const id = `msg_${randomUUID()}`
  assignWaiting(db, channel.id, news.length === 0 ? UNWANTED : id)
  if (news.length === 0) return false
  const body = composeMessage(channel.format, news, { publicUrl: options.publicUrl, nowMs })
  const alertIds = [...new Set(news.map(({ alert }) => alert.id))]
  insertDelivery(db, { id, channelId: channel.id, type: 'alerts', alertIds, body, nowUs: toUs(nowMs) })
  return false
}

/** A message that only tests the channel. Call inside a transaction. @throws RequestError 404 without such a channel */
export function createTestDelivery(
  db: SqliteDatabase,
  channelId: string,
  publicUrl: string | null,
  nowMs: number,
): DueDelivery {
  const channel = readChannel(db, channelId)
  if (channel === null) throw missingChannel(channelId)
  const id = `msg_${randomUUID()}`
  const body = composeTestMessage(channel.format, channel.name, { publicUrl, nowMs })
  insertDelivery(db, { id, channelId, type: 'test', alertIds: [], body, nowUs: toUs(nowMs) })
  return { id, attempts: 0, body, channel }
}

/** A message that was attempted. */
export interface AttemptedDelivery extends Pick<DueDelivery, 'id' | 'attempts'> {
  readonly isTest: boolean
}

/** Keeps how an attempt went, and plans the next one where there is to be one. Call inside a transaction. */
export function recordDelivery(
  db: SqliteDatabase,
  delivery: AttemptedDelivery,
  result: SendResult,
  nowMs: number,
): void {
  const { status, httpStatus, error, tookMs, retryAfterMs } = result
  // 410 is how a receiver says that it will never take another; a test is for the person who waits for it.
  const isFinal = status !== 'failed' || httpStatus === 410 || delivery.isTest
  const waitMs = isFinal ? null : backoffMs(delivery.attempts + 1, Math.random(), retryAfterMs)
  recordAttempt(db, delivery.id, {
    status: waitMs === null ? status : 'pending',
    nextAttemptUs: waitMs === null ? null : toUs(nowMs + waitMs),
    finishedUs: waitMs === null ? toUs(nowMs) : null,
    httpStatus,
    error,
    tookUs: toUs(tookMs),
  })
}

function toUs(ms: number): number {
  return Math.round(ms * 1000)
}

/**
 * Makes a channel (`id` null) or replaces one. Its secret is told when it is made and never after. Call inside a
 * transaction. @throws RequestError 404 without such a channel, 409 when there are too many
 */
export function putChannel(
  db: SqliteDatabase,
  id: string | null,
  input: ChannelInput,
  nowMs: number,
): Channel {
  const known = id === null ? null : readChannel(db, id)
  if (id !== null && known === null) throw missingChannel(id)
  if (known === null && readChannels(db).length >= MAX_CHANNELS)
    throw new RequestError(409, `There are ${MAX_CHANNELS} channels already: remove one first.`)
  const isNewlySigned = input.format === 'standard' && (known?.secret ?? null) === null
  const channel = writeChannel(db, id ?? `ch_${randomUUID().slice(0, 8)}`, input, {
    secret: isNewlySigned ? `whsec_${randomBytes(SECRET_BYTES).toString('base64')}` : null,
    nowUs: toUs(nowMs),
  })
  return isNewlySigned ? channel : { ...channel, secret: null }
}

/** Call inside a transaction. @throws RequestError 404 */
export function removeChannel(db: SqliteDatabase, id: string): void {
  if (!deleteStoredChannel(db, id)) throw missingChannel(id)
}

function missingChannel(id: string): RequestError {
  return new RequestError(404, `There is no channel \`${id.slice(0, 80)}\`.`)
}
