'use client'

import { useQuery } from '@tanstack/react-query'
import type { Proposal } from '#components/mode/change/mode-change-dialog.tsx'
import { auditQuery, modeQuery } from '#components/query/queries.ts'
import { useViewState } from '#components/query/use-view-state.ts'
import { useNow } from '#components/ui/use-now.ts'
import type { ModeAuditEntry, ModeRule } from '#lib/contract/mode.ts'
import { listRollouts } from './list-rollouts.ts'
import styles from './rollout.module.css'
import { RolloutPanel } from './rollout-panel.tsx'

interface RolloutsProps {
  readonly propose: (proposal: Proposal) => void
}

const NO_RULES: readonly ModeRule[] = []
const NO_ENTRIES: readonly ModeAuditEntry[] = []
/** Each asks the store for a comparison of its own. */
const SHOWN = 4

/** The rules that take a share of the runs, each with the comparison of its arms. */
export function Rollouts({ propose }: RolloutsProps) {
  const mode = useQuery(modeQuery())
  const audit = useQuery(auditQuery())
  const { view } = useViewState()
  const nowMs = useNow(60_000) ?? mode.dataUpdatedAt
  const rollouts = listRollouts(mode.data?.rules ?? NO_RULES, audit.data?.entries ?? NO_ENTRIES, nowMs)
  const isShown = (name: string | null, chosen: readonly string[]) =>
    name === null || chosen.length === 0 || chosen.includes(name)
  const shown = rollouts
    .filter((rule) => isShown(rule.environment, view.environment) && isShown(rule.agent, view.agent))
    .slice(0, SHOWN)
  if (shown.length === 0) return null
  return (
    <div className={styles.list}>
      {shown.map((rule) => (
        <RolloutPanel key={rule.id} rule={rule} propose={propose} />
      ))}
    </div>
  )
}
