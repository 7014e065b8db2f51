'use client'

import { useQuery } from '@tanstack/react-query'
import { useModeChange } from '#components/mode/change/use-mode-change.tsx'
import { describeError } from '#components/query/fetch-json.ts'
import { couplingQuery } from '#components/query/queries.ts'
import { useViewState } from '#components/query/use-view-state.ts'
import layout from '#components/shell/page.module.css'
import { PageFoot } from '#components/shell/page-foot.tsx'
import { PageHead } from '#components/shell/page-head.tsx'
import { ErrorStrip } from '#components/ui/error-strip.tsx'
import { KeyHint } from '#components/ui/kbd.tsx'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { useKeys } from '#components/ui/use-keys.ts'
import type { Coupling } from '#lib/contract/coupling.ts'
import { formatNoun } from '#lib/format/number.ts'
import { formatClock } from '#lib/format/time.ts'
import { NothingRecorded } from '../../_components/nothing-recorded.tsx'
import { walkRows } from '../../_components/walk-rows.ts'
import { AuditTable, WALK } from './audit-table.tsx'
import { couplingFilter } from './coupling-filter.ts'
import styles from './coupling-page.module.css'
import { CouplingSkeleton } from './coupling-skeleton.tsx'
import { EmittedPanel } from './emitted-panel.tsx'
import { ConflictsPanel, CoupledPanel, MergesPanel, MissedPanel } from './finding-panels.tsx'

/** Which tools may run beside others, and which two must not? */
export function CouplingPage() {
  const { filter } = useViewState()
  const { zone } = useTimeZone()
  const { data, error, dataUpdatedAt, refetch } = useQuery(couplingQuery(couplingFilter(filter)))
  useKeys('Coupling', [
    { keys: 'j', label: 'Next tool', run: () => walkRows(WALK, 1) },
    { keys: 'k', label: 'Previous tool', run: () => walkRows(WALK, -1) },
    { keys: 'Enter', label: 'Open the tool' },
  ])
  return (
    <div className={layout.page}>
      <PageHead title="Coupling" note={data && data.tools.length > 0 ? describe(data) : null} />
      {error ? (
        <ErrorStrip
          what="The audit could not be read"
          cause={describeError(error)}
          meanwhile={data ? `what is below was read at ${formatClock(dataUpdatedAt, zone)}` : undefined}
          onRetry={() => void refetch()}
        />
      ) : null}
      {data === undefined ? (
        error ? null : (
          <CouplingSkeleton />
        )
      ) : data.tools.length === 0 ? (
        <NothingRecorded />
      ) : (
        <Audit coupling={data} />
      )}
    </div>
  )
}

function Audit({ coupling }: { readonly coupling: Coupling }) {
  const { propose, dialog } = useModeChange()
  const reads = new Set(coupling.tools.filter(({ effect }) => effect === 'read').map(({ tool }) => tool))
  return (
    <>
      {dialog}
      <div className={layout.scroll}>
        <div className={styles.columns}>
          <div className={styles.main}>
            <AuditTable tools={coupling.tools} />
          </div>
          <div className={styles.side}>
            <ConflictsPanel conflicts={coupling.conflicts} reads={reads} propose={propose} />
            <CoupledPanel coupled={coupling.coupled} propose={propose} />
            <MissedPanel missed={coupling.missed} />
            <MergesPanel merges={coupling.merges} />
            <EmittedPanel emitted={coupling.emitted} />
          </div>
        </div>
      </div>
      <PageFoot note="filled: marked by a person; outlined: follows from the declared effect; pairs are counted by day">
        <KeyHint keys={['j', 'k']}>tool</KeyHint>
        <KeyHint keys={['Enter']}>open</KeyHint>
      </PageFoot>
    </>
  )
}

/** `14 tools, 3 that nobody classified; 2 pairs meet on a resource`. */
function describe({ tools, conflicts, coupled }: Coupling): string {
  const unclassified = tools.filter((tool) => tool.is_unclassified).length
  const parts = [
    conflicts.length === 0 ? '' : `${formatNoun(conflicts.length, 'pair meets', 'pairs meet')} on a resource`,
    coupled.length === 0 ? '' : `${formatNoun(coupled.length, 'tool fails', 'tools fail')} beside another`,
  ].filter((part) => part !== '')
  const classes = unclassified === 0 ? 'all classified' : `${unclassified} that nobody classified`
  return `${formatNoun(tools.length, 'tool', 'tools')}, ${classes}${parts.length === 0 ? '' : `; ${parts.join(', ')}`}`
}
