'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ModeChoice } from '#components/mode/mode-choice.tsx'
import { modeQuery } from '#components/query/queries.ts'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { useNow } from '#components/ui/use-now.ts'
import type { ModeRule } from '#lib/contract/mode.ts'
import { type AgentStanding, describeEnvironment, listExceptions } from '#lib/flags/environment-standing.ts'
import { formatShares } from '#lib/flags/mode-shares.ts'
import { strictness } from '#lib/flags/precedence.ts'
import { setScopeMode } from '#lib/flags/rule-edits.ts'
import { middleTruncate } from '#lib/format/text.ts'
import type { Mode } from '#lib/model/vocabulary.ts'
import styles from './change-form.module.css'
import { ChangeForm, type FormEnd } from './change-form.tsx'
import { draftExpiry, resolveExpiry } from './expiry.ts'
import { ExpiryField } from './expiry-field.tsx'
import { CheckField } from './fields.tsx'
import { draftRule } from './rule-draft.ts'

interface EnvironmentFormProps extends FormEnd {
  readonly environment: string
  /** The mode that was pressed. */
  readonly mode: Mode
  /** Start of the ids of the rules that it makes. */
  readonly idSeed: string
}

/** Switches a whole environment, and the agents with rules of their own when asked to. */
export function EnvironmentForm({ environment, mode: pressed, idSeed, ...end }: EnvironmentFormProps) {
  const { zone } = useTimeZone()
  const { data, dataUpdatedAt } = useQuery(modeQuery())
  const nowMs = useNow(10_000) ?? dataUpdatedAt
  const [mode, setMode] = useState(pressed)
  const [expiryDraft, setExpiryDraft] = useState(() => draftExpiry(null, zone))
  // Until a person decides: a tightening takes everybody along, a loosening nobody.
  const [isTakingAlong, setTakingAlong] = useState<boolean | null>(null)
  const rules = data?.rules ?? []
  const standing = describeEnvironment(environment, rules, nowMs)
  const tightens = strictness(mode) > strictness(standing.mode)
  const exceptions = listExceptions(environment, mode, rules, nowMs)
  const takesAlong = isTakingAlong ?? tightens
  const expiry = resolveExpiry(expiryDraft, zone, nowMs)

  const edit = (list: readonly ModeRule[], context: { reason: string | null; nowMs: number }) => {
    const agents = takesAlong ? listExceptions(environment, mode, list, context.nowMs) : []
    const expires_at = resolveExpiry(expiryDraft, zone, context.nowMs) ?? null
    return [null, ...agents.map(({ agent }) => agent)].reduce((now: readonly ModeRule[], agent, index) => {
      const id = index === 0 ? idSeed : `${idSeed}-${index}`
      const { reason } = context
      const rule = draftRule({ id, environment, agent, mode, expires_at, reason }, context.nowMs)
      return setScopeMode(now, rule, context.nowMs)
    }, list)
  }

  return (
    <ChangeForm
      {...end}
      edit={expiry === undefined ? null : edit}
      confirm={`Make ${middleTruncate(environment, 30)} ${mode}`}
      isSerial={mode === 'serial'}
    >
      <ModeChoice
        label={`Mode of ${environment} from now on`}
        mode={mode}
        onChoose={setMode}
        followsFocus
        isWide
      />
      <ExpiryField draft={expiryDraft} expiry={expiry} nowMs={nowMs} onChange={setExpiryDraft} />
      <Exceptions exceptions={exceptions} mode={mode} checked={takesAlong} onChange={setTakingAlong} />
      {!tightens && standing.toolRules.length > 0 ? <HeldTools rules={standing.toolRules} /> : null}
    </ChangeForm>
  )
}

const NAMES_SHOWN = 4

interface ExceptionsProps {
  readonly exceptions: readonly AgentStanding[]
  readonly mode: Mode
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
}

/** Agents that a rule for the environment alone would not reach. */
function Exceptions({ exceptions, mode, checked, onChange }: ExceptionsProps) {
  if (exceptions.length === 0) return null
  const words = exceptions
    .slice(0, NAMES_SHOWN)
    .map(({ agent, shares }) => `${middleTruncate(agent, 40)} (${formatShares(shares)})`)
  const more = exceptions.length > NAMES_SHOWN ? ` and ${exceptions.length - NAMES_SHOWN} more` : ''
  return (
    <CheckField checked={checked} onChange={onChange}>
      Take along {exceptions.length === 1 ? 'the agent' : `the ${exceptions.length} agents`} with rules of
      {exceptions.length === 1 ? ' its' : ' their'} own: {words.join(', ')}
      {more}.{' '}
      <span className={styles.quiet}>
        {checked
          ? `A rule for ${exceptions.length === 1 ? 'it makes it' : 'each makes them'} ${mode} too.`
          : 'Left as it is, because a rule for an agent goes before one for an environment.'}
      </span>
    </CheckField>
  )
}

function HeldTools({ rules }: { readonly rules: readonly ModeRule[] }) {
  const tools = [...new Set(rules.flatMap((rule) => rule.tool ?? []))]
  const shown = tools.slice(0, NAMES_SHOWN).map((tool) => middleTruncate(tool, 40))
  const more = tools.length > NAMES_SHOWN ? ` and ${tools.length - NAMES_SHOWN} more` : ''
  return (
    <p className={styles.help}>
      Still held within a batch by rules of {tools.length === 1 ? 'its' : 'their'} own:{' '}
      <span className={styles.tool}>{shown.join(', ')}</span>
      {more}.
    </p>
  )
}
