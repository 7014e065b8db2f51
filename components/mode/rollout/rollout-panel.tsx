'use client'

import { useQuery } from '@tanstack/react-query'
import { ChartPanel } from '#components/charts/chart-panel.tsx'
import type { Proposal } from '#components/mode/change/mode-change-dialog.tsx'
import { describeError } from '#components/query/fetch-json.ts'
import { comparisonQuery } from '#components/query/queries.ts'
import { ErrorStrip } from '#components/ui/error-strip.tsx'
import { AlertGlyph, ModeGlyph } from '#components/ui/glyphs.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import type { ModeRule } from '#lib/contract/mode.ts'
import type { ModeComparison } from '#lib/contract/mode-comparison.ts'
import { formatNoun, formatPercent } from '#lib/format/number.ts'
import { middleTruncate } from '#lib/format/text.ts'
import { prepareComparisonTable } from './comparison-table.ts'
import { Forest } from './forest.tsx'
import { prepareForest } from './forest-model.ts'
import styles from './rollout.module.css'
import { RolloutSteps } from './rollout-steps.tsx'

interface RolloutPanelProps {
  readonly rule: ModeRule
  readonly propose: (proposal: Proposal) => void
}

const NAME_CHARS = 30

/** One rule with a share: its steps, what the runs of the two arms came to, and what to make of it. */
export function RolloutPanel({ rule, propose }: RolloutPanelProps) {
  const { agent, environment } = rule
  const scope = { ...(agent !== null && { agent }), ...(environment !== null && { environment }) }
  const { data, error, refetch } = useQuery(comparisonQuery(scope))
  const name = middleTruncate(agent ?? 'every agent', NAME_CHARS)
  return (
    <ChartPanel
      id={`rollout-${rule.id}`}
      title={`Rollout: ${name}`}
      note={`${environment ?? 'every environment'}, ${rule.percentage ?? 100} % ${rule.mode}`}
      table={data ? prepareComparisonTable(data) : null}
    >
      <div className={styles.panel}>
        <RolloutSteps rule={rule} stages={data?.stages ?? []} propose={propose} />
        {error ? (
          <ErrorStrip
            what="The comparison could not be read"
            cause={describeError(error)}
            meanwhile={data ? 'what stands below was read before' : undefined}
            onRetry={() => void refetch()}
          />
        ) : null}
        {data ? (
          <Comparison comparison={data} />
        ) : error ? null : (
          <SkeletonRows rows={4} widths={[110, '50%', 60]} label="Reading the comparison" />
        )}
      </div>
    </ChartPanel>
  )
}

function Comparison({ comparison }: { readonly comparison: ModeComparison }) {
  const { arms, verdict, metrics, excluded, complete, read_share: readShare } = comparison
  const isKnown = metrics.some(({ difference }) => difference !== null)
  const isWarning = verdict.kind === 'unbalanced' || verdict.kind === 'parallel-fails-more'
  return (
    <>
      <p className={styles.arms}>
        <ModeGlyph mode="parallel" label={null} /> parallel{' '}
        <strong>{formatNoun(arms.parallel.runs, 'run', 'runs')}</strong>
        <span className={styles.quiet}>against</span>
        <ModeGlyph mode="serial" label={null} /> serial{' '}
        <strong>{formatNoun(arms.serial.runs, 'run', 'runs')}</strong>
      </p>
      <p className={styles.verdict} data-kind={verdict.kind} role={isWarning ? 'alert' : 'status'}>
        {isWarning ? <AlertGlyph label={null} /> : null}
        <span>{verdict.words}</span>
      </p>
      {isKnown ? <Forest rows={prepareForest(metrics)} /> : null}
      <p className={styles.small}>
        {complete ? null : `${formatPercent(readShare)} of the log is read; the rest follows. `}
        {describeBalance(comparison)}
        {describeExcluded(excluded)}
        {isKnown ? ' Intervals are of 95 % and hold however often one looks.' : null}
      </p>
    </>
  )
}

function describeBalance({ sample_ratio: { expected, observed } }: ModeComparison): string {
  if (expected === null || observed === null) return ''
  return `${formatPercent(observed)} of the runs were parallel where ${formatPercent(expected)} were due. `
}

function describeExcluded({
  crossed_runs: crossed,
  off_plan_runs: offPlan,
  other_batches: other,
}: ModeComparison['excluded']): string {
  const parts = [
    ...(crossed > 0 ? [`${formatNoun(crossed, 'run', 'runs')} in both modes left out`] : []),
    ...(offPlan > 0 ? [`${formatNoun(offPlan, 'run', 'runs')} in another mode than the hash says`] : []),
    ...(other > 0 ? [`${formatNoun(other, 'batch', 'batches')} in neither mode left out`] : []),
  ]
  return parts.length === 0 ? '' : `${parts.join(', ')}.`
}
