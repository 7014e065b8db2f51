'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { describeError } from '#components/query/fetch-json.ts'
import { deliveriesQuery } from '#components/query/queries.ts'
import { Button } from '#components/ui/button.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import type { Channel } from '#lib/contract/channels.ts'
import styles from './channel-row.module.css'
import { DeliveryLog } from './delivery-log.tsx'
import { useChannelRemoval, useChannelTest } from './use-channel-writes.ts'

interface ChannelRowProps {
  readonly channel: Channel
  readonly onEdit: () => void
}

/** A channel, what it is told, how the last deliveries went, and its buttons. */
export function ChannelRow({ channel, onEdit }: ChannelRowProps) {
  const [isRemoving, setRemoving] = useState(false)
  const log = useQuery(deliveriesQuery(channel.id))
  const test = useChannelTest(channel.id)
  const removal = useChannelRemoval(channel.id)
  const failure = test.error ?? removal.error
  return (
    <li className={styles.channel} data-off={!channel.enabled || undefined}>
      <div className={styles.line}>
        <span className={styles.name}>{channel.name}</span>
        <span className={styles.url}>
          <MiddleTruncate text={channel.url} maxChars={54} />
        </span>
        <span className={styles.buttons}>
          <Button onClick={() => test.mutate()} disabled={test.isPending}>
            {test.isPending ? 'Sending' : 'Send a test'}
          </Button>
          <Button onClick={onEdit} aria-haspopup="dialog">
            Change
          </Button>
          {isRemoving ? (
            <>
              <Button onClick={() => removal.mutate()} disabled={removal.isPending}>
                Remove it and its log
              </Button>
              <Button kind="plain" onClick={() => setRemoving(false)}>
                Keep
              </Button>
            </>
          ) : (
            <Button kind="plain" onClick={() => setRemoving(true)}>
              Remove
            </Button>
          )}
        </span>
      </div>
      <p className={styles.told}>{describeChannel(channel)}</p>
      {failure ? (
        <p role="alert" className={styles.failure}>
          Not done: {describeError(failure)}.
        </p>
      ) : null}
      {log.data === undefined ? null : <DeliveryLog deliveries={log.data.deliveries} />}
    </li>
  )
}

/** `Slack: serialized and collapse of kyc in production, when they open or recover`. */
function describeChannel({ format, enabled, events, kinds, agents, environments }: Channel): string {
  const parts = [
    format === 'slack' ? 'In the manner of Slack' : 'Signed',
    kinds === null ? 'alerts of every kind' : kinds.join(', '),
    agents === null ? 'every agent' : agents.join(', '),
    environments === null ? 'every environment' : environments.join(', '),
    `when ${events.join(' or ')}`,
  ]
  return `${enabled ? '' : 'Switched off. '}${parts.join('; ')}`
}
