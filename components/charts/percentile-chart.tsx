'use client'

import type { ReactNode } from 'react'
import {
  Area,
  CartesianGrid,
  ComposedChart,
  type DotItemDotProps,
  Line,
  ReferenceLine,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import { placeOnSpan } from '#lib/charts/markers.ts'
import type { ValueAxis } from '#lib/charts/value-axis.ts'
import { ChartFrame, FLAG_PX, FLAGGED_PLOT_TOP, PLOT_TOP, X_AXIS_PX, Y_AXIS_PX } from './chart-frame.tsx'
import { EndLabels } from './end-labels.tsx'
import { type ChartMarkers, MarkerLayer } from './marker-layer.tsx'
import { pickHandlers } from './pick-handlers.ts'

/** A place along the horizontal axis with its percentiles; null is a gap. */
export interface PercentilePoint {
  readonly x: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly band: readonly [number, number] | null
  /** Too few calls to lean on: its point is hollow. */
  readonly lowSample: boolean
}

interface PercentileChartProps<Point extends PercentilePoint> {
  readonly points: readonly Point[]
  readonly domain: readonly [number, number]
  readonly ticks: readonly { readonly x: number; readonly label: string }[]
  readonly axis: ValueAxis
  readonly height: number
  readonly label: string
  /** A point on every value instead of only where a line would not show it. */
  readonly hasDots?: boolean
  /** A dotted line across the plot, and what it is. */
  readonly marker?: { readonly x: number; readonly label: string } | undefined
  /** Changes to flag, where the axis is time in epoch ms. */
  readonly markers?: ChartMarkers | undefined
  readonly tip: (point: Point) => ReactNode
  readonly onPick?: (point: Point) => void
}

/** Space right of the plot, for the labels at its end. */
export const LABELS_PX = 92

/**
 * p50 as a solid line, p95 as a dashed one and the band between them, in the strokes that they have behind the
 * bars of a timeline. A gap stays open.
 */
export function PercentileChart<Point extends PercentilePoint>(props: PercentileChartProps<Point>) {
  const { points, axis, height, ticks } = props
  const top = props.markers === undefined ? PLOT_TOP : FLAGGED_PLOT_TOP
  const dots = { points, hasDots: props.hasDots ?? false }
  return (
    <ChartFrame
      height={height}
      label={props.label}
      overlay={({ width }) => {
        const widthPx = Math.max(0, width - Y_AXIS_PX - LABELS_PX)
        const span = { fromMs: props.domain[0], toMs: props.domain[1] }
        return (
          <>
            <EndLabels
              labels={endLabels(points)}
              maxMs={axis.max}
              topPx={top}
              heightPx={height - top - X_AXIS_PX}
              widthPx={LABELS_PX}
            />
            {props.markers === undefined ? null : (
              <MarkerLayer
                {...props.markers}
                place={placeOnSpan(span, widthPx)}
                leftPx={Y_AXIS_PX}
                topPx={top - FLAG_PX}
                widthPx={widthPx}
                heightPx={height - top - X_AXIS_PX + FLAG_PX}
              />
            )}
          </>
        )
      }}
    >
      {(size) => (
        <ComposedChart
          {...size}
          {...pickHandlers(points, props.onPick)}
          data={[...points]}
          margin={{ top, right: LABELS_PX, bottom: 0, left: 0 }}
          accessibilityLayer
        >
          <CartesianGrid vertical={false} stroke="var(--line-1)" />
          <XAxis
            dataKey="x"
            type="number"
            domain={[...props.domain]}
            height={X_AXIS_PX}
            ticks={ticks.map((tick) => tick.x)}
            tickFormatter={(x: number) => ticks.find((tick) => tick.x === x)?.label ?? ''}
            interval={0}
            tickLine={false}
            axisLine={{ stroke: 'var(--line-2)' }}
          />
          <YAxis
            width={Y_AXIS_PX}
            domain={[0, axis.max]}
            ticks={axis.ticks.map((tick) => tick.value)}
            tickFormatter={(value: number) => axis.ticks.find((tick) => tick.value === value)?.label ?? ''}
            interval={0}
            tickLine={false}
            axisLine={false}
          />
          <Tooltip
            cursor={{ stroke: 'var(--line-3)' }}
            isAnimationActive={false}
            content={({ active, activeIndex }) => {
              const point = active ? points[Number(activeIndex)] : undefined
              return point === undefined ? null : props.tip(point)
            }}
          />
          <Area
            dataKey="band"
            type="linear"
            fill="var(--band)"
            fillOpacity={1}
            stroke="none"
            dot={false}
            activeDot={false}
            isAnimationActive={false}
          />
          <Line
            dataKey="p95Ms"
            type="linear"
            stroke="var(--ink-2)"
            strokeWidth={1.25}
            strokeDasharray="3 2"
            dot={(dot) => <Dot key={dot.index} {...dots} dot={dot} />}
            activeDot={{ r: 2.5, fill: 'var(--ink-1)', stroke: 'none' }}
            isAnimationActive={false}
          />
          <Line
            dataKey="p50Ms"
            type="linear"
            stroke="var(--ink-1)"
            strokeWidth={1.5}
            dot={(dot) => <Dot key={dot.index} {...dots} dot={dot} />}
            activeDot={{ r: 2.5, fill: 'var(--ink-1)', stroke: 'none' }}
            isAnimationActive={false}
          />
          {props.marker === undefined ? null : (
            <ReferenceLine
              x={props.marker.x}
              stroke="var(--ink-1)"
              strokeDasharray="1 3"
              label={{ value: props.marker.label, position: 'insideTopLeft', fill: 'var(--ink-1)' }}
            />
          )}
        </ComposedChart>
      )}
    </ChartFrame>
  )
}

interface DotProps {
  readonly points: readonly PercentilePoint[]
  readonly hasDots: boolean
  readonly dot: DotItemDotProps
}

/** Filled where a line alone would show nothing, hollow where the sample is low. */
function Dot({ points, hasDots, dot: { cx, cy, index, stroke } }: DotProps) {
  const point = points[index]
  if (cx === undefined || cy === undefined || point === undefined || point.band === null) return null
  const isIsolated = points[index - 1]?.band == null && points[index + 1]?.band == null
  if (!hasDots && !isIsolated && !point.lowSample) return null
  return (
    <circle
      cx={cx}
      cy={cy}
      r={2.25}
      fill={point.lowSample ? 'var(--bg-0)' : stroke}
      stroke={stroke}
      strokeWidth={1}
    />
  )
}

function endLabels(points: readonly PercentilePoint[]) {
  const last = points.findLast((point) => point.band !== null)
  if (last === undefined || last.p50Ms === null || last.p95Ms === null) return []
  return [
    { name: 'p95', ms: last.p95Ms, atMs: last.p95Ms },
    { name: 'p50', ms: last.p50Ms, atMs: last.p50Ms },
  ]
}
