'use client'

import { useRouter } from 'next/navigation'
import { ChartPanel } from '#components/charts/chart-panel.tsx'
import { TurnTimeChart } from '#components/charts/turn-time-chart.tsx'
import { useChartMarkers } from '#components/charts/use-chart-markers.ts'
import { useViewLink, useViewState } from '#components/query/use-view-state.ts'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { overviewRowSpan, tabulateOverview } from '#lib/charts/overview-tables.ts'
import { prepareTurnTime } from '#lib/charts/turn-time.ts'
import type { Overview } from '#lib/contract/reads.ts'
import { formatDuration } from '#lib/format/duration.ts'
import { formatStep } from '#lib/format/time.ts'
import styles from './overview.module.css'

/** More bars than this are too thin for an outline and a hatch. */
const MAX_BARS = 32
const HEIGHT = 232

interface TurnPanelProps {
  readonly overview: Overview
  readonly nowMs: number
}

/** Where the time of a turn goes, and whether that has changed. */
export function TurnPanel({ overview, nowMs }: TurnPanelProps) {
  const { zone } = useTimeZone()
  const { filter } = useViewState()
  const router = useRouter()
  const link = useViewLink()
  const model = prepareTurnTime(overview.series, MAX_BARS, nowMs)
  const markers = useChartMarkers(filter)
  const hrefOf = ({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }) =>
    link('/batches', { range: null, from: fromMs, to: toMs })
  const latestMs = model.latest?.totalMs ?? null
  return (
    <ChartPanel
      id="turn"
      title="Time of a turn"
      note={
        latestMs === null
          ? 'no turn in this window'
          : `mean by ${stepWords(model.stepMs)}, ${formatDuration(latestMs)} at the end; the parts add up`
      }
      table={tabulateOverview(overview, zone, nowMs)}
      rowHref={(row) => hrefOf(overviewRowSpan(overview, row))}
    >
      <div className={styles.chart}>
        <TurnTimeChart
          model={model}
          zone={zone}
          nowMs={nowMs}
          height={HEIGHT}
          markers={markers}
          onPick={(bar) => router.push(hrefOf(bar))}
        />
      </div>
    </ChartPanel>
  )
}

function stepWords(stepMs: number): string {
  const step = formatStep(stepMs)
  return step === '1 h' ? 'hour' : step === '1 d' ? 'day' : step
}
