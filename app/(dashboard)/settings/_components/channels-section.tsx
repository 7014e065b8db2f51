'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { describeError } from '#components/query/fetch-json.ts'
import { channelsQuery } from '#components/query/queries.ts'
import { Button } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { ErrorStrip } from '#components/ui/error-strip.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import type { Channel } from '#lib/contract/channels.ts'
import { ChannelDialog } from './channel-dialog.tsx'
import rows from './channel-row.module.css'
import { ChannelRow } from './channel-row.tsx'
import { SecretNotice } from './secret-notice.tsx'
import styles from './settings-page.module.css'

/** Null makes a new one. */
type Edited = { readonly channel: Channel | null }

/** The channels that are told of alerts, each with its log. */
export function ChannelsSection() {
  const { data, error, refetch } = useQuery(channelsQuery())
  const [edited, setEdited] = useState<Edited | null>(null)
  const [made, setMade] = useState<Channel | null>(null)
  const add = () => setEdited({ channel: null })
  return (
    <section className={styles.section} aria-labelledby="channels-head">
      <div className={styles.head}>
        <h2 id="channels-head" className={styles.title}>
          Notifications
        </h2>
        <span className={styles.note}>
          webhooks that are told when an alert opens, comes back or recovers
        </span>
        <span className={styles.actions}>
          <Button kind="primary" onClick={add} aria-haspopup="dialog">
            Add a channel
          </Button>
        </span>
      </div>
      {error ? (
        <ErrorStrip
          what="The channels could not be read"
          cause={describeError(error)}
          onRetry={() => void refetch()}
        />
      ) : null}
      {made?.secret ? (
        <SecretNotice channel={made} secret={made.secret} onClose={() => setMade(null)} />
      ) : null}
      {data === undefined ? (
        error ? null : (
          <SkeletonRows rows={2} widths={[120, 240, 120, 80]} label="Reading the channels" />
        )
      ) : data.channels.length === 0 ? (
        <EmptyState title="Nobody is told yet">
          Alerts stand on the page Alerts alone. Add a webhook, signed by the Standard Webhooks specification,
          or an incoming webhook of Slack or of anything that takes the same.
        </EmptyState>
      ) : (
        <ul aria-label="Channels" className={rows.channels}>
          {data.channels.map((channel) => (
            <ChannelRow key={channel.id} channel={channel} onEdit={() => setEdited({ channel })} />
          ))}
        </ul>
      )}
      <ChannelDialog
        edited={edited}
        onClose={() => setEdited(null)}
        onWritten={(channel) => {
          setEdited(null)
          if (channel.secret !== null) setMade(channel)
        }}
      />
    </section>
  )
}
