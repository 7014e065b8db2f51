'use client'

import { useId } from 'react'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { toLocalInput } from '#lib/format/wall-clock.ts'
import { describeLasting, type Expiry, type ExpiryDraft, LASTING } from './expiry.ts'
import styles from './fields.module.css'
import { ChoiceField } from './fields.tsx'

interface ExpiryFieldProps {
  readonly draft: ExpiryDraft
  readonly expiry: Expiry
  readonly nowMs: number
  readonly onChange: (draft: ExpiryDraft) => void
}

const HOUR_MS = 3_600_000

/** How long it holds: the end of an emergency is chosen with its beginning. */
export function ExpiryField({ draft, expiry, nowMs, onChange }: ExpiryFieldProps) {
  const { zone } = useTimeZone()
  const id = useId()
  return (
    <ChoiceField
      legend="Holds"
      options={LASTING.map((value) => ({ value, label: describeLasting(value) }))}
      value={draft.lasting}
      onChange={(lasting) => {
        const at = draft.at === '' ? toLocalInput(Math.ceil(nowMs / HOUR_MS + 1) * HOUR_MS, zone) : draft.at
        onChange({ lasting, at: lasting === 'at' ? at : draft.at })
      }}
    >
      {draft.lasting === 'at' ? (
        <div className={styles.beside}>
          <input
            className={styles.input}
            type="datetime-local"
            step="1"
            aria-label="Holds until"
            aria-invalid={expiry === undefined || undefined}
            aria-describedby={`${id}-zone`}
            value={draft.at}
            onChange={(event) => onChange({ lasting: 'at', at: event.target.value })}
          />
          <span id={`${id}-zone`} className={expiry === undefined ? styles.fault : undefined}>
            {expiry === undefined ? 'must be a time to come' : zone}
          </span>
        </div>
      ) : null}
    </ChoiceField>
  )
}
