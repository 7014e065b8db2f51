'use client'

import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { SerialButton } from '#components/mode/serial-button.tsx'
import { describeError } from '#components/query/fetch-json.ts'
import { modeQuery } from '#components/query/queries.ts'
import { Button } from '#components/ui/button.tsx'
import { useNow } from '#components/ui/use-now.ts'
import type { ModeRule, ModeState } from '#lib/contract/mode.ts'
import { sameRule } from '#lib/flags/describe-change.ts'
import { isLoosening } from '#lib/flags/loosening.ts'
import styles from './change-form.module.css'
import { ChangeNews } from './change-news.tsx'
import { ChangeReview } from './change-review.tsx'
import { TextField } from './fields.tsx'
import { isConflict, type ModeWritten, useModeWrite } from './use-mode-write.ts'

/** What an edit may depend on besides the rules. */
export interface EditContext {
  readonly reason: string | null
  readonly nowMs: number
}

/** The edit that a form stands for, done again whenever the rules beneath it change; null while a field is wrong. */
export type FormEdit = ((rules: readonly ModeRule[], context: EditContext) => readonly ModeRule[]) | null

export interface FormEnd {
  readonly onClose: () => void
  readonly onWritten: (written: ModeWritten) => void
}

interface ChangeFormProps extends FormEnd {
  readonly edit: FormEdit
  /** What the button does, in words. */
  readonly confirm: string
  /** Draws the button in the colour of serial. */
  readonly isSerial?: boolean
  readonly reason?: string | null
  /** Where a person begins: at the first field, or at the button because nothing is left to say. */
  readonly start?: 'fields' | 'confirm'
  /** The fields, above the review. */
  readonly children?: ReactNode
}

/**
 * The common half of every change: what it would do, the reason, the button. A draft outlives the changes
 * of others: it is done again on top of them, and they are named.
 */
export function ChangeForm(props: ChangeFormProps) {
  const mode = useQuery(modeQuery())
  const nowMs = useNow(10_000) ?? mode.dataUpdatedAt
  // The dialog opens from a page that shows the mode, so it is there.
  return mode.data ? <LoadedForm {...props} mode={mode.data} nowMs={nowMs} /> : null
}

interface LoadedFormProps extends ChangeFormProps {
  readonly mode: ModeState
  readonly nowMs: number
}

function LoadedForm(props: LoadedFormProps) {
  const { edit, confirm, mode, nowMs, isSerial = false, start = 'confirm', children } = props
  const [reasonText, setReason] = useState(props.reason ?? '')
  const [firstRevision] = useState(mode.revision)
  const write = useModeWrite(props.onWritten)
  const reason = reasonText.trim() === '' ? null : reasonText.trim()
  const after = edit?.(mode.rules, { reason, nowMs }) ?? null
  const isSame = after !== null && isSameList(mode.rules, after)
  const loosens = after !== null && isLoosening(mode.rules, after, nowMs)
  const canWrite = after !== null && !isSame && !(loosens && reason === null)
  const label = write.isPending ? 'Writing' : confirm
  const startHere = start === 'confirm' && canWrite ? { 'data-autofocus': true } : {}

  const submit = () => {
    if (!edit || !canWrite || write.isPending) return
    // A span counts from the press, not from the last tick of the clock.
    const rules = edit(mode.rules, { reason, nowMs: Date.now() })
    write.mutate({ revision: mode.revision, rules, reason })
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
      <ChangeNews sinceRevision={firstRevision} isRefused={isConflict(write.error)} />
      {children}
      <TextField
        label="Reason"
        hint={loosens ? 'needed, because this loosens' : 'for the audit trail'}
        isNeeded={loosens}
        value={reasonText}
        onChange={setReason}
        startsHere={start === 'confirm' && loosens && reason === null}
      />
      <ChangeReview before={mode.rules} after={after} nowMs={nowMs} />
      {write.error === null || isConflict(write.error) ? null : (
        <p className={styles.error} role="alert">
          Not written: {describeError(write.error)}.
        </p>
      )}
      <div className={styles.actions}>
        <span className={styles.needs}>{loosens && reason === null ? 'Give a reason to loosen' : null}</span>
        <Button className={styles.confirm} onClick={props.onClose}>
          Cancel
        </Button>
        {isSerial ? (
          <SerialButton type="submit" disabled={!canWrite || write.isPending} {...startHere}>
            {label}
          </SerialButton>
        ) : (
          <Button
            type="submit"
            kind="primary"
            className={styles.confirm}
            disabled={!canWrite || write.isPending}
            {...startHere}
          >
            {label}
          </Button>
        )}
      </div>
    </form>
  )
}

function isSameList(a: readonly ModeRule[], b: readonly ModeRule[]): boolean {
  return a.length === b.length && a.every((rule, index) => sameRule(rule, b[index] as ModeRule))
}
