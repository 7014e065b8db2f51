'use client'

import type { ChartMarkers } from '#components/charts/marker-layer.tsx'
import { useChartMarkers } from '#components/charts/use-chart-markers.ts'
import type { TimeSpan } from '#lib/charts/time-axis.ts'
import type { Alert } from '#lib/contract/alerts.ts'

/** What changed for the alert's agent and environment over an axis, the alert itself left out: the chart has it. */
export function useAlertMarkers(alert: Alert, span: TimeSpan | null): ChartMarkers {
  const { markers, hrefOf } = useChartMarkers({
    from: Math.floor(span?.fromMs ?? alert.onset_at),
    to: Math.ceil(span?.toMs ?? alert.detected_at),
    environment: [alert.environment],
    ...(alert.agent === '*' ? {} : { agent: [alert.agent] }),
  })
  return { markers: markers.filter((marker) => marker.alert_id !== alert.id), hrefOf }
}
