'use client'

import { useQuery } from '@tanstack/react-query'
import { ChartPanel } from '#components/charts/chart-panel.tsx'
import { ChartTip } from '#components/charts/chart-tip.tsx'
import { PercentileChart } from '#components/charts/percentile-chart.tsx'
import { describeError } from '#components/query/fetch-json.ts'
import { batchSizesQuery } from '#components/query/queries.ts'
import { Duration } from '#components/ui/duration.tsx'
import { ErrorStrip } from '#components/ui/error-strip.tsx'
import { prepareByCount } from '#lib/charts/by-count.ts'
import { compareSizes, type SizeGrowth, tabulateSizes } from '#lib/charts/overview-tables.ts'
import type { FilterQuery } from '#lib/contract/query.ts'
import { formatNoun } from '#lib/format/number.ts'
import styles from './overview.module.css'

/** Larger batches are rare and would press the others together; the table has them all. */
const MAX_SIZE = 24
const LOW_SAMPLE = 20
const HEIGHT = 128

/** Does a further call cost a turn anything? */
export function SizePanel({ filter }: { readonly filter: FilterQuery }) {
  const { data, error, refetch } = useQuery(batchSizesQuery(filter))
  if (error && !data) {
    return (
      <ErrorStrip
        what="Wall by size could not be read"
        cause={describeError(error)}
        onRetry={() => void refetch()}
      />
    )
  }
  const rows = (data?.sizes ?? []).map(({ size, batches, ...percentiles }) => ({
    ...percentiles,
    count: size,
    n: batches,
    low_sample: batches < LOW_SAMPLE,
  }))
  const model = prepareByCount(rows, MAX_SIZE)
  const points = model.points.map((point) => ({ ...point, x: point.count }))
  const first = points[0]?.x ?? 1
  const last = points.at(-1)?.x ?? 2
  return (
    <ChartPanel
      id="size"
      title="Wall by number of calls"
      note={
        error
          ? `not read anew: ${describeError(error)}`
          : model.hidden > 0
            ? `p50 and p95; ${formatNoun(model.hidden, 'rare or larger size', 'rare or larger sizes')} in the table`
            : 'p50 and p95'
      }
      table={data ? tabulateSizes(data) : null}
      finding={<Growth growth={compareSizes(model)} />}
    >
      <div className={styles.chart}>
        <PercentileChart
          points={points}
          domain={[first - 0.4, last + 0.4]}
          ticks={model.ticks.map((count) => ({ x: count, label: String(count) }))}
          axis={model.axis}
          height={HEIGHT}
          label="Wall time by number of calls"
          hasDots
          tip={(point) => (
            <ChartTip
              title={formatNoun(point.count, 'call', 'calls')}
              rows={[
                { name: 'p95', value: <Duration ms={point.p95Ms} /> },
                { name: 'p50', value: <Duration ms={point.p50Ms} /> },
                { name: 'over', value: formatNoun(point.n, 'batch', 'batches') },
              ]}
            />
          )}
        />
      </div>
    </ChartPanel>
  )
}

function Growth({ growth }: { readonly growth: SizeGrowth | null }) {
  if (growth === null) return <span className={styles.quiet}>Too few batches of two sizes to compare.</span>
  return (
    <>
      Half of the batches of {growth.fromSize} calls end within <Duration ms={growth.fromMs} />
      <span className={styles.quiet}>
        , of {growth.toSize} within <Duration ms={growth.toMs} />
      </span>
    </>
  )
}
