'use client'

import { ALERT_KINDS, type AlertKind } from '#lib/model/alert.ts'
import styles from './fields.module.css'
import { CheckField } from './fields.tsx'
import { findGuardFaults, type GuardDraft } from './guard-draft.ts'
import guardStyles from './guard-field.module.css'

interface GuardFieldProps {
  readonly draft: GuardDraft
  readonly onChange: (draft: GuardDraft) => void
}

/** What lets a rule return to serial by itself. */
export function GuardField({ draft, onChange }: GuardFieldProps) {
  const faults = findGuardFaults(draft)
  const set = (change: Partial<GuardDraft>) => onChange({ ...draft, ...change })
  return (
    <fieldset className={styles.field}>
      <legend className={styles.label}>Guard</legend>
      <CheckField checked={draft.isOn} onChange={(isOn) => set({ isOn })}>
        Return to serial by itself, once, and stay there until somebody says otherwise
      </CheckField>
      {draft.isOn ? (
        <div className={guardStyles.terms}>
          <Kinds kinds={draft.kinds} onChange={(kinds) => set({ kinds })} />
          <NumberLine
            before="when more than"
            after="% of them fail"
            label="Failing batches in per cent"
            placeholder="off"
            value={draft.failing}
            isWrong={faults.failing}
            onChange={(failing) => set({ failing })}
          />
          <NumberLine
            before="when their p95 is above"
            after="ms"
            label="p95 of the wall time in ms"
            placeholder="off"
            value={draft.wallMs}
            isWrong={faults.wallMs}
            onChange={(wallMs) => set({ wallMs })}
          />
          <NumberLine
            before="looking at its last"
            after="batches"
            label="How many batches it looks at"
            placeholder="50"
            value={draft.lastBatches}
            isWrong={faults.lastBatches}
            onChange={(lastBatches) => set({ lastBatches })}
          />
          <NumberLine
            before="then still for"
            after="min, even when loosened again"
            label="Cool-down in minutes"
            placeholder="15"
            value={draft.cooldownMin}
            isWrong={faults.cooldownMin}
            onChange={(cooldownMin) => set({ cooldownMin })}
          />
          {faults.nothing ? <span className={styles.fault}>It names nothing to act on.</span> : null}
        </div>
      ) : null}
    </fieldset>
  )
}

interface KindsProps {
  readonly kinds: readonly AlertKind[]
  readonly onChange: (kinds: readonly AlertKind[]) => void
}

function Kinds({ kinds, onChange }: KindsProps) {
  const toggle = (kind: AlertKind) =>
    onChange(kinds.includes(kind) ? kinds.filter((other) => other !== kind) : [...kinds, kind])
  return (
    <div className={guardStyles.line}>
      <span>when an alert opens of</span>
      <span className={styles.choices}>
        {ALERT_KINDS.map((kind) => (
          <label key={kind} className={styles.choice}>
            <input type="checkbox" checked={kinds.includes(kind)} onChange={() => toggle(kind)} />
            {kind}
          </label>
        ))}
      </span>
    </div>
  )
}

interface NumberLineProps {
  readonly before: string
  readonly after: string
  readonly label: string
  readonly placeholder: string
  readonly value: string
  readonly isWrong: boolean
  readonly onChange: (value: string) => void
}

function NumberLine({ before, after, label, placeholder, value, isWrong, onChange }: NumberLineProps) {
  return (
    <div className={guardStyles.line}>
      <span>{before}</span>
      <span className={styles.percent}>
        <input
          className={styles.input}
          inputMode="decimal"
          aria-label={label}
          aria-invalid={isWrong || undefined}
          placeholder={placeholder}
          value={value}
          onChange={(event) => onChange(event.target.value.replace(',', '.'))}
        />
        {after}
      </span>
    </div>
  )
}
