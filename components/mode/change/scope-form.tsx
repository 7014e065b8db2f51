'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ModeChoice } from '#components/mode/mode-choice.tsx'
import { modeQuery } from '#components/query/queries.ts'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { useNow } from '#components/ui/use-now.ts'
import type { ModeRule } from '#lib/contract/mode.ts'
import { putRule, setScopeMode } from '#lib/flags/rule-edits.ts'
import { MODES, type Mode } from '#lib/model/vocabulary.ts'
import styles from './change-form.module.css'
import { ChangeForm, type FormEdit, type FormEnd } from './change-form.tsx'
import { draftExpiry, resolveExpiry } from './expiry.ts'
import { ExpiryField } from './expiry-field.tsx'
import { draftRule } from './rule-draft.ts'

/** Whom a rule is for; null matches anything. */
export type RuleScope = Pick<ModeRule, 'environment' | 'agent' | 'tool'>

interface ScopeFormProps extends FormEnd {
  readonly scope: RuleScope
  /** The mode that was pressed. */
  readonly mode: Mode
  readonly reason: string | null
  readonly newId: string
}

/** A rule for a tool only tightens. */
const TOOL_MODES = MODES.filter((mode) => mode !== 'parallel')

/** Switches one agent, or holds one tool, where a page has named it already. */
export function ScopeForm({ scope, mode: pressed, reason, newId, ...end }: ScopeFormProps) {
  const { zone } = useTimeZone()
  const { dataUpdatedAt } = useQuery(modeQuery())
  const nowMs = useNow(10_000) ?? dataUpdatedAt
  const [mode, setMode] = useState(pressed)
  const [expiryDraft, setExpiryDraft] = useState(() => draftExpiry(null, zone))
  const expiry = resolveExpiry(expiryDraft, zone, nowMs)
  const edit: FormEdit = (rules, context) => {
    const expires_at = resolveExpiry(expiryDraft, zone, context.nowMs) ?? null
    const rule = draftRule({ id: newId, ...scope, mode, expires_at, reason: context.reason }, context.nowMs)
    return scope.tool === null ? setScopeMode(rules, rule, context.nowMs) : putRule(rules, rule)
  }
  return (
    <ChangeForm
      {...end}
      edit={expiry === undefined ? null : edit}
      confirm={scope.tool === null ? `Make it ${mode}` : `Hold it to ${mode}`}
      isSerial={mode === 'serial'}
      reason={reason}
    >
      {scope.tool === null ? null : (
        <p className={styles.help}>
          Within a batch its calls run {mode === 'serial' ? 'alone' : 'beside reads only'}; all other calls
          overlap as before.
        </p>
      )}
      <ModeChoice
        label="Mode from now on"
        mode={mode}
        onChoose={setMode}
        options={scope.tool === null ? MODES : TOOL_MODES}
        followsFocus
        isWide
      />
      <ExpiryField draft={expiryDraft} expiry={expiry} nowMs={nowMs} onChange={setExpiryDraft} />
    </ChangeForm>
  )
}
