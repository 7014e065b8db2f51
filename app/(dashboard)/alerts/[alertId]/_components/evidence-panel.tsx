'use client'

import { ChartPanel } from '#components/charts/chart-panel.tsx'
import { EvidenceChart } from '#components/charts/evidence-chart.tsx'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { tabulateEvidence } from '#lib/charts/alert-tables.ts'
import { prepareEvidence } from '#lib/charts/evidence.ts'
import type { AlertDetail } from '#lib/contract/alerts.ts'
import styles from './panels.module.css'
import { useAlertMarkers } from './use-alert-markers.ts'

const HEIGHT = 172

/** How the evidence grew, and what changed just before it did. */
export function EvidencePanel({ alert }: { readonly alert: AlertDetail }) {
  const { zone } = useTimeZone()
  const model = prepareEvidence(alert)
  const markers = useAlertMarkers(alert, model?.span ?? null)
  return (
    <ChartPanel
      id="evidence"
      title="Evidence over time"
      note="log-likelihood ratio against no change, in nats"
      table={model === null ? null : tabulateEvidence(alert, zone, alert.detected_at)}
    >
      {model === null ? (
        <p className={styles.none}>No trail was kept with it.</p>
      ) : (
        <div className={styles.chart}>
          <EvidenceChart
            model={model}
            markers={markers}
            zone={zone}
            nowMs={alert.detected_at}
            height={HEIGHT}
          />
        </div>
      )}
    </ChartPanel>
  )
}
