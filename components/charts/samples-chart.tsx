'use client'

import { CartesianGrid, ReferenceLine, Scatter, ScatterChart, Tooltip, XAxis, YAxis } from 'recharts'
import { placeOnSpan } from '#lib/charts/markers.ts'
import type { PlacedSample, SamplesModel } from '#lib/charts/samples.ts'
import { prepareTimeAxis } from '#lib/charts/time-axis.ts'
import { middleTruncate } from '#lib/format/text.ts'
import { formatDateTime } from '#lib/format/time.ts'
import { ChartFrame, FLAG_PX, FLAGGED_PLOT_TOP, X_AXIS_PX } from './chart-frame.tsx'
import { ChartTip } from './chart-tip.tsx'
import { type ChartMarkers, MarkerLayer } from './marker-layer.tsx'

interface SamplesChartProps {
  readonly model: SamplesModel
  readonly markers: ChartMarkers
  readonly onsetMs: number
  readonly zone: string
  readonly nowMs: number
  readonly height: number
  /** What the values are. */
  readonly measure: string
  readonly format: (value: number) => string
  /** A batch was pressed. */
  readonly onPick: (sample: PlacedSample) => void
}

const AXIS_PX = 48
const RIGHT_PX = 16
const MAX_TICKS = 5

/** Every batch of both samples when it ran: before hollow, after filled. */
export function SamplesChart(props: SamplesChartProps) {
  const { model, markers, onsetMs, zone, nowMs, height, measure, format, onPick } = props
  const { points, span, max, ticks: valueTicks } = model
  const ticks = prepareTimeAxis(span, zone, MAX_TICKS)
  const plotHeight = height - FLAGGED_PLOT_TOP - X_AXIS_PX
  return (
    <ChartFrame
      height={height}
      label={`${measure} of ${points.length} batches over time`}
      overlay={({ width }) => {
        const widthPx = Math.max(0, width - AXIS_PX - RIGHT_PX)
        return (
          <MarkerLayer
            {...markers}
            place={placeOnSpan(span, widthPx)}
            leftPx={AXIS_PX}
            topPx={FLAGGED_PLOT_TOP - FLAG_PX}
            widthPx={widthPx}
            heightPx={plotHeight + FLAG_PX}
          />
        )
      }}
    >
      {(size) => (
        <ScatterChart
          {...size}
          margin={{ top: FLAGGED_PLOT_TOP, right: RIGHT_PX, bottom: 0, left: 0 }}
          accessibilityLayer
        >
          <CartesianGrid vertical={false} stroke="var(--line-1)" />
          <XAxis
            dataKey="atMs"
            type="number"
            domain={[span.fromMs, span.toMs]}
            height={X_AXIS_PX}
            ticks={ticks.map((tick) => tick.atMs)}
            tickFormatter={(atMs: number) => ticks.find((tick) => tick.atMs === atMs)?.label ?? ''}
            interval={0}
            tickLine={false}
            axisLine={{ stroke: 'var(--line-2)' }}
          />
          <YAxis
            dataKey="shown"
            type="number"
            width={AXIS_PX}
            domain={[0, max]}
            ticks={valueTicks.map((tick) => tick.value)}
            tickFormatter={(value: number) => valueTicks.find((tick) => tick.value === value)?.label ?? ''}
            interval={0}
            tickLine={false}
            axisLine={false}
          />
          <Tooltip
            cursor={false}
            isAnimationActive={false}
            content={({ active, payload }) => {
              const sample = active ? (payload[0]?.payload as PlacedSample | undefined) : undefined
              return sample === undefined ? null : (
                <ChartTip
                  title={middleTruncate(sample.batchId, 28)}
                  rows={[
                    { name: measure, value: format(sample.value) },
                    { name: 'started', value: formatDateTime(sample.atMs, zone, nowMs) },
                  ]}
                  hint="press for the batch"
                />
              )
            }}
          />
          <ReferenceLine x={onsetMs} stroke="var(--ink-2)" strokeDasharray="2 3" />
          <Scatter
            data={[...points]}
            isAnimationActive={false}
            cursor="pointer"
            shape={(dot: DotProps) => <Dot {...dot} />}
            onClick={({ payload }) => onPick(payload as PlacedSample)}
          />
        </ScatterChart>
      )}
    </ChartFrame>
  )
}

interface DotProps {
  readonly cx?: number | undefined
  readonly cy?: number | undefined
  readonly payload?: PlacedSample
}

function Dot({ cx, cy, payload }: DotProps) {
  if (cx === undefined || cy === undefined || payload === undefined) return null
  return payload.isAfter ? (
    <circle cx={cx} cy={cy} r={2.6} fill="var(--cmp-b)" />
  ) : (
    <circle cx={cx} cy={cy} r={2.2} fill="var(--bg-0)" stroke="var(--cmp-a)" strokeWidth={1.1} />
  )
}
