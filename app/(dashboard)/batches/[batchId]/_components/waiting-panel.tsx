import { Duration } from '#components/ui/duration.tsx'
import { HATCH } from '#components/ui/hatches.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { formatDuration } from '#lib/format/duration.ts'
import { formatNoun } from '#lib/format/number.ts'
import type { PreparedBatch } from '#lib/timeline/prepare-timeline.ts'
import { prepareWaits, type Wait } from '#lib/timeline/waits.ts'
import { Panel } from './panel.tsx'
import styles from './waiting-panel.module.css'

interface WaitingPanelProps {
  readonly prepared: PreparedBatch
  readonly onSelect: (key: string) => void
}

const MAX_ROWS = 4

/** Who waited before the first start, and for what: the intent, or a dispatch that nobody asked to be late. */
export function WaitingPanel({ prepared, onSelect }: WaitingPanelProps) {
  const { waits, queuedUs, dispatchDelayUs, known } = prepareWaits(prepared.timeline.rows)
  const longestUs = Math.max(1, ...waits.map((wait) => wait.totalUs))
  return (
    <Panel
      title="Waiting"
      note="before the first start"
      aside={
        known
          ? `in all ${formatDuration(queuedUs / 1000)} by intent, ${formatDuration(dispatchDelayUs / 1000)} for dispatch`
          : null
      }
    >
      {known ? null : (
        <p className={styles.none}>Unknown: nobody recorded when the calls were handed over.</p>
      )}
      {known && waits.length === 0 ? (
        <p className={styles.none}>None worth telling: every call began at once.</p>
      ) : null}
      {waits.slice(0, MAX_ROWS).map((wait) => (
        <WaitRow key={wait.key} wait={wait} longestUs={longestUs} onPress={() => onSelect(wait.key)} />
      ))}
      {waits.length > MAX_ROWS ? (
        <p className={styles.more}>
          and {formatNoun(waits.length - MAX_ROWS, 'more call', 'more calls')}, up to{' '}
          {formatDuration((waits[MAX_ROWS]?.totalUs ?? 0) / 1000)} each
        </p>
      ) : null}
    </Panel>
  )
}

interface WaitRowProps {
  readonly wait: Wait
  readonly longestUs: number
  readonly onPress: () => void
}

function WaitRow({ wait, longestUs, onPress }: WaitRowProps) {
  const share = (us: number) => `${(us / longestUs) * 100}%`
  const words = `${formatDuration(wait.queuedUs / 1000)} by intent, ${formatDuration(wait.dispatchDelayUs / 1000)} for dispatch`
  return (
    <button type="button" className={styles.row} onClick={onPress} title={words}>
      <span className={styles.name}>
        <MiddleTruncate text={wait.tool} maxChars={20} />
      </span>
      <svg className={styles.bar} role="img" aria-label={words}>
        <rect width={share(wait.queuedUs)} height="8" fill={`url(#${HATCH.queued})`} />
        <rect
          x={share(wait.queuedUs)}
          width={share(wait.dispatchDelayUs)}
          height="8"
          fill={`url(#${HATCH.dispatch})`}
        />
        <line x2={share(wait.totalUs)} y1="0.5" y2="0.5" stroke="var(--line-3)" />
        <line x2={share(wait.totalUs)} y1="7.5" y2="7.5" stroke="var(--line-3)" />
      </svg>
      <span className={styles.value}>
        <Duration ms={wait.totalUs / 1000} />
      </span>
    </button>
  )
}
