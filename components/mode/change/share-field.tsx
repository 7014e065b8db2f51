'use client'

import { useId } from 'react'
import styles from './fields.module.css'

interface ShareFieldProps {
  /** As written; empty = all runs. */
  readonly text: string
  readonly onChange: (text: string) => void
}

const STEPS = ['10', '25', '50', '100'] as const

/** A share of runs in per cent: null = all, undefined = not a share. */
export function parseShare(text: string): number | null | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return null
  const share = Number(trimmed.replace(',', '.'))
  if (!Number.isFinite(share) || share < 0 || share > 100) return undefined
  return share === 100 ? null : share
}

/** Which share of the runs a rule takes; the rest go on to the next rule. */
export function ShareField({ text, onChange }: ShareFieldProps) {
  const id = useId()
  const share = parseShare(text)
  return (
    <fieldset className={styles.field}>
      <legend className={styles.label}>Share of runs</legend>
      <div className={styles.share}>
        {STEPS.map((step) => (
          <label key={step} className={styles.choice}>
            <input
              type="radio"
              name={id}
              checked={step === '100' ? share === null : share === Number(step)}
              onChange={() => onChange(step === '100' ? '' : step)}
            />
            {step === '100' ? 'all' : `${step} %`}
          </label>
        ))}
        <span className={styles.percent}>
          <input
            className={styles.input}
            inputMode="decimal"
            aria-label="Share of runs in per cent"
            aria-invalid={share === undefined || undefined}
            placeholder="100"
            value={text}
            onChange={(event) => onChange(event.target.value)}
          />
          %
        </span>
        {share === undefined ? <span className={styles.fault}>0 to 100</span> : null}
      </div>
    </fieldset>
  )
}
