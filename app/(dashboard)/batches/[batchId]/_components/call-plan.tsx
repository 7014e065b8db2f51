'use client'

import { useMemo } from 'react'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import type { BatchDetail } from '#lib/contract/reads.ts'
import { formatNoun } from '#lib/format/number.ts'
import { describeActual, describeReason, didOverlap } from '#lib/plan/describe-plan.ts'
import { type PlannedPair, planPairs } from '#lib/plan/plan-pairs.ts'
import type { CallRow } from '#lib/timeline/model.ts'
import { callKey } from '#lib/timeline/prepare-rows.ts'
import type { PreparedBatch } from '#lib/timeline/prepare-timeline.ts'
import styles from './call-plan.module.css'
import { FactGroup } from './facts.tsx'
import { intentOf } from './intent-of.ts'

interface CallPlanProps {
  readonly batch: BatchDetail
  readonly prepared: PreparedBatch
  readonly row: CallRow
  readonly onSelect: (key: string) => void
}

const MAX_SIBLINGS = 6

/** For each sibling whether the plan lets this call overlap it, why, and whether it did. Those apart come first. */
export function CallPlan({ batch, prepared, row, onSelect }: CallPlanProps) {
  const { pairs } = useMemo(() => planPairs(intentOf(batch), prepared.calls), [batch, prepared])
  const own = pairs.filter(({ first, second }) => first.callId === row.callId || second.callId === row.callId)
  if (own.length === 0) return null
  const sorted = own.toSorted((a, b) => Number(b.apart) - Number(a.apart))
  const apart = own.filter((pair) => pair.apart).length
  return (
    <FactGroup title="Plan" note={`apart from ${apart} of ${formatNoun(own.length, 'sibling', 'siblings')}`}>
      <ul className={styles.list}>
        {sorted.slice(0, MAX_SIBLINGS).map((pair) => (
          <SiblingRow
            key={pair.first.callId + pair.second.callId}
            pair={pair}
            row={row}
            onSelect={onSelect}
          />
        ))}
      </ul>
      {own.length > MAX_SIBLINGS ? (
        <p className={styles.why}>and {formatNoun(own.length - MAX_SIBLINGS, 'more', 'more')}</p>
      ) : null}
    </FactGroup>
  )
}

interface SiblingRowProps {
  readonly pair: PlannedPair
  readonly row: CallRow
  readonly onSelect: (key: string) => void
}

function SiblingRow({ pair, row, onSelect }: SiblingRowProps) {
  const sibling = pair.first.callId === row.callId ? pair.second : pair.first
  return (
    <li>
      <button type="button" className={styles.sibling} onClick={() => onSelect(callKey(sibling.callId))}>
        <span className={styles.seq}>{sibling.seq}</span>
        <MiddleTruncate text={sibling.tool} maxChars={22} />
        <span className={styles.did} data-broken={(pair.apart && didOverlap(pair)) || undefined}>
          {describeActual(pair)}
        </span>
      </button>
      <p className={styles.why}>{describeReason(pair)}</p>
    </li>
  )
}
