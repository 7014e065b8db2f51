import type { ReactNode } from 'react'
import { OutcomeCounts } from '#components/batch/outcome-counts.tsx'
import { Duration, Quantity } from '#components/ui/duration.tsx'
import { Figure, Figures } from '#components/ui/figures.tsx'
import type { BatchDetail } from '#lib/contract/reads.ts'
import { formatDuration } from '#lib/format/duration.ts'
import { formatCount, formatNoun, formatPercentPart } from '#lib/format/number.ts'
import { explainNoTimes } from '#lib/format/without-times.ts'
import type { CallRow } from '#lib/timeline/model.ts'
import type { PreparedBatch } from '#lib/timeline/prepare-timeline.ts'
import styles from './batch-figures.module.css'

interface BatchFiguresProps {
  readonly batch: BatchDetail
  readonly prepared: PreparedBatch
  /** The four that a phone has room for. */
  readonly narrow: boolean
}

/** The batch in figures, each with what it is to be compared with. */
export function BatchFigures({ batch, prepared, narrow }: BatchFiguresProps) {
  const { serialization } = batch
  const efficiency =
    serialization === null ? (
      <span className={styles.words}>not defined</span>
    ) : (
      <Quantity parts={[formatPercentPart(1 - serialization)]} />
    )
  if (narrow) {
    return (
      <div className={styles.narrow}>
        <Figures label="The batch in figures">
          <Figure label="Wall">
            <Duration ms={batch.wall_ms} />
          </Figure>
          <Figure label="Ideal">
            <Duration ms={batch.ideal_ms} />
          </Figure>
          <Figure label="Overlap eff.">{efficiency}</Figure>
          <Figure label="Hidden, at most">
            <Duration ms={batch.hidden_ms} />
          </Figure>
        </Figures>
      </div>
    )
  }
  return (
    <div className={styles.figures}>
      <Figures label="The batch in figures">
        <Figure label="Calls" note={noteOnCalls(batch, prepared)}>
          {formatCount(batch.size)}
        </Figure>
        <Figure label="Wall" note={noteOnWall(batch)}>
          <Duration ms={batch.wall_ms} />
        </Figure>
        <Figure
          label="Sum of calls"
          note={
            batch.longest_ms === null ? explainNoTimes(batch) : `longest ${formatDuration(batch.longest_ms)}`
          }
        >
          <Duration ms={batch.sum_ms} />
        </Figure>
        <Figure label={labelOfIdeal(batch)} note={noteOnIdeal(batch)}>
          <Duration ms={batch.ideal_ms} />
        </Figure>
        <Figure label="Overlap efficiency" note={noteOnEfficiency(batch, prepared)}>
          {efficiency}
        </Figure>
        <Figure label="Hidden by overlap" note="at most; estimate">
          <Duration ms={batch.hidden_ms} />
        </Figure>
        <Figure label="Outcomes" note={noteOnOutcomes(batch, prepared)}>
          <span className={styles.outcomes}>
            <OutcomeCounts counts={prepared.outcomes} />
          </span>
        </Figure>
      </Figures>
    </div>
  )
}

function noteOnCalls(batch: BatchDetail, prepared: PreparedBatch): ReactNode {
  const ran = prepared.timeline.rows.filter((row) => row.segments.length > 0).length
  const emitted = batch.emitted_calls
  if (ran === 0) return explainNoTimes(batch)
  const missing = emitted !== null && emitted > batch.size ? `, ${formatCount(emitted)} emitted` : ''
  const attempts = prepared.ran > ran ? `, ${formatCount(prepared.ran)} attempts` : ''
  return `${ran === batch.size ? 'all' : formatCount(ran)} ran${attempts}${missing}`
}

function noteOnWall(batch: BatchDetail): string {
  const { context, size, wall_ms } = batch
  if (wall_ms === null) return explainNoTimes(batch)
  if (context.size_p95_ms === null) return `no other of size ${formatCount(size)}`
  return `p95 of size ${formatCount(size)}: ${formatDuration(context.size_p95_ms)}`
}

function labelOfIdeal({ mode, concurrency }: BatchDetail): string {
  if (mode === 'serial') return 'Ideal in order'
  if (concurrency === null) return mode === 'reads-only' ? 'Ideal, reads only' : 'Ideal, no cap'
  return `Ideal at cap ${concurrency}`
}

function noteOnIdeal(batch: BatchDetail): string {
  const { wall_ms, ideal_ms } = batch
  if (wall_ms === null || ideal_ms === null) return explainNoTimes(batch)
  const aboveMs = wall_ms - ideal_ms
  if (Math.abs(aboveMs) < 0.0005) return 'reached'
  return `${formatDuration(Math.abs(aboveMs))} ${aboveMs > 0 ? 'above' : 'below'} ideal`
}

/** Why overlap has no measure here, where it has none. */
function noteOnEfficiency(batch: BatchDetail, { ran }: PreparedBatch): string {
  const { serialization, mode } = batch
  if (serialization !== null) return `serialization ${serialization.toFixed(3)}`
  if (ran === 0) return explainNoTimes(batch)
  if (ran === 1) return 'only one call'
  return mode === 'serial' ? 'serial was intended' : 'overlap could gain nothing'
}

function noteOnOutcomes(batch: BatchDetail, { timeline, outcomes }: PreparedBatch): string {
  const failed = timeline.rows.reduce((sum, row) => sum + failedBefore(row), 0)
  if (failed > 0) return `and ${formatNoun(failed, 'failed attempt', 'failed attempts')}, retried`
  return outcomes.ok === batch.size ? 'every call went well' : 'none was retried'
}

/** Attempts of a call that failed before its last one. */
function failedBefore(row: CallRow): number {
  return row.segments.filter((segment) => segment.replaced && segment.outcome !== 'ok').length
}
