'use client'

import { useViewLink } from '#components/query/use-view-state.ts'
import { useNow } from '#components/ui/use-now.ts'
import type { AlertRow as Row } from '#lib/alerts/list-rows.ts'
import { AlertRow } from './alert-row.tsx'
import styles from './alerts-table.module.css'

const HEADS = [
  ['kind', 'Kind'],
  ['what', 'What changed'],
  ['effect', 'Before to after'],
  ['suspect', 'Suspect, odds'],
  ['since', 'Since'],
  ['lost', 'Lost a day'],
  ['status', 'Status'],
] as const

/** The alerts, newest detection first. */
export function AlertsTable({ rows }: { readonly rows: readonly Row[] }) {
  const link = useViewLink()
  const nowMs = useNow(10_000)
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          {HEADS.map(([key, label]) => (
            <th key={key} scope="col" className={styles[key]}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <AlertRow
            key={row.alert.id}
            row={row}
            href={link(`/alerts/${encodeURIComponent(row.alert.id)}`)}
            nowMs={nowMs}
          />
        ))}
      </tbody>
    </table>
  )
}
