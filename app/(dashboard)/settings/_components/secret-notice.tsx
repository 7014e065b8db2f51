import { Button } from '#components/ui/button.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import type { Channel } from '#lib/contract/channels.ts'
import styles from './channel-row.module.css'

interface SecretNoticeProps {
  readonly channel: Channel
  readonly secret: string
  readonly onClose: () => void
}

/** The secret of a channel that was just made: told this once. */
export function SecretNotice({ channel, secret, onClose }: SecretNoticeProps) {
  return (
    <div className={styles.secret} role="status">
      <p>
        The signing secret of <strong>{channel.name}</strong>, shown this once. Give it to the receiver, to
        check signatures with.
      </p>
      <p className={styles.secretLine}>
        <code>{secret}</code>
        <CopyButton text={secret} label="Copy the secret" />
        <Button onClick={onClose}>I have it</Button>
      </p>
    </div>
  )
}
