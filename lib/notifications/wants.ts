import type { Alert } from '#lib/contract/alerts.ts'
import type { Channel } from '#lib/contract/channels.ts'

/** What a channel wants to be told. */
export type ChannelFilter = Pick<Channel, 'events' | 'kinds' | 'agents' | 'environments'>

/** Whether a channel is told of this event of this alert; an alert across agents concerns every agent. */
export function wantsEvent(
  filter: ChannelFilter,
  event: Channel['events'][number],
  alert: Pick<Alert, 'kind' | 'agent' | 'environment'>,
): boolean {
  return (
    filter.events.includes(event) &&
    (filter.kinds?.includes(alert.kind) ?? true) &&
    (alert.agent === '*' || (filter.agents?.includes(alert.agent) ?? true)) &&
    (filter.environments?.includes(alert.environment) ?? true)
  )
}
