'use client'

import { useMemo } from 'react'
import { AlertGlyph, EffectLetter } from '#components/ui/glyphs.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import type { BatchDetail } from '#lib/contract/reads.ts'
import { type Conflict, countUndeclared, findConflicts } from '#lib/coupling/conflicts.ts'
import { formatDuration } from '#lib/format/duration.ts'
import { formatNoun } from '#lib/format/number.ts'
import { callKey } from '#lib/timeline/prepare-rows.ts'
import type { PreparedBatch } from '#lib/timeline/prepare-timeline.ts'
import styles from './overlap-panel.module.css'
import { Panel } from './panel.tsx'

interface OverlapPanelProps {
  readonly batch: BatchDetail
  readonly prepared: PreparedBatch
  readonly onSelect: (key: string) => void
}

/** The panel lists as many pairs as it has room for, the longest overlaps first. */
const MAX_PAIRS = 4

/** Which calls touched one resource at one time, and what each kind of waiting cost. */
export function OverlapPanel({ batch, prepared, onSelect }: OverlapPanelProps) {
  const { calls } = prepared
  const { found, truncated } = useMemo(() => findConflicts(calls), [calls])
  const seqOf = useMemo(() => new Map(prepared.timeline.rows.map((row) => [row.callId, row.seq])), [prepared])
  const { ran, undeclared } = useMemo(() => countUndeclared(calls), [calls])
  return (
    <Panel
      title="Conflicts"
      note="calls on one resource at one time, at least one of them writing"
      aside={found.length === 0 ? null : `${found.length}${truncated ? ' and more' : ''}`}
    >
      {found.slice(0, MAX_PAIRS).map((conflict) => (
        <ConflictRow
          key={conflict.callIds.join('\u0000')}
          conflict={conflict}
          seqOf={seqOf}
          onSelect={onSelect}
        />
      ))}
      {found.length > MAX_PAIRS ? (
        <p className={styles.quiet}>
          and {formatNoun(found.length - MAX_PAIRS, 'more pair', 'more pairs')}, shorter
        </p>
      ) : null}
      {found.length === 0 ? <p className={styles.none}>{whyNone(batch, ran, undeclared)}</p> : null}
      {found.length > 0 && undeclared > 0 ? (
        <p className={styles.quiet}>{sayUndeclared(undeclared, ran)}</p>
      ) : null}
    </Panel>
  )
}

interface ConflictRowProps {
  readonly conflict: Conflict
  /** Number of a call by its id: a tool may be in a batch many times. */
  readonly seqOf: ReadonlyMap<string, number>
  readonly onSelect: (key: string) => void
}

function ConflictRow({ conflict, seqOf, onSelect }: ConflictRowProps) {
  const [first, second] = conflict.callIds
  return (
    <div className={styles.row}>
      <span className={styles.pair}>
        <CallButton
          conflict={conflict}
          side={0}
          seq={seqOf.get(first)}
          onPress={() => onSelect(callKey(first))}
        />
        <span className={styles.beside}>beside</span>
        <CallButton
          conflict={conflict}
          side={1}
          seq={seqOf.get(second)}
          onPress={() => onSelect(callKey(second))}
        />
      </span>
      <span className={styles.on}>
        {conflict.certainty === 'possible' ? 'effect unknown: possible, on ' : 'on '}
        <span className={styles.path}>
          <MiddleTruncate text={conflict.resources.join(', ')} maxChars={30} />
        </span>{' '}
        for {formatDuration(conflict.overlapUs / 1000)}
      </span>
    </div>
  )
}

interface CallButtonProps {
  readonly conflict: Conflict
  readonly side: 0 | 1
  readonly seq: number | undefined
  readonly onPress: () => void
}

function CallButton({ conflict, side, seq, onPress }: CallButtonProps) {
  return (
    <button type="button" className={styles.call} onClick={onPress}>
      {side === 0 && conflict.certainty === 'certain' ? <AlertGlyph label="conflict" /> : null}
      <span className={styles.beside}>{seq}</span>
      <EffectLetter effect={conflict.effects[side]} />
      <MiddleTruncate text={conflict.tools[side]} maxChars={20} />
    </button>
  )
}

function whyNone(batch: BatchDetail, ran: number, undeclared: number): string {
  if (ran === 0 && batch.outcomes['never-ran'] < batch.size)
    return 'Unknown: no span tells when the calls ran.'
  if (ran < 2) return 'None: fewer than two calls ran.'
  if (undeclared === ran) return 'Unknown: no call declares the resources that it touches.'
  const rest = undeclared === 0 ? '' : ` ${sayUndeclared(undeclared, ran)}`
  const how =
    batch.mode === 'serial'
      ? 'None: no two calls overlapped on a resource.'
      : 'None: no two calls touched one resource at one time with a write among them.'
  return `${how}${rest}`
}

function sayUndeclared(undeclared: number, ran: number): string {
  return `${formatNoun(undeclared, 'call', 'calls')} of ${ran} declare no resource: nothing can be said of them.`
}
