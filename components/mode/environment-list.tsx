'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { executorsQuery, facetsQuery, modeQuery } from '#components/query/queries.ts'
import { useViewLink, useViewState } from '#components/query/use-view-state.ts'
import { Button, buttonClass } from '#components/ui/button.tsx'
import { SkeletonBar } from '#components/ui/skeleton.tsx'
import { useNow } from '#components/ui/use-now.ts'
import type { Executor, ModeRule } from '#lib/contract/mode.ts'
import { orderRules } from '#lib/flags/effective-order.ts'
import { describeEnvironment, listEnvironments } from '#lib/flags/environment-standing.ts'
import type { Proposal } from './change/mode-change-dialog.tsx'
import styles from './environment-list.module.css'
import { EnvironmentRow } from './environment-row.tsx'
import { SectionHead } from './section-head.tsx'

interface EnvironmentListProps {
  readonly propose: (proposal: Proposal) => void
}

const NOBODY: readonly Executor[] = []
const NO_RULES: readonly ModeRule[] = []

/** Every environment with its mode and its switch. */
export function EnvironmentList({ propose }: EnvironmentListProps) {
  const { view, setEnvironments } = useViewState()
  const mode = useQuery(modeQuery())
  const facets = useQuery(facetsQuery({}))
  const executors = useQuery(executorsQuery()).data?.executors ?? NOBODY
  const nowMs = useNow(1000) ?? mode.dataUpdatedAt
  const rules = mode.data?.rules ?? NO_RULES
  const all = listEnvironments(facets.data?.environments ?? [], rules, executors)
  const shown = all.filter((name) => view.environment.length === 0 || view.environment.includes(name))
  const numbers = new Map(orderRules(rules, nowMs).map(({ rule, number }) => [rule.id, number]))
  const isLoading = !mode.data || facets.isPending
  return (
    <section aria-labelledby="environments">
      <SectionHead id="environments" title="Environments" note="says what it touches, then can be undone">
        {shown.length < all.length ? (
          <Button kind="plain" onClick={() => setEnvironments([])}>
            {shown.length} of {all.length}, show all
          </Button>
        ) : null}
      </SectionHead>
      {isLoading ? <EnvironmentsSkeleton /> : null}
      {!isLoading && all.length === 0 ? <NoEnvironment /> : null}
      {isLoading
        ? null
        : shown.map((name) => (
            <EnvironmentRow
              key={name}
              standing={describeEnvironment(name, rules, nowMs)}
              executors={executors.filter((one) => one.connected && one.environment === name)}
              ruleNumber={(rule) => numbers.get(rule.id) ?? null}
              nowMs={nowMs}
              propose={propose}
            />
          ))}
    </section>
  )
}

function NoEnvironment() {
  const link = useViewLink()
  return (
    <div className={styles.empty}>
      <p>
        No environment is known yet. One appears with its first batch, its first executor or the first rule
        that names it.
      </p>
      <Link href={link('/connect')} className={buttonClass()}>
        Connect an agent
      </Link>
    </div>
  )
}

/** Some environments in their final geometry while they are on their way. */
export function EnvironmentsSkeleton() {
  return (
    <div role="status" aria-label="Reading the environments">
      {[180, 132, 156].map((width) => (
        <div key={width} className={styles.skeleton}>
          <SkeletonBar width={96} />
          <SkeletonBar width={240} height={26} />
          <SkeletonBar width={width} height={32} />
        </div>
      ))}
    </div>
  )
}
