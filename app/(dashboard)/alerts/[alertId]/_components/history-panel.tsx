'use client'

import { useMoment } from '#components/mode/use-moment.ts'
import { Button } from '#components/ui/button.tsx'
import { Kbd } from '#components/ui/kbd.tsx'
import { Timestamp } from '#components/ui/timestamp.tsx'
import { useNow } from '#components/ui/use-now.ts'
import { describeEvent } from '#lib/alerts/words.ts'
import type { AlertDetail } from '#lib/contract/alerts.ts'
import aside from './aside.module.css'
import styles from './history-panel.module.css'

interface HistoryPanelProps {
  readonly alert: AlertDetail
  readonly onNote: () => void
}

/** What became of it, the newest last, as it happened. */
export function HistoryPanel({ alert, onNote }: HistoryPanelProps) {
  const moment = useMoment()
  const nowMs = useNow(60_000)
  return (
    <section className={aside.panel} aria-labelledby="history-head">
      <div className={aside.head}>
        <h2 id="history-head" className={aside.title}>
          History
        </h2>
        <span className={styles.add}>
          <Button kind="plain" aria-haspopup="dialog" onClick={onNote}>
            Add a note <Kbd>N</Kbd>
          </Button>
        </span>
      </div>
      <ol className={styles.lines}>
        {alert.history.map((entry) => (
          <li key={`${entry.at} ${entry.event}`} className={styles.line}>
            <Timestamp epochMs={entry.at} nowMs={nowMs} />
            <span className={styles.words}>
              {describeEvent(entry, moment)}
              {entry.note === null ? null : <q className={styles.note}>{entry.note}</q>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
