import { type Channel, type ChannelInput, channelInputSchema } from '#lib/contract/channels.ts'
import { ALERT_KINDS, type AlertKind } from '#lib/model/alert.ts'

/** A channel as it is being written. */
export interface ChannelDraft {
  readonly name: string
  readonly format: Channel['format']
  readonly url: string
  readonly enabled: boolean
  readonly tellsRecovery: boolean
  readonly kinds: readonly AlertKind[]
  /** Names separated by commas; empty = all. */
  readonly agents: string
  readonly environments: string
}

export function draftOf(channel: Channel | null): ChannelDraft {
  return {
    name: channel?.name ?? '',
    format: channel?.format ?? 'standard',
    url: channel?.url ?? '',
    enabled: channel?.enabled ?? true,
    tellsRecovery: channel?.events.includes('recovered') ?? true,
    kinds: channel?.kinds ?? ALERT_KINDS,
    agents: channel?.agents?.join(', ') ?? '',
    environments: channel?.environments?.join(', ') ?? '',
  }
}

/** What the draft would send; null while it is not complete, with what is wrong by field. */
export function toInput(draft: ChannelDraft): {
  readonly input: ChannelInput | null
  readonly faults: Readonly<Record<string, string>>
} {
  const parsed = channelInputSchema.safeParse({
    name: draft.name,
    format: draft.format,
    url: draft.url.trim(),
    enabled: draft.enabled,
    events: draft.tellsRecovery ? ['opened', 'reopened', 'recovered'] : ['opened', 'reopened'],
    kinds: draft.kinds.length === ALERT_KINDS.length ? null : draft.kinds,
    agents: splitNames(draft.agents),
    environments: splitNames(draft.environments),
  })
  if (parsed.success) return { input: parsed.data, faults: {} }
  const faults = parsed.error.issues.map((issue) => [String(issue.path[0]), issue.message] as const)
  return { input: null, faults: Object.fromEntries(faults) }
}

function splitNames(text: string): string[] | null {
  const names = text.split(',').map((name) => name.trim())
  const given = names.filter((name) => name !== '')
  return given.length === 0 ? null : given
}
