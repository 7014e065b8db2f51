'use client'

import { ChartPanel } from '#components/charts/chart-panel.tsx'
import { Sparkline } from '#components/charts/sparkline.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { prepareEmitted, tabulateEmitted } from '#lib/charts/emitted.ts'
import type { EmittedSeries } from '#lib/contract/coupling.ts'
import { formatNoun } from '#lib/format/number.ts'
import styles from './emitted-panel.module.css'

/** Whether models still emit several calls a turn. */
export function EmittedPanel({ emitted }: { readonly emitted: readonly EmittedSeries[] }) {
  const { zone } = useTimeZone()
  const rows = prepareEmitted(emitted)
  return (
    <ChartPanel
      id="emitted"
      title="Calls emitted a turn"
      note="by model, one scale for all"
      table={rows.length === 0 ? null : tabulateEmitted(emitted, zone)}
    >
      {rows.length === 0 ? (
        <p className={styles.none}>No batch of this window says which model emitted it.</p>
      ) : (
        <ul className={styles.list}>
          {rows.map((row) => (
            <li key={row.model} className={styles.row}>
              <span className={styles.model}>
                <MiddleTruncate text={row.model} maxChars={24} />
                <span className={styles.turns}>{formatNoun(row.turns, 'turn', 'turns')}</span>
              </span>
              <span className={styles.line}>
                <Sparkline model={row.sparkline} />
              </span>
              <span className={styles.numbers}>
                {describe(row.first)} to {describe(row.last)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </ChartPanel>
  )
}

function describe(mean: number | null): string {
  return mean === null ? 'none' : mean.toFixed(2)
}
