'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { ShareBar } from '#components/charts/share-bar.tsx'
import { describeError } from '#components/query/fetch-json.ts'
import { siblingsQuery } from '#components/query/queries.ts'
import { useViewLink } from '#components/query/use-view-state.ts'
import { Duration, Quantity } from '#components/ui/duration.tsx'
import { ErrorStrip } from '#components/ui/error-strip.tsx'
import { SlowestGlyph } from '#components/ui/glyphs.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { PanelHead } from '#components/ui/panel-head.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { type Ledger, type LedgerRow, prepareLedger } from '#lib/charts/ledger.ts'
import type { FilterQuery } from '#lib/contract/query.ts'
import { formatNoun, formatPercent, formatPercentPart } from '#lib/format/number.ts'
import styles from './ledger-panel.module.css'
import { useSpareRows } from './use-spare-rows.ts'

const LEAST_SHOWN = 7

interface LedgerPanelProps {
  readonly filter: FilterQuery
  /** How long turns spent on tools in all, ms. */
  readonly exposedMs: number
  /** The window in a clause. */
  readonly window: string
}

/** Which tool held the turns up: the slowest siblings, the costliest first. */
export function LedgerPanel({ filter, exposedMs, window }: LedgerPanelProps) {
  const link = useViewLink()
  const { data, error, refetch } = useQuery(siblingsQuery(filter))
  const shown = LEAST_SHOWN + useSpareRows()
  const ledger = data ? prepareLedger(data.siblings, shown) : null
  return (
    <section aria-labelledby="ledger-head">
      <PanelHead id="ledger-head" title="Slowest siblings" note="how long turns waited for one tool alone">
        {ledger === null ? null : (
          <Link href={link('/tools')} className={styles.all}>
            {formatNoun(ledger.tools, 'tool', 'tools')}
          </Link>
        )}
      </PanelHead>
      {error ? (
        <ErrorStrip
          what="The ledger could not be read"
          cause={describeError(error)}
          meanwhile={data ? 'the rows below are older' : undefined}
          onRetry={() => void refetch()}
        />
      ) : null}
      {ledger === null ? (
        error ? null : (
          <SkeletonRows rows={shown} widths={[140, 80, 48, 64]} label="Reading the ledger" />
        )
      ) : (
        <LedgerTable ledger={ledger} window={window} exposedMs={exposedMs} />
      )}
    </section>
  )
}

interface LedgerTableProps {
  readonly ledger: Ledger
  readonly window: string
  readonly exposedMs: number
}

function LedgerTable({ ledger, window, exposedMs }: LedgerTableProps) {
  if (ledger.rows.length === 0) {
    return <p className={styles.empty}>No batch of two calls or more ran in parallel {window}.</p>
  }
  return (
    <>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Tool</th>
            <th scope="col" className={styles.share}>
              Slowest in
            </th>
            <th scope="col" className={styles.number}>
              Alone, median
            </th>
            <th scope="col" className={styles.number}>
              Waited {window}
            </th>
          </tr>
        </thead>
        <tbody>
          {ledger.rows.map((row) => (
            <Row key={row.tool} row={row} />
          ))}
        </tbody>
      </table>
      <Verdict ledger={ledger} exposedMs={exposedMs} />
    </>
  )
}

function Row({ row }: { readonly row: LedgerRow }) {
  const link = useViewLink()
  return (
    <tr className={styles.row}>
      <td className={styles.tool}>
        <Link href={link(`/tools/${encodeURIComponent(row.tool)}`)} prefetch={false} className={styles.link}>
          <MiddleTruncate text={row.tool} maxChars={40} />
        </Link>
      </td>
      <td className={styles.share}>
        <span className={styles.shareCell}>
          <ShareBar share={row.barShare} isSlowest={row.isSlowest} />
          {row.share === null ? (
            <span className={styles.quiet}>none</span>
          ) : (
            <Quantity parts={[formatPercentPart(row.share)]} />
          )}
        </span>
      </td>
      <td className={styles.number}>
        <Duration ms={row.medianMs} />
      </td>
      <td className={styles.number}>
        <Duration ms={row.blockedMs} />
      </td>
    </tr>
  )
}

/** The ledger in a sentence: how much of the time for tools was waiting for one call, and for which. */
function Verdict({ ledger, exposedMs }: Pick<LedgerTableProps, 'ledger' | 'exposedMs'>) {
  const [worst] = ledger.rows
  if (worst === undefined || !worst.isSlowest) return null
  return (
    <p className={styles.verdict}>
      <SlowestGlyph label={null} />
      <span>
        Turns waited <Duration ms={ledger.blockedMs} /> for one call alone
        {exposedMs > 0
          ? `, ${formatPercent(Math.min(1, ledger.blockedMs / exposedMs))} of their time on tools`
          : ''}
        ; {formatPercent(worst.blockedMs / ledger.blockedMs)} of it for{' '}
        <code>
          <MiddleTruncate text={worst.tool} maxChars={32} />
        </code>
        .
      </span>
    </p>
  )
}
