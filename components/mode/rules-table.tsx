'use client'

import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { modeQuery } from '#components/query/queries.ts'
import { useViewState } from '#components/query/use-view-state.ts'
import { Button } from '#components/ui/button.tsx'
import { ModeChip } from '#components/ui/mode-chip.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { useKeys } from '#components/ui/use-keys.ts'
import { useNow } from '#components/ui/use-now.ts'
import type { ModeRule } from '#lib/contract/mode.ts'
import { type OrderedRule, orderRules } from '#lib/flags/effective-order.ts'
import type { Proposal } from './change/mode-change-dialog.tsx'
import { RuleRow } from './rule-row.tsx'
import styles from './rules-table.module.css'
import { SectionHead } from './section-head.tsx'
import { useRunQuestion } from './use-run-question.ts'

interface RulesTableProps {
  readonly propose: (proposal: Proposal) => void
}

/** The rules in the order in which they are asked. */
export function RulesTable({ propose }: RulesTableProps) {
  const mode = useQuery(modeQuery())
  const nowMs = useNow(1000) ?? mode.dataUpdatedAt
  const { view } = useViewState()
  const { decidingId } = useRunQuestion(nowMs)
  useKeys('Parallel mode', [
    { keys: 'j', label: 'Next rule', run: () => walk(1) },
    { keys: 'k', label: 'Rule before', run: () => walk(-1) },
    { keys: 'Enter', label: 'Change the rule' },
  ])
  const ordered = mode.data ? orderRules(mode.data.rules, nowMs) : []
  const shown = ordered.filter(({ rule }) => isAbout(rule, view.environment, view.agent))
  const toRow = (one: OrderedRule) => (
    <RuleRow
      key={one.rule.id}
      ordered={one}
      decides={one.rule.id === decidingId}
      nowMs={nowMs}
      propose={propose}
    />
  )
  return (
    <section aria-labelledby="rules">
      <SectionHead
        id="rules"
        title="Rules"
        note="the most specific wins: agent over environment, then the first"
      >
        {shown.length < ordered.length ? (
          <span className={styles.hidden}>
            {shown.length} of {ordered.length}, by the filters above
          </span>
        ) : null}
        <Button className={styles.add} onClick={() => propose({ kind: 'rule', rule: null })}>
          Add rule
        </Button>
      </SectionHead>
      {mode.data ? (
        <table className={styles.table}>
          <Head />
          <tbody>
            {shown.filter(({ rule }) => rule.tool === null).map(toRow)}
            <DefaultRow />
          </tbody>
          <ToolRows>{shown.filter(({ rule }) => rule.tool !== null).map(toRow)}</ToolRows>
        </table>
      ) : (
        <SkeletonRows rows={4} widths={[24, 130, 90, 80, 60, 140]} label="Reading the rules" />
      )}
    </section>
  )
}

function isAbout(rule: ModeRule, environments: readonly string[], agents: readonly string[]): boolean {
  const inEnvironment =
    rule.environment === null || environments.length === 0 || environments.includes(rule.environment)
  return inEnvironment && (rule.agent === null || agents.length === 0 || agents.includes(rule.agent))
}

/** Moves the focus among the rules; from elsewhere to the first. */
function walk(by: 1 | -1) {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-rule]')]
  const at = rows.indexOf(document.activeElement as HTMLElement)
  const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))
  rows[next]?.focus()
}

function Head() {
  return (
    <thead>
      <tr>
        <th scope="col">Rule</th>
        <th scope="col">Matches</th>
        <th scope="col">Environment</th>
        <th scope="col">Mode</th>
        <th scope="col" data-number>
          Share
        </th>
        <th scope="col">Ends</th>
        <th scope="col">Reason</th>
        <th scope="col" aria-label="Actions" />
      </tr>
    </thead>
  )
}

function DefaultRow() {
  return (
    <tr className={styles.row} data-quiet>
      <td data-cell="number">else</td>
      <td data-cell="matches">everything</td>
      <td data-cell="environment">any</td>
      <td data-cell="mode">
        <ModeChip mode="parallel" />
      </td>
      <td data-cell="share" />
      <td data-cell="ends">
        <span className={styles.any}>never</span>
      </td>
      <td data-cell="reason">the default</td>
      <td data-cell="actions" />
    </tr>
  )
}

function ToolRows({ children }: { readonly children: readonly ReactNode[] }) {
  if (children.length === 0) return null
  return (
    <tbody>
      <tr>
        <th colSpan={8} scope="rowgroup" className={styles.group}>
          Tools, within a batch: these only tighten
        </th>
      </tr>
      {children}
    </tbody>
  )
}
