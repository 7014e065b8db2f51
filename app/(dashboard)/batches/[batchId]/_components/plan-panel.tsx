'use client'

import { useMemo } from 'react'
import { AlertGlyph } from '#components/ui/glyphs.tsx'
import type { BatchDetail } from '#lib/contract/reads.ts'
import { formatDuration } from '#lib/format/duration.ts'
import { formatNoun } from '#lib/format/number.ts'
import { describeReason, groupPlan, type PlanGroup } from '#lib/plan/describe-plan.ts'
import { planPairs } from '#lib/plan/plan-pairs.ts'
import { warnOfPlan } from '#lib/plan/plan-warnings.ts'
import { callKey } from '#lib/timeline/prepare-rows.ts'
import type { PreparedBatch } from '#lib/timeline/prepare-timeline.ts'
import { intentOf } from './intent-of.ts'
import { Panel } from './panel.tsx'
import styles from './plan-panel.module.css'

interface PlanPanelProps {
  readonly batch: BatchDetail
  readonly prepared: PreparedBatch
  readonly onSelect: (key: string) => void
}

/** Which calls the runtime meant to overlap, which it kept apart and why, and whether that is what happened. */
export function PlanPanel({ batch, prepared, onSelect }: PlanPanelProps) {
  const intent = useMemo(() => intentOf(batch), [batch])
  const { pairs, truncated } = useMemo(() => planPairs(intent, prepared.calls), [intent, prepared])
  const groups = useMemo(() => groupPlan(pairs), [pairs])
  const warnings = useMemo(
    () => warnOfPlan(intent, prepared.calls, batch.source !== 'otlp'),
    [intent, prepared, batch.source],
  )
  const together = pairs.filter(({ apart }) => !apart).length
  return (
    <Panel
      title="Plan"
      note="which calls may overlap, and which did"
      aside={
        pairs.length === 0
          ? null
          : `${together} of ${formatNoun(pairs.length, 'pair', 'pairs')} may${truncated ? ', of the first calls' : ''}`
      }
    >
      {pairs.length === 0 ? <p className={styles.quiet}>A single call has nothing to overlap.</p> : null}
      {groups.map((group) => (
        <GroupRow key={group.reason} group={group} onSelect={onSelect} />
      ))}
      {warnings.length === 0 ? null : (
        <ul className={styles.warnings} aria-label="Warnings of the plan">
          {warnings.map((warning) => (
            <li key={warning}>
              <AlertGlyph label={null} />
              {warning}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function GroupRow({
  group,
  onSelect,
}: {
  readonly group: PlanGroup
  readonly onSelect: (key: string) => void
}) {
  const [first] = group.pairs
  if (first === undefined) return null
  const rest = group.pairs.length - 1
  return (
    <div className={styles.row}>
      <button
        type="button"
        className={styles.reason}
        onClick={() => onSelect(callKey(first.second.callId))}
        title={`${first.first.tool} and ${first.second.tool}: ${describeReason(first)}`}
      >
        <span className={styles.rule} data-apart={group.apart || undefined}>
          {group.apart ? 'apart' : 'may'}
        </span>
        <span className={styles.words}>
          {describeReason(first)}
          {rest > 0 ? (
            <span className={styles.more}>{`  and ${formatNoun(rest, 'pair', 'pairs')} alike`}</span>
          ) : null}
        </span>
      </button>
      <Actual group={group} />
    </div>
  )
}

/** Only an overlap that the plan forbade is bad news; calls that might have overlapped and did not are none. */
function Actual({ group }: { readonly group: PlanGroup }) {
  const { apart, overlapped, timed, pairs } = group
  if (timed === 0) return <span className={styles.actual}>no times</span>
  if (!apart) return <span className={styles.actual}>{`${overlapped} of ${timed} did`}</span>
  if (overlapped === 0) return <span className={styles.actual}>kept apart</span>
  return (
    <span className={styles.broken}>
      <AlertGlyph label={null} />
      {`${overlapped} overlapped, up to ${formatDuration((pairs[0]?.overlapUs ?? 0) / 1000)}`}
    </span>
  )
}
