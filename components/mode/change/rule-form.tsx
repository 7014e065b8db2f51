'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ModeChoice } from '#components/mode/mode-choice.tsx'
import { executorsQuery, facetsQuery, modeQuery } from '#components/query/queries.ts'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { useNow } from '#components/ui/use-now.ts'
import type { ModeRule } from '#lib/contract/mode.ts'
import { putRule } from '#lib/flags/rule-edits.ts'
import type { Mode } from '#lib/model/vocabulary.ts'
import styles from './change-form.module.css'
import { ChangeForm, type FormEdit, type FormEnd } from './change-form.tsx'
import { draftExpiry, resolveExpiry } from './expiry.ts'
import { ExpiryField } from './expiry-field.tsx'
import { NameField } from './fields.tsx'
import { draftGuard, resolveGuard } from './guard-draft.ts'
import { GuardField } from './guard-field.tsx'
import { draftRule } from './rule-draft.ts'
import { parseShare, ShareField } from './share-field.tsx'

interface RuleFormProps extends FormEnd {
  /** The rule to change; null for a new one. */
  readonly rule: ModeRule | null
  /** What a new rule begins with. */
  readonly draft?: Partial<ModeRule> | undefined
  /** Id of a new rule. */
  readonly newId: string
}

/** Every field of one rule. */
export function RuleForm({ rule, draft: begin, newId, ...end }: RuleFormProps) {
  const first = rule ?? begin
  const { zone } = useTimeZone()
  const { dataUpdatedAt } = useQuery(modeQuery())
  const nowMs = useNow(10_000) ?? dataUpdatedAt
  const names = useKnownNames()
  const [environment, setEnvironment] = useState(first?.environment ?? '')
  const [agent, setAgent] = useState(first?.agent ?? '')
  const [tool, setTool] = useState(first?.tool ?? '')
  const [mode, setMode] = useState<Mode>(first?.mode ?? 'serial')
  const [share, setShare] = useState(first?.percentage == null ? '' : String(first.percentage))
  const [expiryDraft, setExpiryDraft] = useState(() => draftExpiry(rule?.expires_at ?? null, zone))
  const [guardDraft, setGuardDraft] = useState(() => draftGuard(rule?.guard ?? null))
  const percentage = parseShare(share)
  const guard = resolveGuard(guardDraft, rule?.guard ?? null)
  const expiry = resolveExpiry(expiryDraft, zone, nowMs)

  const edit: FormEdit =
    percentage === undefined || expiry === undefined || guard === undefined
      ? null
      : (rules, context) => {
          const draft = draftRule({ id: rule?.id ?? newId, mode }, context.nowMs)
          return putRule(rules, {
            ...draft,
            environment: nameOrAny(environment),
            agent: nameOrAny(agent),
            tool: nameOrAny(tool),
            percentage,
            // The field holds whole seconds; an end that nobody touched keeps its fraction.
            expires_at: keepExact(rule, resolveExpiry(expiryDraft, zone, context.nowMs) ?? null),
            reason: context.reason,
            guard,
          })
        }

  return (
    <ChangeForm
      {...end}
      edit={edit}
      confirm={rule === null ? 'Add rule' : 'Save rule'}
      start="fields"
      reason={rule?.reason ?? null}
    >
      <div className={styles.columns}>
        <NameField
          label="Environment"
          placeholder="any"
          known={names.environments}
          value={environment}
          onChange={setEnvironment}
          startsHere
        />
        <NameField
          label="Agent"
          placeholder="every agent"
          known={names.agents}
          value={agent}
          onChange={setAgent}
        />
        <NameField
          label="Tool"
          placeholder="whole batches"
          known={names.tools}
          value={tool}
          onChange={setTool}
        />
      </div>
      {tool.trim() === '' ? null : (
        <p className={styles.help}>
          A rule for a tool only tightens: it says how that tool's calls may overlap others within a batch.
        </p>
      )}
      <ModeChoice label="Mode of the rule" mode={mode} onChoose={setMode} followsFocus isWide />
      <ShareField text={share} onChange={setShare} />
      <ExpiryField draft={expiryDraft} expiry={expiry} nowMs={nowMs} onChange={setExpiryDraft} />
      {mode === 'serial' && !guardDraft.isOn ? null : (
        <GuardField draft={guardDraft} onChange={setGuardDraft} />
      )}
    </ChangeForm>
  )
}

function nameOrAny(text: string): string | null {
  const name = text.trim()
  return name === '' ? null : name
}

function keepExact(rule: ModeRule | null, expiresAtMs: number | null): number | null {
  const old = rule?.expires_at ?? null
  if (old === null || expiresAtMs === null) return expiresAtMs
  return Math.floor(old / 1000) === Math.floor(expiresAtMs / 1000) ? old : expiresAtMs
}

interface KnownNames {
  readonly environments: readonly string[]
  readonly agents: readonly string[]
  readonly tools: readonly string[]
}

/** Names that batches, executors or rules have brought. */
export function useKnownNames(): KnownNames {
  const { data: facets } = useQuery(facetsQuery({}))
  const { data: connected } = useQuery(executorsQuery())
  const { data: mode } = useQuery(modeQuery())
  const executors = connected?.executors ?? []
  const rules = mode?.rules ?? []
  const unite = (...lists: readonly (readonly (string | null)[])[]) => [
    ...new Set(lists.flat().filter((name) => name !== null)),
  ]
  return {
    environments: unite(
      facets?.environments ?? [],
      executors.map((executor) => executor.environment),
      rules.map((rule) => rule.environment),
    ),
    agents: unite(
      facets?.agents ?? [],
      executors.map((executor) => executor.agent),
      rules.map((rule) => rule.agent),
    ),
    tools: unite(
      facets?.tools ?? [],
      rules.map((rule) => rule.tool),
    ),
  }
}
