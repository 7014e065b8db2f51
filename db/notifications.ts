import type {
  Channel,
  ChannelInput,
  ChannelList,
  Delivery,
  DeliveryList,
  DeliveryStatus,
} from '#lib/contract/channels.ts'
import type { SqliteDatabase } from './sqlite/open.ts'

/*
 * Channels and what they were told. Writing functions run inside a transaction of the caller.
 */

interface ChannelRow {
  readonly id: string
  readonly name: string
  readonly format: Channel['format']
  readonly url: string
  readonly secret: string | null
  readonly enabled: number
  readonly filter: string
  readonly created_us: number
}

type Filter = Pick<Channel, 'events' | 'kinds' | 'agents' | 'environments'>

/** All channels by name, their secrets included. */
export function readChannels(db: SqliteDatabase): Channel[] {
  return (db.prepare('select * from channels order by name, id').all() as ChannelRow[]).map(toChannel)
}

export function readChannel(db: SqliteDatabase, id: string): Channel | null {
  const row = db.prepare('select * from channels where id = ?').get(id) as ChannelRow | undefined
  return row === undefined ? null : toChannel(row)
}

/** Makes the channel, or replaces what it was; its secret and its time of making stay. */
export function writeChannel(
  db: SqliteDatabase,
  id: string,
  input: ChannelInput,
  made: { readonly secret: string | null; readonly nowUs: number },
): Channel {
  const { name, format, url, enabled, events, kinds = null, agents = null, environments = null } = input
  const filter: Filter = { events, kinds, agents, environments }
  db.prepare(
    `insert into channels (id, name, format, url, secret, enabled, filter, created_us)
     values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set name = excluded.name, format = excluded.format,
     url = excluded.url, secret = coalesce(secret, excluded.secret), enabled = excluded.enabled, filter = excluded.filter`,
  ).run(id, name, format, url, made.secret, enabled ? 1 : 0, JSON.stringify(filter), made.nowUs)
  return readChannel(db, id) as Channel
}

/** Its log goes with it. False when there is none. */
export function deleteChannel(db: SqliteDatabase, id: string): boolean {
  db.prepare('delete from notifications where channel_id = ?').run(id)
  db.prepare('delete from deliveries where channel_id = ?').run(id)
  return db.prepare('delete from channels where id = ?').run(id).changes > 0
}

/** An event of an alert that a channel may have to be told. */
export interface UntoldEvent {
  readonly alertId: string
  readonly event: Channel['events'][number]
  readonly seq: number
}

/**
 * Events since `sinceUs` (event time) of alerts that no other alert explains, which the channel was not told.
 * Of what happened before the channel was made it is told nothing.
 */
export function readUntoldEvents(db: SqliteDatabase, channel: Channel, sinceUs: number): UntoldEvent[] {
  return db
    .prepare(
      `select e.alert_id as alertId, e.event, e.seq from alert_events e join alerts a on a.id = e.alert_id
       where e.at_us >= ? and a.parent_id is null and not exists (select 1 from notifications n
       where n.channel_id = ? and n.alert_id = e.alert_id and n.event = e.event and n.seq = e.seq)
       order by e.seq, e.event limit 500`,
    )
    .all(Math.max(sinceUs, channel.created_at * 1000), channel.id) as UntoldEvent[]
}

/** Remembers an event as told, or as about to be: with a delivery of null it waits for others to go with it. */
export function noteEvent(
  db: SqliteDatabase,
  channelId: string,
  { alertId, event, seq }: UntoldEvent,
  noticedUs: number,
  deliveryId: string | null,
): void {
  db.prepare(
    'insert or ignore into notifications (channel_id, alert_id, event, seq, noticed_us, delivery_id) values (?, ?, ?, ?, ?, ?)',
  ).run(channelId, alertId, event, seq, noticedUs, deliveryId)
}

/** What waits to be told to this channel, oldest first. */
export function readWaiting(
  db: SqliteDatabase,
  channelId: string,
): (UntoldEvent & { readonly noticedUs: number })[] {
  return db
    .prepare(
      `select alert_id as alertId, event, seq, noticed_us as noticedUs from notifications
       where channel_id = ? and delivery_id is null order by noticed_us, seq, event`,
    )
    .all(channelId) as (UntoldEvent & { noticedUs: number })[]
}

/** Puts everything that waits for this channel into one delivery. */
export function assignWaiting(db: SqliteDatabase, channelId: string, deliveryId: string): void {
  db.prepare('update notifications set delivery_id = ? where channel_id = ? and delivery_id is null').run(
    deliveryId,
    channelId,
  )
}

