'use client'

import type { ReactNode } from 'react'
import { ChartPanel } from '#components/charts/chart-panel.tsx'
import { ChartTip } from '#components/charts/chart-tip.tsx'
import { PercentileChart } from '#components/charts/percentile-chart.tsx'
import { Duration } from '#components/ui/duration.tsx'
import { prepareByCount } from '#lib/charts/by-count.ts'
import { findKnee, type KneeFinding } from '#lib/charts/knee.ts'
import { tabulateBreakdown } from '#lib/charts/tool-tables.ts'
import type { ToolDetail } from '#lib/contract/reads.ts'
import { formatThreeDigits } from '#lib/format/duration.ts'
import { formatNoun } from '#lib/format/number.ts'
import { NoneRan } from './none-ran.tsx'
import styles from './tool-page.module.css'

/** Above 32 the store keeps one number for each doubling: those are in the table. */
const MAX_CONCURRENCY = 32
const HEIGHT = 148

/** Does it suffer beside its siblings, and from how many on? */
export function ConcurrencyPanel({ rows }: { readonly rows: ToolDetail['by_concurrency'] }) {
  const model = prepareByCount(
    rows.map((row) => ({ ...row, count: row.concurrency })),
    MAX_CONCURRENCY,
  )
  const knee = findKnee(rows)
  const points = model.points.map((point) => ({ ...point, x: point.count }))
  const first = points[0]?.x ?? 1
  const last = points.at(-1)?.x ?? 2
  return (
    <ChartPanel
      id="concurrency"
      title="By calls in flight at its start"
      note={
        model.hidden > 0
          ? `itself included; ${formatNoun(model.hidden, 'rare or higher number', 'rare or higher numbers')} in the table`
          : 'itself included'
      }
      table={tabulateBreakdown('Percentiles by calls in flight', 'In flight', rows, (row) =>
        String(row.concurrency),
      )}
      finding={model.latest === null ? undefined : describeKnee(knee)}
    >
      {model.latest === null ? (
        <NoneRan />
      ) : (
        <div className={styles.chart}>
          <PercentileChart
            points={points}
            domain={[first - 0.4, last + 0.4]}
            ticks={model.ticks.map((count) => ({ x: count, label: String(count) }))}
            axis={model.axis}
            height={HEIGHT}
            label="Latency by calls in flight at its start"
            hasDots
            marker={knee.kind === 'knee' ? { x: (knee.at + knee.next) / 2, label: 'knee' } : undefined}
            tip={(point) => (
              <ChartTip
                title={`${point.count} in flight`}
                rows={[
                  { name: 'p95', value: <Duration ms={point.p95Ms} none="none ran" /> },
                  { name: 'p50', value: <Duration ms={point.p50Ms} none="none ran" /> },
                  { name: 'over', value: formatNoun(point.n, 'call', 'calls') },
                ]}
              />
            )}
          />
        </div>
      )}
    </ChartPanel>
  )
}

/** The finding in a sentence; it names a knee only where {@link findKnee} does. */
function describeKnee(finding: KneeFinding): ReactNode {
  switch (finding.kind) {
    case 'knee':
      return (
        <>
          The knee is at <strong>{finding.at}</strong>: from {finding.next} in flight on its p50 is at least{' '}
          {formatThreeDigits(finding.factor)} times as long.
        </>
      )
    case 'gradual':
      return `It grows with every sibling, ${formatThreeDigits(finding.factor)}-fold from ${finding.fromConcurrency} to ${finding.toConcurrency} in flight; there is no one knee.`
    case 'flat':
      return (
        <span className={styles.quiet}>
          No knee: its p50 at {finding.toConcurrency} in flight is {formatThreeDigits(finding.factor)} times
          that at {finding.fromConcurrency}.
        </span>
      )
    case 'unsupported':
      return (
        <span className={styles.quiet}>
          No knee can be named: fewer than {finding.levels} numbers have 20 calls or more.
        </span>
      )
  }
}
