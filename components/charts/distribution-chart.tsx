'use client'

import { HATCH } from '#components/ui/hatches.tsx'
import type { Distribution, DistributionBin } from '#lib/charts/distribution.ts'
import { ChartFrame, X_AXIS_PX } from './chart-frame.tsx'
import styles from './distribution-chart.module.css'

interface DistributionChartProps {
  readonly model: Distribution
  readonly height: number
  /** Of each sample, what stands beside its median. */
  readonly labelBefore: string
  readonly labelAfter: string
  readonly label: string
}

/** Two lines of labels, for medians that stand near each other. */
const TOP_PX = 34
const SIDE_PX = 16

/** Two samples over each other: before as an outline, after hatched, each with its median. */
export function DistributionChart(props: DistributionChartProps) {
  const { model, height, label, labelBefore, labelAfter } = props
  const plotHeight = height - TOP_PX - X_AXIS_PX
  return (
    <ChartFrame height={height} label={label}>
      {({ width }) => {
        const plotWidth = Math.max(1, width - 2 * SIDE_PX)
        const x = (value: number) => SIDE_PX + (Math.min(model.max, value) / model.max) * plotWidth
        const y = (share: number) => TOP_PX + (1 - share / Math.max(model.peak, 1e-9)) * plotHeight
        const base = TOP_PX + plotHeight
        return (
          <svg width={width} height={height} aria-hidden="true" className={styles.chart}>
            {model.ticks.map((tick, index) => (
              <text
                key={tick.value}
                x={x(tick.value)}
                y={base + 14}
                textAnchor={index === 0 ? 'start' : index === model.ticks.length - 1 ? 'end' : 'middle'}
              >
                {tick.label}
              </text>
            ))}
            <path
              d={outline(model.bins, (bin) => bin.after, x, y, base)}
              fill={`url(#${HATCH.compare})`}
              stroke="var(--cmp-b)"
            />
            <path
              d={outline(model.bins, (bin) => bin.before, x, y, base)}
              fill="none"
              stroke="var(--cmp-a)"
              strokeWidth={1.25}
            />
            <line x1={SIDE_PX} x2={SIDE_PX + plotWidth} y1={base} y2={base} stroke="var(--line-2)" />
            <Medians
              before={model.medianBefore === null ? null : x(model.medianBefore)}
              after={model.medianAfter === null ? null : x(model.medianAfter)}
              labelBefore={labelBefore}
              labelAfter={labelAfter}
              base={base}
              width={width}
            />
          </svg>
        )
      }}
    </ChartFrame>
  )
}

function outline(
  bins: readonly DistributionBin[],
  shareOf: (bin: DistributionBin) => number,
  x: (value: number) => number,
  y: (share: number) => number,
  base: number,
): string {
  const [first] = bins
  if (first === undefined) return ''
  const steps = bins.map((bin) => `V${y(shareOf(bin)).toFixed(1)}H${x(bin.to).toFixed(1)}`)
  return `M${x(first.from).toFixed(1)} ${base}${steps.join('')}V${base}`
}

interface MediansProps {
  /** px; null when a sample is empty. */
  readonly before: number | null
  readonly after: number | null
  readonly labelBefore: string
  readonly labelAfter: string
  readonly base: number
  readonly width: number
}

/** The labels lean away from each other and from the edges; where they still meet, one stands lower. */
function Medians({ before, after, labelBefore, labelAfter, base, width }: MediansProps) {
  const isBeforeLeft = before === null || after === null || before <= after
  const first = before === null ? null : placeLabel(before, labelBefore, !isBeforeLeft, width)
  const second = after === null ? null : placeLabel(after, labelAfter, isBeforeLeft, width)
  const doMeet = first !== null && second !== null && first.from < second.to && second.from < first.to
  return (
    <>
      {before === null || first === null ? null : (
        <Median x={before} text={labelBefore} label={first} base={base} line={0} isQuiet />
      )}
      {after === null || second === null ? null : (
        <Median x={after} text={labelAfter} label={second} base={base} line={doMeet ? 1 : 0} />
      )}
    </>
  )
}

interface PlacedLabel {
  readonly isRight: boolean
  /** px. */
  readonly from: number
  readonly to: number
}

const CHAR_PX = 6
const LABEL_GAP_PX = 5
const LINE_PX = 14

function placeLabel(x: number, text: string, leansRight: boolean, width: number): PlacedLabel {
  const needPx = text.length * CHAR_PX + LABEL_GAP_PX
  const isRight = leansRight ? x + needPx < width : x - needPx < 0
  return isRight ? { isRight, from: x, to: x + needPx } : { isRight, from: x - needPx, to: x }
}

interface MedianProps {
  readonly x: number
  readonly text: string
  readonly label: PlacedLabel
  readonly base: number
  /** The line of labels that it stands on. */
  readonly line: 0 | 1
  readonly isQuiet?: boolean
}

function Median({ x, text, label, base, line, isQuiet = false }: MedianProps) {
  const y = 12 + line * LINE_PX
  return (
    <g>
      <line
        x1={x}
        x2={x}
        y1={y - 8}
        y2={base}
        stroke={isQuiet ? 'var(--cmp-a)' : 'var(--cmp-b)'}
        strokeDasharray={isQuiet ? '3 3' : undefined}
      />
      <text
        className={isQuiet ? styles.before : styles.after}
        x={label.isRight ? x + LABEL_GAP_PX : x - LABEL_GAP_PX}
        y={y}
        textAnchor={label.isRight ? 'start' : 'end'}
      >
        {text}
      </text>
    </g>
  )
}
