'use client'

import { Popover } from '@mantine/core'
import { TableIcon } from '#components/ui/icons.tsx'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import type { BatchHistogram } from '#lib/contract/reads.ts'
import { formatCount } from '#lib/format/number.ts'
import { formatWindow } from '#lib/format/time.ts'
import styles from './histogram.module.css'

interface HistogramTableProps {
  readonly histogram: BatchHistogram
  readonly onZoom: (fromMs: number, toMs: number) => void
}

/** The numbers behind the bars, for reading, copying and zooming without a pointer. */
export function HistogramTable({ histogram, onZoom }: HistogramTableProps) {
  return (
    <Popover position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={styles.tableButton} aria-haspopup="dialog">
          <TableIcon /> Table
        </button>
      </Popover.Target>
      <Popover.Dropdown className={styles.tablePanel} aria-label="Batches over time, as a table">
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Batches</th>
              <th scope="col">Failing</th>
            </tr>
          </thead>
          <tbody>
            {histogram.bins.map((bin) => (
              <tr key={bin.from}>
                <th scope="row">
                  <button type="button" onClick={() => onZoom(bin.from, bin.to)}>
                    <WindowText fromMs={bin.from} toMs={bin.to} />
                  </button>
                </th>
                <td>{formatCount(bin.batches)}</td>
                <td>{formatCount(bin.failing)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Popover.Dropdown>
    </Popover>
  )
}

function WindowText({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }) {
  const { zone } = useTimeZone()
  return <>{formatWindow(fromMs, toMs, zone, toMs)}</>
}
