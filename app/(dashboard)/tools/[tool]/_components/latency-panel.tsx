'use client'

import { useRouter } from 'next/navigation'
import { Y_AXIS_PX } from '#components/charts/chart-frame.tsx'
import { ChartPanel } from '#components/charts/chart-panel.tsx'
import { ChartTip } from '#components/charts/chart-tip.tsx'
import { CountStrip } from '#components/charts/count-strip.tsx'
import { LABELS_PX, PercentileChart } from '#components/charts/percentile-chart.tsx'
import { useChartMarkers } from '#components/charts/use-chart-markers.ts'
import { useViewLink, useViewState } from '#components/query/use-view-state.ts'
import { Duration } from '#components/ui/duration.tsx'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { type LatencyPoint, prepareLatency } from '#lib/charts/latency.ts'
import { prepareTimeAxis } from '#lib/charts/time-axis.ts'
import { latencyRowSpan, tabulateLatency } from '#lib/charts/tool-tables.ts'
import { resolveWindow } from '#lib/contract/query.ts'
import type { ToolDetail } from '#lib/contract/reads.ts'
import { formatCount, formatNoun } from '#lib/format/number.ts'
import { formatStep, formatWindow } from '#lib/format/time.ts'
import { NoneRan } from './none-ran.tsx'
import styles from './tool-page.module.css'

const HEIGHT = 196
const MAX_TICKS = 6

interface LatencyPanelProps {
  readonly detail: ToolDetail
  readonly asOfMs: number
}

/** Latency over time, and under it how many calls it rests on. */
export function LatencyPanel({ detail, asOfMs }: LatencyPanelProps) {
  const { zone } = useTimeZone()
  const { filter } = useViewState()
  const router = useRouter()
  const link = useViewLink()
  const model = prepareLatency(detail.series, {
    asOfMs,
    isOpen: resolveWindow(filter, asOfMs).fromMs === null,
  })
  const { span } = model
  const markers = useChartMarkers(filter)
  const hrefOf = ({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }) =>
    link('/batches', { range: null, from: fromMs, to: toMs, tool: detail.tool })
  return (
    <ChartPanel
      id="latency"
      title="Latency over time"
      note={`p50 and p95 by ${formatStep(model.stepMs)}; calls under it, peak ${formatCount(model.peakCalls)}, failing in red`}
      table={tabulateLatency(detail.series, zone, asOfMs)}
      rowHref={(row) => hrefOf(latencyRowSpan(detail.series, row))}
    >
      {span === null || model.latest === null ? (
        <NoneRan />
      ) : (
        <div className={styles.chart}>
          <PercentileChart
            points={model.points.map((point) => ({ ...point, x: point.atMs }))}
            domain={[span.fromMs, span.toMs]}
            ticks={prepareTimeAxis(span, zone, MAX_TICKS).map(({ atMs, label }) => ({ x: atMs, label }))}
            axis={model.axis}
            height={HEIGHT}
            markers={markers}
            label={`Latency of ${detail.tool} over time`}
            tip={(point) => <Tip point={point} zone={zone} nowMs={asOfMs} />}
            onPick={(point) => router.push(hrefOf(point))}
          />
          <CountStrip
            bins={model.points}
            span={span}
            peak={model.peakCalls}
            leftPx={Y_AXIS_PX}
            rightPx={LABELS_PX}
          />
        </div>
      )}
    </ChartPanel>
  )
}

interface TipProps {
  readonly point: LatencyPoint
  readonly zone: string
  readonly nowMs: number
}

function Tip({ point, zone, nowMs }: TipProps) {
  return (
    <ChartTip
      title={formatWindow(point.fromMs, point.toMs, zone, nowMs)}
      rows={[
        { name: 'p99', value: <Duration ms={point.p99Ms} none="none ran" /> },
        { name: 'p95', value: <Duration ms={point.p95Ms} none="none ran" /> },
        { name: 'p50', value: <Duration ms={point.p50Ms} none="none ran" /> },
        { name: 'over', value: formatNoun(point.calls, 'call', 'calls') },
        ...(point.failures > 0 ? [{ name: 'failing', value: formatCount(point.failures) }] : []),
      ]}
      hint={point.calls > 0 ? 'press for its batches' : undefined}
    />
  )
}
