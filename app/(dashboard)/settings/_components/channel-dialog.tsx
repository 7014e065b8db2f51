'use client'

import { Modal } from '@mantine/core'
import { useState } from 'react'
import { CheckField, ChoiceField, TextField } from '#components/mode/change/fields.tsx'
import { describeError } from '#components/query/fetch-json.ts'
import { Button } from '#components/ui/button.tsx'
import type { Channel } from '#lib/contract/channels.ts'
import { ALERT_KINDS } from '#lib/model/alert.ts'
import styles from './channel-dialog.module.css'
import { type ChannelDraft, draftOf, toInput } from './channel-draft.ts'
import { useChannelWrite } from './use-channel-writes.ts'

interface ChannelDialogProps {
  /** Null while closed; a channel of null makes a new one. */
  readonly edited: { readonly channel: Channel | null } | null
  readonly onClose: () => void
  readonly onWritten: (channel: Channel) => void
}

/** Where alerts are told, and of which. */
export function ChannelDialog({ edited, onClose, onWritten }: ChannelDialogProps) {
  return (
    <Modal
      opened={edited !== null}
      onClose={onClose}
      title={edited?.channel ? 'Change the channel' : 'Add a channel'}
      size={520}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {edited === null ? null : (
        <ChannelForm channel={edited.channel} onClose={onClose} onWritten={onWritten} />
      )}
    </Modal>
  )
}

interface ChannelFormProps {
  readonly channel: Channel | null
  readonly onClose: () => void
  readonly onWritten: (channel: Channel) => void
}

function ChannelForm({ channel, onClose, onWritten }: ChannelFormProps) {
  const [draft, setDraft] = useState(() => draftOf(channel))
  const write = useChannelWrite(channel?.id ?? null, onWritten)
  const set = (change: Partial<ChannelDraft>) => setDraft({ ...draft, ...change })
  const { input, faults } = toInput(draft)
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (input !== null) write.mutate(input)
      }}
    >
      <TextField label="Name" isNeeded value={draft.name} onChange={(name) => set({ name })} startsHere />
      <ChoiceField
        legend="Kind"
        options={[
          { value: 'standard', label: 'Signed webhook' },
          { value: 'slack', label: 'Slack-compatible' },
        ]}
        value={draft.format}
        onChange={(format) => set({ format })}
      />
      <TextField
        label="Address"
        isNeeded
        isCode
        value={draft.url}
        onChange={(url) => set({ url })}
        placeholder="https://"
        fault={draft.url === '' ? undefined : faults.url}
      />
      <TextField
        label="Agents"
        hint="separated by commas; empty = all"
        isCode
        value={draft.agents}
        onChange={(agents) => set({ agents })}
      />
      <TextField
        label="Environments"
        hint="separated by commas; empty = all"
        isCode
        value={draft.environments}
        onChange={(environments) => set({ environments })}
      />
      <KindsField draft={draft} set={set} />
      <CheckField checked={draft.tellsRecovery} onChange={(tellsRecovery) => set({ tellsRecovery })}>
        Also when an alert recovers
      </CheckField>
      <CheckField checked={draft.enabled} onChange={(enabled) => set({ enabled })}>
        Switched on
      </CheckField>
      {write.error ? (
        <p role="alert" className={styles.error}>
          Not saved: {describeError(write.error)}.
        </p>
      ) : null}
      <div className={styles.buttons}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" disabled={input === null || write.isPending}>
          {write.isPending ? 'Writing' : channel === null ? 'Add the channel' : 'Save'}
        </Button>
      </div>
    </form>
  )
}

interface KindsFieldProps {
  readonly draft: ChannelDraft
  readonly set: (change: Partial<ChannelDraft>) => void
}

function KindsField({ draft, set }: KindsFieldProps) {
  return (
    <fieldset className={styles.kinds}>
      <legend>Kinds of alerts</legend>
      {ALERT_KINDS.map((kind) => (
        <CheckField
          key={kind}
          checked={draft.kinds.includes(kind)}
          onChange={(isOn) =>
            set({
              kinds: ALERT_KINDS.filter((other) => (other === kind ? isOn : draft.kinds.includes(other))),
            })
          }
        >
          {kind}
        </CheckField>
      ))}
    </fieldset>
  )
}
