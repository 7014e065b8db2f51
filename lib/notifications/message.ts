import type { Alert } from '#lib/contract/alerts.ts'
import type { Channel } from '#lib/contract/channels.ts'

/** Something that happened to an alert, as it is told. */
export interface AlertNews {
  readonly event: Channel['events'][number]
  readonly alert: Alert
}

export interface MessageOptions {
  /** Where people reach this server, without a slash at the end; null = nobody said. */
  readonly publicUrl: string | null
  readonly nowMs: number
}

/** More than this in one message is counted and not listed. */
const MAX_LISTED = 20

/**
 * The body of one message: a payload with `type`, `timestamp` and `data` as the Standard Webhooks specification
 * advises, or Slack's `text` with blocks.
 */
export function composeMessage(
  format: Channel['format'],
  news: readonly AlertNews[],
  options: MessageOptions,
): string {
  return JSON.stringify(format === 'slack' ? toSlack(news, options) : toStandard(news, options))
}

/** What the test button sends: news of an alert that says of itself that it is none. */
export function composeTestMessage(
  format: Channel['format'],
  channel: string,
  options: MessageOptions,
): string {
  const text = `This is a test of the channel “${channel}”. Alerts of Parascope will arrive here.`
  const link = options.publicUrl
  if (format === 'slack')
    return JSON.stringify({ text: link ? `${escapeSlack(text)} <${link}>` : escapeSlack(text) })
  return JSON.stringify({ type: 'test', timestamp: toIso(options.nowMs), data: { message: text, url: link } })
}

/** What changed the mode without a person. */
export interface ModeNews {
  readonly revision: number
  readonly action: 'guard' | 'trigger'
  readonly by: string
  /** In words. */
  readonly summary: string
  readonly reason: string | null
}

/** News that the mode was tightened by a guard or from outside. */
export function composeModeMessage(
  format: Channel['format'],
  news: ModeNews,
  { publicUrl, nowMs }: MessageOptions,
): string {
  const url = publicUrl === null ? null : `${publicUrl}/mode`
  if (format === 'standard')
    return JSON.stringify({ type: 'mode.tightened', timestamp: toIso(nowMs), data: { ...news, url } })
  const who = news.action === 'guard' ? 'A guard acted:' : 'Asked for from outside:'
  const words = `${who} ${news.summary}${news.reason === null ? '' : ` (${news.reason})`}`
  const text = `:rotating_light: *${escapeSlack(words)}*${url === null ? '' : ` <${url}|Open>`}`
  const block = { type: 'section', text: { type: 'mrkdwn', text: text.slice(0, 3000) } }
  return JSON.stringify({ text: escapeSlack(words), blocks: [block] })
}

function toStandard(news: readonly AlertNews[], { publicUrl, nowMs }: MessageOptions): unknown {
  return {
    type: 'alerts.changed',
    timestamp: toIso(nowMs),
    data: {
      alerts: news.map(({ event, alert }) => ({ event, ...summarise(alert), url: linkTo(alert, publicUrl) })),
    },
  }
}

/** The alert without its samples: a message is no place for hundreds of points. */
function summarise(alert: Alert): Omit<Alert, 'evidence'> & { readonly evidence: unknown } {
  const {
    samples_before: _before,
    samples_after: _after,
    statistic: _statistic,
    ...evidence
  } = alert.evidence
  return { ...alert, evidence }
}

function toSlack(news: readonly AlertNews[], { publicUrl }: MessageOptions): unknown {
  const lines = news.slice(0, MAX_LISTED).map(({ event, alert }) => {
    const link = linkTo(alert, publicUrl)
    const text = `${SLACK_MARKS[event]} *${SLACK_WORDS[event]}* ${escapeSlack(alert.summary)}`
    return link === null ? text : `${text} <${link}|Open>`
  })
  if (news.length > MAX_LISTED) lines.push(`and ${news.length - MAX_LISTED} more`)
  const [first] = news
  const text =
    news.length === 1 && first
      ? `${SLACK_WORDS[first.event]} ${first.alert.summary}`
      : `${news.length} changes of alerts`
  return {
    text: escapeSlack(text),
    blocks: lines.map((line) => ({ type: 'section', text: { type: 'mrkdwn', text: line.slice(0, 3000) } })),
  }
}

const SLACK_WORDS = { opened: 'New:', reopened: 'Back again:', recovered: 'Recovered:' } as const
const SLACK_MARKS = {
  opened: ':red_circle:',
  reopened: ':red_circle:',
  recovered: ':white_check_mark:',
} as const

function linkTo(alert: Alert, publicUrl: string | null): string | null {
  return publicUrl === null ? null : `${publicUrl}/alerts/${encodeURIComponent(alert.id)}`
}

/** Names come from strangers: Slack reads these three characters as markup. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function toIso(ms: number): string {
  return new Date(ms).toISOString()
}
