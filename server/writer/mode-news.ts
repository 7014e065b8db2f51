import { randomUUID } from 'node:crypto'
import { insertDelivery, readChannels } from '#db/notifications.ts'
import type { SqliteDatabase } from '#db/sqlite/open.ts'
import type { Channel } from '#lib/contract/channels.ts'
import type { ModeRule } from '#lib/contract/mode.ts'
import { composeModeMessage, type MessageOptions, type ModeNews } from '#lib/notifications/message.ts'

/**
 * Writes a message for every channel that hears of these agents and environments, in the transaction of the change
 * itself: told exactly when it happened. Which alerts a channel wants to hear of plays no part, because what the
 * mode does by itself concerns everybody on call.
 */
export function tellChannels(
  db: SqliteDatabase,
  news: ModeNews,
  touched: readonly ModeRule[],
  options: MessageOptions,
): void {
  for (const channel of readChannels(db)) {
    if (!channel.enabled || !touched.some((rule) => concerns(channel, rule))) continue
    insertDelivery(db, {
      id: `msg_${randomUUID()}`,
      channelId: channel.id,
      type: 'mode',
      alertIds: [],
      body: composeModeMessage(channel.format, news, options),
      nowUs: Math.round(options.nowMs * 1000),
    })
  }
}

function concerns({ agents, environments }: Channel, rule: ModeRule): boolean {
  return (
    (agents === null || rule.agent === null || agents.includes(rule.agent)) &&
    (environments === null || rule.environment === null || environments.includes(rule.environment))
  )
}
