'use client'

import { AlertGlyph } from '#components/ui/glyphs.tsx'
import type { BatchDetail } from '#lib/contract/reads.ts'
import { formatDuration, formatOffset } from '#lib/format/duration.ts'
import { EVIDENCE_WORDS, explainEvidence } from '#lib/format/evidence.ts'
import { formatNoun } from '#lib/format/number.ts'
import { middleTruncate } from '#lib/format/text.ts'
import type { Flag } from '#lib/model/vocabulary.ts'
import type { PreparedBatch } from '#lib/timeline/prepare-timeline.ts'
import styles from './oddities.module.css'
import { useFormerId } from './use-batch-view.ts'

interface OdditiesProps {
  readonly batch: BatchDetail
  readonly prepared: PreparedBatch
}

/** What was odd about this batch as it came: kept as it was sent, and said. Nothing when nothing was. */
export function Oddities({ batch, prepared }: OdditiesProps) {
  const former = useFormerId()
  const sentences = batch.flags.map((flag) => SENTENCES[flag](batch, prepared))
  if (former !== null && former !== batch.batch_id)
    sentences.unshift(
      `Asked for as ${middleTruncate(former, 40)}: later spans showed that its calls belong to this batch.`,
    )
  const inferred = whatIsInferred(batch)
  if (sentences.length === 0 && inferred === null) return null
  return (
    <ul className={styles.oddities} aria-label="Oddities">
      {inferred === null ? null : <li>{inferred}</li>}
      {sentences.map((sentence) => (
        <li key={sentence}>
          <AlertGlyph label={null} />
          {sentence}
        </li>
      ))}
    </ul>
  )
}

/** Where the calls were put together by less than their ids, or nothing is known of them but that they were asked for. */
function whatIsInferred(batch: BatchDetail): string | null {
  const isUnseen = batch.source === 'otlp' && batch.wall_ms === null
  return isUnseen || EVIDENCE_WORDS[batch.evidence].isInferred ? explainEvidence(batch) : null
}

const SENTENCES: Record<Flag, (batch: BatchDetail, prepared: PreparedBatch) => string> = {
  'clock-skew': (batch) => {
    if (batch.source === 'otlp')
      return 'Its spans contradict one another: one ends before it begins, or a tool begins before the model asked for it. Times are shown as told.'
    const apartMs = Math.abs(batch.received_at - batch.started_at)
    return `The sender's clock and this server's are ${formatDuration(apartMs)} apart; times are shown as sent.`
  },
  'negative-start': (_batch, { timeline }) => {
    const early = timeline.rows.filter((row) => row.startUs !== null && row.startUs < 0)
    const first = Math.min(...early.map((row) => row.startUs ?? 0))
    return `${formatNoun(early.length, 'call', 'calls')} began before the hand-over, the first at ${formatOffset(first / 1000)}; kept as sent.`
  },
  'dependency-unknown': (_batch, prepared) =>
    ignored(prepared, 'unknown', 'names a call that this batch does not have'),
  'dependency-self': (_batch, prepared) => ignored(prepared, 'self', 'names the call itself'),
  'dependency-cycle': (_batch, prepared) => ignored(prepared, 'cycle', 'would close a circle'),
}

function ignored(
  { ignoredDependencies, timeline }: PreparedBatch,
  reason: 'unknown' | 'self' | 'cycle',
  why: string,
): string {
  const edges = ignoredDependencies.filter((edge) => edge.reason === reason)
  const first = timeline.rows.find((row) => row.callId === edges[0]?.callId)
  const of = first ? ` of ${middleTruncate(first.tool, 32)}` : ''
  const more = edges.length > 1 ? ` and ${edges.length - 1} more` : ''
  return `A declared dependency${of}${more} ${why}: ignored.`
}