export interface NewDelivery {
  readonly id: string
  readonly channelId: string
  readonly type: Delivery['type']
  readonly alertIds: readonly string[]
  readonly body: string
  readonly nowUs: number
}

/** A message that is to be sent at once; a test is sent by who makes it, and never becomes due. */
export function insertDelivery(db: SqliteDatabase, delivery: NewDelivery): void {
  db.prepare(
    `insert into deliveries (id, channel_id, type, alert_ids, body, created_us, status, attempts, next_attempt_us)
     values (@id, @channelId, @type, @alertIds, @body, @nowUs, 'pending', 0, @dueUs)`,
  ).run({
    ...delivery,
    alertIds: JSON.stringify(delivery.alertIds),
    dueUs: delivery.type === 'test' ? null : delivery.nowUs,
  })
}

/** A message that is due, with all that sending it takes. */
export interface DueDelivery {
  readonly id: string
  readonly attempts: number
  readonly body: string
  readonly channel: Channel
}

/** Messages whose time has come, longest due first. */
export function readDue(db: SqliteDatabase, nowUs: number, limit: number): DueDelivery[] {
  const rows = db
    .prepare(
      `select id, channel_id, attempts, body from deliveries
       where status = 'pending' and next_attempt_us <= ? order by next_attempt_us limit ?`,
    )
    .all(nowUs, limit) as { id: string; channel_id: string; attempts: number; body: string }[]
  return rows.flatMap(({ channel_id, ...delivery }) => {
    const channel = readChannel(db, channel_id)
    return channel === null ? [] : [{ ...delivery, channel }]
  })
}

/** How an attempt went, and what follows. */
export interface AttemptRecord {
  readonly status: DeliveryStatus
  readonly nextAttemptUs: number | null
  readonly finishedUs: number | null
  readonly httpStatus: number | null
  readonly error: string | null
  readonly tookUs: number | null
}

export function recordAttempt(db: SqliteDatabase, id: string, record: AttemptRecord): void {
  db.prepare(
    `update deliveries set status = @status, attempts = attempts + 1, next_attempt_us = @nextAttemptUs,
     finished_us = @finishedUs, http_status = @httpStatus, error = @error, took_us = @tookUs where id = @id`,
  ).run({ id, ...record })
}

/** Deletes what was finished before, with the notes of what it told. */
export function forgetDeliveries(db: SqliteDatabase, beforeUs: number): void {
  db.prepare('delete from deliveries where finished_us < ?').run(beforeUs)
}

interface DeliveryRow {
  readonly id: string
  readonly channel_id: string
  readonly type: Delivery['type']
  readonly alert_ids: string
  readonly created_us: number
  readonly status: DeliveryStatus
  readonly attempts: number
  readonly next_attempt_us: number | null
  readonly finished_us: number | null
  readonly http_status: number | null
  readonly error: string | null
  readonly took_us: number | null
}

/** All channels as the API tells them: without their secrets. */
export function listChannels(db: SqliteDatabase): ChannelList {
  return { channels: readChannels(db).map((channel) => ({ ...channel, secret: null })) }
}

/** The log of a channel, newest first; null when there is no such channel. */
export function listDeliveries(db: SqliteDatabase, channelId: string, limit: number): DeliveryList | null {
  if (readChannel(db, channelId) === null) return null
  return { deliveries: readDeliveries(db, channelId, limit) }
}

function readDeliveries(db: SqliteDatabase, channelId: string, limit: number): Delivery[] {
  const rows = db
    .prepare('select * from deliveries where channel_id = ? order by created_us desc, id desc limit ?')
    .all(channelId, limit) as DeliveryRow[]
  return rows.map((row) => ({
    id: row.id,
    channel_id: row.channel_id,
    type: row.type,
    alert_ids: JSON.parse(row.alert_ids) as string[],
    created_at: row.created_us / 1000,
    status: row.status,
    attempts: row.attempts,
    next_attempt_at: inMs(row.next_attempt_us),
    finished_at: inMs(row.finished_us),
    http_status: row.http_status,
    error: row.error,
    took_ms: inMs(row.took_us),
  }))
}

function toChannel(row: ChannelRow): Channel {
  const { id, name, format, url, secret } = row
  const filter = JSON.parse(row.filter) as Filter
  return {
    id,
    name,
    format,
    url,
    secret,
    enabled: row.enabled === 1,
    created_at: row.created_us / 1000,
    ...filter,
  }
}

function inMs(us: number | null): number | null {
  return us === null ? null : us / 1000
}
