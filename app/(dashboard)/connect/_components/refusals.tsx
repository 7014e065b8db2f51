'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { SectionHead } from '#components/mode/section-head.tsx'
import { overviewQuery } from '#components/query/queries.ts'
import type { Overview } from '#lib/contract/reads.ts'
import { formatCount } from '#lib/format/number.ts'
import styles from './refusals.module.css'

type Counts = Pick<Overview['completeness'], 'rejected' | 'duplicates' | 'conflicts'>

/** A refusal stores nothing, so no event tells of it: the counters are asked. */
const ASK_MS = 3_000

const LINES = [
  {
    key: 'rejected',
    name: 'refused',
    why: 'A field is missing or wrong. The answer to the request names it: "rejected":[{"index","path","reason"}].',
  },
  {
    key: 'duplicates',
    name: 'duplicates',
    why: 'The same batch_id with the same content: already stored, nothing is lost.',
  },
  {
    key: 'conflicts',
    name: 'conflicts',
    why: 'A batch_id came again with other content: the first is kept. Mint a new id for every batch.',
  },
] as const

/** What came and was not taken, by its cause. */
export function Refusals() {
  const { data } = useQuery({ ...overviewQuery({ range: '15m' }), refetchInterval: ASK_MS })
  const now = data?.completeness
  const [first, setFirst] = useState<Counts | null>(null)
  if (now && first === null) setFirst(now)
  return (
    <section aria-labelledby="refused">
      <SectionHead id="refused" title="Came, but was not taken" note="by cause">
        <span className={styles.columns} aria-hidden="true">
          <span>since opened</span>
          <span>ever</span>
        </span>
      </SectionHead>
      <dl className={styles.lines}>
        {LINES.map(({ key, name, why }) => {
          const since = now && first ? now[key] - first[key] : 0
          return (
            <div key={key} className={styles.line} data-new={since > 0 || undefined}>
              <dt>{name}</dt>
              <dd className={styles.count} title="since this page was opened">
                {now ? formatCount(since) : ''}
              </dd>
              <dd className={styles.ever} title="since this server has its data">
                {now ? formatCount(now[key]) : ''}
              </dd>
              {since > 0 ? <dd className={styles.why}>{why}</dd> : null}
            </div>
          )
        })}
      </dl>
    </section>
  )
}
