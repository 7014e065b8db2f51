import Link from 'next/link'
import { memo } from 'react'
import { OutcomeCounts } from '#components/batch/outcome-counts.tsx'
import { RangeBar } from '#components/charts/range-bar.tsx'
import { ShareBar } from '#components/charts/share-bar.tsx'
import { Duration, Quantity } from '#components/ui/duration.tsx'
import { EffectLetter } from '#components/ui/glyphs.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import type { ToolRow } from '#lib/charts/tool-rows.ts'
import { formatCount, formatNoun, formatPercentPart } from '#lib/format/number.ts'
import styles from './tools-table.module.css'

interface ToolsTableRowProps {
  readonly row: ToolRow
  readonly href: string
  /** The list that the keys walk. */
  readonly walk: string
}

/** One tool: a link over the whole row, its costs in cells. */
export const ToolsTableRow = memo(function ToolsTableRow({ row, href, walk }: ToolsTableRowProps) {
  const low = row.low_sample ? `only ${formatNoun(row.n, 'call', 'calls')} ran` : undefined
  return (
    <tr className={styles.row} data-low={row.low_sample || undefined}>
      <td className={styles.effect}>
        <EffectLetter effect={row.effect} />
      </td>
      <td className={styles.tool}>
        <Link href={href} prefetch={false} className={styles.link} data-walk={walk}>
          <MiddleTruncate text={row.tool} maxChars={28} />
        </Link>
      </td>
      <td className={styles.calls}>{formatCount(row.calls)}</td>
      <td className={styles.band}>
        <span className={styles.plot}>
          <RangeBar bar={row.bar} lowSample={row.low_sample} />
          {row.low_sample && row.n > 0 ? <span className={styles.low}>low sample, n {row.n}</span> : null}
        </span>
      </td>
      <td className={styles.p50} title={low}>
        <Duration ms={row.p50_ms} none="none ran" />
      </td>
      <td className={styles.p95} title={low}>
        <Duration ms={row.p95_ms} none="" />
      </td>
      <td className={styles.p99} title={low}>
        <Duration ms={row.p99_ms} none="" />
      </td>
      <FailingCell row={row} />
      <td className={styles.slowest}>
        <SlowestShare row={row} />
      </td>
      <td className={styles.alone}>
        {row.blocked_ms === 0 ? <span className={styles.quiet}>none</span> : <Duration ms={row.blocked_ms} />}
      </td>
    </tr>
  )
})

function FailingCell({ row: { failingShare, outcomes } }: Pick<ToolsTableRowProps, 'row'>) {
  return (
    <td className={styles.failing}>
      <span className={styles.failingCell}>
        <span className={styles.failingShare}>
          {failingShare === null || failingShare === 0 ? (
            <span className={styles.quiet}>{failingShare === null ? 'no calls' : 'none'}</span>
          ) : (
            <Quantity parts={[formatPercentPart(failingShare)]} />
          )}
        </span>
        <span className={styles.kinds}>
          <OutcomeCounts counts={{ ...outcomes, ok: 0 }} />
        </span>
      </span>
    </td>
  )
}

function SlowestShare({ row }: Pick<ToolsTableRowProps, 'row'>) {
  if (row.slowest_share === null) return <span className={styles.quiet}>no such batch</span>
  return (
    <span className={styles.shareCell}>
      <ShareBar share={row.slowestBar} isSlowest={row.isSlowest} />
      <Quantity parts={[formatPercentPart(row.slowest_share)]} />
    </span>
  )
}
