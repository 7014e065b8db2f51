import { Duration, Quantity } from '#components/ui/duration.tsx'
import { Figure, Figures } from '#components/ui/figures.tsx'
import { failingShare } from '#lib/charts/tool-rows.ts'
import type { ToolDetail } from '#lib/contract/reads.ts'
import { formatCount, formatNoun, formatPercentPart } from '#lib/format/number.ts'
import styles from './tool-figures.module.css'

/** The tool in one row: how often, how long, how often in vain, and what turns paid for it. */
export function ToolFigures({ detail }: { readonly detail: ToolDetail }) {
  const { calls, n, outcomes, slowest_share: slowest, blocked_ms: blockedMs } = detail
  const failing = failingShare(detail)
  const low = detail.low_sample && n > 0 ? 'a low sample' : undefined
  const kinds = [
    outcomes.error > 0 ? formatNoun(outcomes.error, 'error', 'errors') : '',
    outcomes.timeout > 0 ? formatNoun(outcomes.timeout, 'timeout', 'timeouts') : '',
  ].filter((kind) => kind !== '')
  return (
    <div className={styles.row}>
      <Figures label="What the tool costs">
        <Figure label="Calls" note={n === calls ? 'all ran' : n === 0 ? 'none ran' : `${formatCount(n)} ran`}>
          <Quantity parts={[{ value: formatCount(calls), unit: '' }]} />
        </Figure>
        <Figure label="p50" note={low}>
          <Duration ms={detail.p50_ms} none="none ran" />
        </Figure>
        <Figure label="p95" note={low}>
          <Duration ms={detail.p95_ms} none="none ran" />
        </Figure>
        <Figure label="p99" note={low}>
          <Duration ms={detail.p99_ms} none="none ran" />
        </Figure>
        <Figure label="Failing" note={kinds.length === 0 ? 'no error, no timeout' : kinds.join(', ')}>
          {failing === null ? 'no calls' : <Quantity parts={[formatPercentPart(failing)]} />}
        </Figure>
        <Figure label="Slowest sibling in" note="of its parallel batches of two or more">
          {slowest === null ? 'none' : <Quantity parts={[formatPercentPart(slowest)]} />}
        </Figure>
        <Figure label="Waited alone" note="turns, for it and nothing else">
          {blockedMs === 0 ? 'none' : <Duration ms={blockedMs} />}
        </Figure>
      </Figures>
    </div>
  )
}
