'use client'

import { CartesianGrid, Line, LineChart, ReferenceDot, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts'
import { type EvidenceModel, evidenceAt } from '#lib/charts/evidence.ts'
import { placeOnSpan } from '#lib/charts/markers.ts'
import { prepareTimeAxis } from '#lib/charts/time-axis.ts'
import { formatThreeDigits } from '#lib/format/duration.ts'
import { formatDateTime } from '#lib/format/time.ts'
import { ChartFrame, FLAG_PX, FLAGGED_PLOT_TOP, X_AXIS_PX } from './chart-frame.tsx'
import { ChartTip } from './chart-tip.tsx'
import styles from './evidence-chart.module.css'
import { type ChartMarkers, MarkerLayer } from './marker-layer.tsx'

interface EvidenceChartProps {
  readonly model: EvidenceModel
  readonly markers: ChartMarkers
  readonly zone: string
  readonly nowMs: number
  readonly height: number
}

const AXIS_PX = 36
const RIGHT_PX = 16
const MAX_TICKS = 6

/** The evidence as it grew, the level it had to reach, and what changed meanwhile. */
export function EvidenceChart({ model, markers, zone, nowMs, height }: EvidenceChartProps) {
  const { points, threshold, axis, span, onsetMs, detectedMs } = model
  const ticks = prepareTimeAxis(span, zone, MAX_TICKS)
  const plotHeight = height - FLAGGED_PLOT_TOP - X_AXIS_PX
  const thresholdTop = FLAGGED_PLOT_TOP + (1 - threshold / axis.max) * plotHeight
  return (
    <ChartFrame
      height={height}
      label={`Evidence in nats over time; it reached its threshold of ${formatThreeDigits(threshold)}`}
      overlay={({ width }) => {
        const widthPx = Math.max(0, width - AXIS_PX - RIGHT_PX)
        const place = placeOnSpan(span, widthPx)
        return (
          <>
            <span className={styles.threshold} style={{ top: thresholdTop, left: AXIS_PX + 4 }}>
              threshold {formatThreeDigits(threshold)} nats
            </span>
            <MarkerLayer
              {...markers}
              place={place}
              leftPx={AXIS_PX}
              topPx={FLAGGED_PLOT_TOP - FLAG_PX}
              widthPx={widthPx}
              heightPx={plotHeight + FLAG_PX}
            />
            <Labels
              widthPx={widthPx}
              onset={place(onsetMs)}
              detected={place(detectedMs)}
              onsetTop={FLAGGED_PLOT_TOP + plotHeight - 15}
              detectedTop={
                FLAGGED_PLOT_TOP + (1 - (evidenceAt(model, detectedMs) ?? threshold) / axis.max) * plotHeight
              }
            />
          </>
        )
      }}
    >
      {(size) => (
        <LineChart
          {...size}
          data={[...points]}
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
            width={AXIS_PX}
            domain={[0, axis.max]}
            ticks={axis.ticks.map((tick) => tick.value)}
            interval={0}
            tickLine={false}
            axisLine={false}
          />
          <Tooltip
            cursor={{ stroke: 'var(--line-3)' }}
            isAnimationActive={false}
            content={({ active, activeIndex }) => {
              const point = active ? points[Number(activeIndex)] : undefined
              return point === undefined ? null : (
                <ChartTip
                  title={formatDateTime(point.atMs, zone, nowMs)}
                  rows={[
                    { name: 'evidence', value: `${formatThreeDigits(point.nats)} nats` },
                    { name: 'threshold', value: `${formatThreeDigits(threshold)} nats` },
                  ]}
                />
              )
            }}
          />
          <ReferenceLine y={threshold} stroke="var(--ink-2)" strokeDasharray="4 3" />
          <Line
            dataKey="nats"
            type="linear"
            stroke="var(--ink-1)"
            strokeWidth={1.5}
            dot={points.length < 24 ? { r: 1.5, fill: 'var(--ink-1)', stroke: 'none' } : false}
            activeDot={{ r: 2.5, fill: 'var(--ink-1)', stroke: 'none' }}
            isAnimationActive={false}
          />
          <ReferenceDot
            x={onsetMs}
            y={0}
            r={3.5}
            fill="var(--bg-0)"
            stroke="var(--ink-1)"
            strokeWidth={1.4}
          />
          <ReferenceDot
            x={detectedMs}
            y={evidenceAt(model, detectedMs) ?? threshold}
            r={3.5}
            fill="var(--ink-1)"
            stroke="var(--bg-0)"
          />
        </LineChart>
      )}
    </ChartFrame>
  )
}

interface LabelsProps {
  readonly widthPx: number
  readonly onset: number | null
  readonly detected: number | null
  readonly onsetTop: number
  readonly detectedTop: number
}

/** Beyond this share of the plot a label stands left of its point. */
const RIGHT_SIDE = 0.8
const ONSET_PX = 44

function Labels({ widthPx, onset, detected, onsetTop, detectedTop }: LabelsProps) {
  const leftOf = (x: number) => ({ right: RIGHT_PX + widthPx - x + 8 })
  const rightOf = (x: number) => ({ left: AXIS_PX + x + 8 })
  return (
    <>
      {onset === null ? null : (
        <span
          className={styles.point}
          style={{ top: onsetTop, ...(onset > ONSET_PX ? leftOf(onset) : rightOf(onset)) }}
        >
          onset
        </span>
      )}
      {detected === null ? null : (
        <span
          className={styles.point}
          style={{
            top: detectedTop - 8,
            ...(detected > RIGHT_SIDE * widthPx ? leftOf(detected) : rightOf(detected)),
          }}
        >
          detected
        </span>
      )}
    </>
  )
}
