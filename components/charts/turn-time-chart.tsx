'use client'

import { Bar, BarChart, type BarShapeProps, CartesianGrid, Tooltip, XAxis, YAxis } from 'recharts'
import { Duration } from '#components/ui/duration.tsx'
import { HATCH } from '#components/ui/hatches.tsx'
import type { PlaceTime } from '#lib/charts/markers.ts'
import { prepareTimeAxis } from '#lib/charts/time-axis.ts'
import {
  labelParts,
  TURN_PART_WORDS,
  TURN_PARTS,
  type TurnBar,
  type TurnPart,
  type TurnTimeModel,
} from '#lib/charts/turn-time.ts'
import { formatNoun } from '#lib/format/number.ts'
import { formatWindow } from '#lib/format/time.ts'
import { ChartFrame, FLAG_PX, FLAGGED_PLOT_TOP, X_AXIS_PX, Y_AXIS_PX } from './chart-frame.tsx'
import { ChartTip } from './chart-tip.tsx'
import { EndLabels } from './end-labels.tsx'
import { type ChartMarkers, MarkerLayer } from './marker-layer.tsx'
import { pickHandlers } from './pick-handlers.ts'

interface TurnTimeChartProps {
  readonly model: TurnTimeModel
  readonly zone: string
  readonly nowMs: number
  readonly height: number
  readonly markers: ChartMarkers
  /** A bar was pressed. */
  readonly onPick: (bar: TurnBar) => void
}

const LABELS_PX = 124
const MAX_TICKS = 6

/** The mean turn of each stretch of time as a stack: model, waiting, tools, idle. */
export function TurnTimeChart({ model, zone, nowMs, height, markers, onPick }: TurnTimeChartProps) {
  const { bars, axis, latest } = model
  const ticks = tickBars(bars, zone)
  const labels = latest?.means ? labelParts(latest.means) : []
  return (
    <ChartFrame
      height={height}
      label={`Mean time of a turn in ${formatNoun(bars.length, 'bar', 'bars')}, model, waiting, tools and idle stacked`}
      overlay={({ width }) => {
        const widthPx = Math.max(0, width - Y_AXIS_PX - LABELS_PX)
        return (
          <>
            <EndLabels
              labels={labels.map(({ part, ms, middleMs }) => ({
                name: TURN_PART_WORDS[part],
                ms,
                atMs: middleMs,
              }))}
              maxMs={axis.max}
              topPx={FLAGGED_PLOT_TOP}
              heightPx={height - FLAGGED_PLOT_TOP - X_AXIS_PX}
              widthPx={LABELS_PX}
            />
            <MarkerLayer
              {...markers}
              place={placeOnBars(bars, widthPx)}
              leftPx={Y_AXIS_PX}
              topPx={FLAGGED_PLOT_TOP - FLAG_PX}
              widthPx={widthPx}
              heightPx={height - FLAGGED_PLOT_TOP - X_AXIS_PX + FLAG_PX}
            />
          </>
        )
      }}
    >
      {(size) => (
        <BarChart
          {...size}
          {...pickHandlers(bars, onPick)}
          data={bars.map(toDatum)}
          margin={{ top: FLAGGED_PLOT_TOP, right: LABELS_PX, bottom: 0, left: 0 }}
          barCategoryGap={1.5}
          accessibilityLayer
        >
          <CartesianGrid vertical={false} stroke="var(--line-1)" />
          <XAxis
            dataKey="index"
            height={X_AXIS_PX}
            ticks={ticks.map((tick) => tick.index)}
            tickFormatter={(index: number) => ticks.find((tick) => tick.index === index)?.label ?? ''}
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
            cursor={{ fill: 'var(--bg-hover)' }}
            isAnimationActive={false}
            content={({ active, activeIndex }) => (
              <TurnTip bar={active ? bars[Number(activeIndex)] : undefined} zone={zone} nowMs={nowMs} />
            )}
          />
          {TURN_PARTS.map((part) => (
            <Bar
              key={part}
              dataKey={part}
              stackId="turn"
              isAnimationActive={false}
              shape={(props: BarShapeProps) => <PartShape {...props} part={part} />}
            />
          ))}
        </BarChart>
      )}
    </ChartFrame>
  )
}

type TurnDatum = { readonly index: number } & { readonly [Part in TurnPart]?: number }

function toDatum(bar: TurnBar, index: number): TurnDatum {
  return { index, ...bar.means }
}

/** Outlined what no tool of ours did, hatched what nobody asked for, solid what the tools took. */
function PartShape({
  part,
  x,
  y,
  width,
  height,
}: Pick<BarShapeProps, 'x' | 'y' | 'width' | 'height'> & { readonly part: TurnPart }) {
  if (!(height > 0)) return null
  if (part === 'exposed') return <rect x={x} y={y} width={width} height={height} fill="var(--run)" />
  if (part === 'waiting')
    return <rect x={x} y={y} width={width} height={height} fill={`url(#${HATCH.dispatch})`} />
  return (
    <rect
      x={x + 0.5}
      y={y + 0.5}
      width={Math.max(0, width - 1)}
      height={Math.max(0, height - 1)}
      fill="var(--bg-0)"
      stroke={part === 'idle' ? 'var(--line-2)' : 'var(--run)'}
    />
  )
}

interface TurnTipProps {
  readonly bar: TurnBar | undefined
  readonly zone: string
  readonly nowMs: number
}

function TurnTip({ bar, zone, nowMs }: TurnTipProps) {
  if (bar === undefined) return null
  const { means } = bar
  const parts =
    means === null
      ? []
      : TURN_PARTS.toReversed().map((part) => ({
          name: TURN_PART_WORDS[part],
          value: <Duration ms={means[part]} />,
        }))
  return (
    <ChartTip
      title={formatWindow(bar.fromMs, bar.toMs, zone, nowMs)}
      rows={[
        ...parts,
        { name: 'turn, mean', value: <Duration ms={bar.totalMs} none="no turn" /> },
        { name: 'over', value: formatNoun(bar.turns, 'turn', 'turns') },
      ]}
      hint={bar.turns > 0 ? 'press for its batches' : undefined}
    />
  )
}

/** Bars are equally wide, even where the last one is cut by the present. */
function placeOnBars(bars: readonly TurnBar[], widthPx: number): PlaceTime {
  return (atMs) => {
    const index = bars.findIndex((bar) => bar.fromMs <= atMs && atMs < bar.toMs)
    const bar = bars[index]
    if (bar === undefined) return null
    return ((index + (atMs - bar.fromMs) / Math.max(1, bar.toMs - bar.fromMs)) / bars.length) * widthPx
  }
}

/** The bars that hold the round times of the zone. */
function tickBars(bars: readonly TurnBar[], zone: string): { index: number; label: string }[] {
  const span = { fromMs: bars[0]?.fromMs ?? 0, toMs: bars.at(-1)?.toMs ?? 0 }
  return prepareTimeAxis(span, zone, MAX_TICKS).flatMap(({ atMs, label }) => {
    const index = bars.findIndex((bar) => bar.fromMs <= atMs && atMs < bar.toMs)
    return index < 0 ? [] : [{ index, label }]
  })
}
