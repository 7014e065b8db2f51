'use client'

import Link from 'next/link'
import type { ReactNode } from 'react'
import { KindGlyph } from '#components/alerts/kind-glyph.tsx'
import { useViewLink } from '#components/query/use-view-state.ts'
import { Duration, Quantity } from '#components/ui/duration.tsx'
import { Figure, Figures } from '#components/ui/figures.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { Timestamp } from '#components/ui/timestamp.tsx'
import { useNow } from '#components/ui/use-now.ts'
import {
  describeKey,
  effectParts,
  formatInterval,
  formatOdds,
  formatSamples,
  suspectWord,
} from '#lib/alerts/words.ts'
import type { AlertDetail, EffectSize } from '#lib/contract/alerts.ts'
import { formatDuration } from '#lib/format/duration.ts'
import { middleTruncate } from '#lib/format/text.ts'
import styles from './alert-figures.module.css'
import { sentenceCase } from './sentence-case.ts'

/** Kind, suspect, onset, size and cost: the alert in one row. */
export function AlertFigures({ alert }: { readonly alert: AlertDetail }) {
  const link = useViewLink()
  const nowMs = useNow(60_000)
  const { suspect, evidence } = alert
  const {
    effect,
    first_bad_batch_id: firstBad,
    lost_ms_per_batch: perBatch,
    lost_ms_per_day: perDay,
  } = evidence
  const key = describeKey(alert)
  return (
    <div className={styles.figures}>
      <Figures label="The alert in figures">
        <Figure
          label={
            <>
              <KindGlyph kind={alert.kind} size={10} /> Kind
            </>
          }
          note={middleTruncate(`${alert.environment}${key === null ? '' : `, ${key}`}`, 44)}
        >
          {alert.kind}
        </Figure>
        <Figure
          label="Suspect"
          note={suspect === null ? 'nothing changed that explains it' : noteOnSuspect(suspect)}
        >
          {suspect === null ? (
            <Words>none</Words>
          ) : suspect.kind === 'time' ? (
            <Words>no change of ours</Words>
          ) : (
            <span className={styles.name}>
              <MiddleTruncate text={suspect.value} maxChars={20} />
            </span>
          )}
        </Figure>
        <Figure
          label="Onset"
          note={
            firstBad === null ? (
              'first bad batch unknown'
            ) : (
              <>
                first bad{' '}
                <Link href={link(`/batches/${encodeURIComponent(firstBad)}`)} className={styles.link}>
                  {middleTruncate(firstBad, 18)}
                </Link>
              </>
            )
          }
        >
          <span className={styles.time}>
            <Timestamp epochMs={alert.onset_at} nowMs={nowMs} />
          </span>
        </Figure>
        {effect === null ? null : (
          <Figure label={<Measure effect={effect} />} note={noteOnEffect(effect)}>
            <Value effect={effect} value={effect.before} />
            <span className={styles.to}>to</span>
            <Value effect={effect} value={effect.after} />
          </Figure>
        )}
        <Figure
          label="Cost, estimate"
          note={perDay === null ? 'a day: unknown' : `${formatDuration(perDay)} a day`}
        >
          {perBatch === null ? (
            <Words>unknown</Words>
          ) : (
            <>
              +<Duration ms={perBatch} />
              <span className={styles.to}>a batch</span>
            </>
          )}
        </Figure>
      </Figures>
    </div>
  )
}

function Words({ children }: { readonly children: ReactNode }) {
  return <span className={styles.words}>{children}</span>
}

function Value({ effect, value }: { readonly effect: EffectSize; readonly value: number | null }) {
  if (value === null) return <Words>unknown</Words>
  return <Quantity parts={effectParts(effect, value)} />
}

function noteOnSuspect({ kind, odds }: NonNullable<AlertDetail['suspect']>): string {
  return `${kind === 'time' ? 'some other time' : suspectWord(kind)}, odds ${formatOdds(odds)}`
}

function noteOnEffect(effect: EffectSize): string {
  const interval = formatInterval(effect)
  return interval === null ? formatSamples(effect) : `${interval}; ${formatSamples(effect)}`
}

/** A measure may name several tools: the whole of it heads the panel below. */
function Measure({ effect: { measure } }: { readonly effect: EffectSize }) {
  return <span title={measure}>{middleTruncate(sentenceCase(measure), 34)}</span>
}
