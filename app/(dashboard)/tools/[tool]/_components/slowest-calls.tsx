'use client'

import Link from 'next/link'
import { useViewLink } from '#components/query/use-view-state.ts'
import { Duration } from '#components/ui/duration.tsx'
import { OUTCOME_WORDS, OutcomeGlyph } from '#components/ui/glyphs.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { Timestamp } from '#components/ui/timestamp.tsx'
import type { ToolDetail } from '#lib/contract/reads.ts'
import styles from './slowest-calls.module.css'

/** The list that the keys walk. */
export const WALK = 'slowest-calls'

interface SlowestCallsProps {
  readonly calls: ToolDetail['slowest_calls']
  readonly asOfMs: number
}

/** Its slowest calls, each a way into the batch with that call selected. */
export function SlowestCalls({ calls, asOfMs }: SlowestCallsProps) {
  const link = useViewLink()
  return (
    <section aria-labelledby="slowest-calls-head">
      <div className={styles.head}>
        <h2 id="slowest-calls-head" className={styles.title}>
          Its slowest calls
        </h2>
        <span className={styles.note}>in the batches in which they ran</span>
      </div>
      {calls.length === 0 ? <p className={styles.empty}>No call of it ran in this window.</p> : null}
      <ul className={styles.rows}>
        {calls.map((call) => (
          <li
            key={`${call.batch_id} ${call.call_id} ${call.started_at} ${call.duration_ms}`}
            className={styles.row}
          >
            <Link
              href={link(`/batches/${encodeURIComponent(call.batch_id)}`, { call: call.call_id })}
              prefetch={false}
              className={styles.link}
              data-walk={WALK}
              title={`${call.batch_id}, ${call.call_id}`}
            >
              <Duration ms={call.duration_ms} />
            </Link>
            <span className={styles.outcome}>
              <OutcomeGlyph outcome={call.outcome} label={null} />
              {OUTCOME_WORDS[call.outcome]}
            </span>
            <span className={styles.agent}>
              <MiddleTruncate text={call.agent} maxChars={28} />
            </span>
            <span className={styles.time}>
              <Timestamp epochMs={call.started_at} nowMs={asOfMs} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
