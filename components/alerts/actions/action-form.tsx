'use client'

import { useId, useState } from 'react'
import { ChoiceField, TextField } from '#components/mode/change/fields.tsx'
import { useMoment } from '#components/mode/use-moment.ts'
import { Button } from '#components/ui/button.tsx'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { useNow } from '#components/ui/use-now.ts'
import { type ActionName, CONFIRM_LABELS, describeAction } from '#lib/alerts/action-words.ts'
import type { AlertAction, AlertDetail } from '#lib/contract/alerts.ts'
import { toLocalInput } from '#lib/format/wall-clock.ts'
import styles from './action-dialog.module.css'
import { describeSilence, resolveSilence, SILENCES, type SilenceDraft } from './silence.ts'

interface ActionFormProps {
  readonly alert: AlertDetail
  readonly action: ActionName
  readonly isPending: boolean
  /** Why it was not done; null when nothing has failed. */
  readonly error: string | null
  readonly onCancel: () => void
  readonly onSubmit: (action: AlertAction) => void
}

const NOTE_CHARS = 2000

/** What an action would touch, the note that goes with it, and the button. */
export function ActionForm({ alert, action, isPending, error, onCancel, onSubmit }: ActionFormProps) {
  const { zone } = useTimeZone()
  const moment = useMoment()
  const nowMs = useNow(10_000) ?? alert.detected_at
  const [noteText, setNote] = useState('')
  const [draft, setDraft] = useState<SilenceDraft>({ choice: '4h', at: '' })
  const note = noteText.trim() === '' ? null : noteText.trim()
  const untilMs = resolveSilence(draft, zone, nowMs)
  const isComplete = (action !== 'note' || note !== null) && (action !== 'silence' || untilMs !== null)
  const until = untilMs === null ? 'until then' : `until ${moment(untilMs)}`

  const submit = () => {
    if (!isComplete || isPending) return
    // A span counts from the press, not from the last tick of the clock.
    const end = resolveSilence(draft, zone, Date.now())
    const asked = makeAction(action, note, end)
    if (asked !== null) onSubmit(asked)
  }

  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      {action === 'silence' ? <SilenceField draft={draft} nowMs={nowMs} onChange={setDraft} /> : null}
      <section className={styles.review} aria-label="What it does" aria-live="polite">
        <h3 className={styles.reviewTitle}>What it does</h3>
        <ul className={styles.effects}>
          {describeAction(action, alert, until).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </section>
      <TextField
        label="Note"
        hint={action === 'note' ? 'needed' : 'for whoever looks next'}
        isNeeded={action === 'note'}
        value={noteText}
        onChange={setNote}
        maxLength={NOTE_CHARS}
        startsHere={action === 'note'}
      />
      {error === null ? null : (
        <p className={styles.error} role="alert">
          Not done: {error}.
        </p>
      )}
      <div className={styles.buttons}>
        <Button onClick={onCancel}>Cancel</Button>
        <Button
          type="submit"
          kind="primary"
          disabled={!isComplete || isPending}
          data-autofocus={action === 'note' ? undefined : true}
        >
          {isPending ? 'Writing' : CONFIRM_LABELS[action]}
        </Button>
      </div>
    </form>
  )
}

function makeAction(action: ActionName, note: string | null, untilMs: number | null): AlertAction | null {
  if (action === 'note') return note === null ? null : { action, note }
  if (action === 'silence') return untilMs === null ? null : { action, until: untilMs, note }
  return { action, note }
}

interface SilenceFieldProps {
  readonly draft: SilenceDraft
  readonly nowMs: number
  readonly onChange: (draft: SilenceDraft) => void
}

const HOUR_MS = 3_600_000

/** How long: every silence has an end. */
function SilenceField({ draft, nowMs, onChange }: SilenceFieldProps) {
  const { zone } = useTimeZone()
  const id = useId()
  const isWrong = resolveSilence(draft, zone, nowMs) === null
  return (
    <ChoiceField
      legend="For"
      options={SILENCES.map((value) => ({ value, label: describeSilence(value) }))}
      value={draft.choice}
      onChange={(choice) => {
        const at = draft.at === '' ? toLocalInput(Math.ceil(nowMs / HOUR_MS + 8) * HOUR_MS, zone) : draft.at
        onChange({ choice, at })
      }}
    >
      {draft.choice === 'at' ? (
        <div className={styles.at}>
          <input
            type="datetime-local"
            step="60"
            aria-label="Silent until"
            aria-invalid={isWrong || undefined}
            aria-describedby={`${id}-zone`}
            value={draft.at}
            onChange={(event) => onChange({ choice: 'at', at: event.target.value })}
          />
          <span id={`${id}-zone`} className={isWrong ? styles.error : undefined}>
            {isWrong ? 'must be a time to come' : zone}
          </span>
        </div>
      ) : null}
    </ChoiceField>
  )
}
