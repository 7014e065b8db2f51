import type { ReactNode } from 'react'
import { RangeBar } from '#components/charts/range-bar.tsx'
import { Duration } from '#components/ui/duration.tsx'
import type { PercentileRow, RangeRow } from '#lib/charts/breakdown.ts'
import { formatCount, formatNoun } from '#lib/format/number.ts'
import styles from './parts-table.module.css'

interface PartsTableProps<Row extends PercentileRow> {
  /** What the rows are divided by. */
  readonly label: string
  readonly rows: readonly RangeRow<Row>[]
  readonly keyOf: (row: Row) => string
  readonly name: (row: Row) => ReactNode
}

/** Percentiles of the parts of a tool's calls: a band and the numbers it stands for, row by row. */
export function PartsTable<Row extends PercentileRow>({ label, rows, keyOf, name }: PartsTableProps<Row>) {
  if (rows.length === 0) return <p className={styles.empty}>No call in what this covers.</p>
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col" className={styles.name}>
            {label}
          </th>
          <th scope="col" className={styles.band}>
            p50 to p95
          </th>
          <th scope="col" className={styles.calls}>
            Calls
          </th>
          <th scope="col" className={styles.number}>
            p50
          </th>
          <th scope="col" className={styles.number}>
            p95
          </th>
          <th scope="col" className={styles.p99}>
            p99
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <PartRow key={keyOf(row)} row={row}>
            {name(row)}
          </PartRow>
        ))}
      </tbody>
    </table>
  )
}

interface PartRowProps {
  readonly row: RangeRow<PercentileRow>
  readonly children: ReactNode
}

function PartRow({ row, children }: PartRowProps) {
  const isLow = row.low_sample && row.n > 0
  return (
    <tr
      data-low={isLow || undefined}
      title={isLow ? `only ${formatNoun(row.n, 'call', 'calls')} ran` : undefined}
    >
      <th scope="row" className={styles.name}>
        {children}
      </th>
      <td className={styles.band}>
        <RangeBar bar={row.bar} lowSample={row.low_sample} />
      </td>
      <td className={styles.calls}>
        {formatCount(row.calls)}
        {isLow ? <span className={styles.low}>low</span> : null}
      </td>
      <td className={styles.number}>
        <Duration ms={row.p50_ms} none="none ran" />
      </td>
      <td className={styles.number}>
        <Duration ms={row.p95_ms} none="" />
      </td>
      <td className={styles.p99}>
        <Duration ms={row.p99_ms} none="" />
      </td>
    </tr>
  )
}
