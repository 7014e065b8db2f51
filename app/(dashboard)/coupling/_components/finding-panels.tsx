import Link from 'next/link'
import type { ReactNode } from 'react'
import type { Proposal } from '#components/mode/change/mode-change-dialog.tsx'
import { useViewLink } from '#components/query/use-view-state.ts'
import { Duration } from '#components/ui/duration.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { PanelHead } from '#components/ui/panel-head.tsx'
import type { CoupledPair, CouplingConflict, MergeCandidate, MissedPair } from '#lib/contract/coupling.ts'
import { formatCount, formatNoun, formatPercent } from '#lib/format/number.ts'
import { middleTruncate } from '#lib/format/text.ts'
import styles from './finding-panels.module.css'

interface PanelProps {
  readonly title: string
  readonly note: string
  readonly none: string
  readonly count: number
  readonly children: ReactNode
}

function Panel({ title, note, none, count, children }: PanelProps) {
  const id = `${title.toLowerCase().replaceAll(' ', '-')}-head`
  return (
    <section aria-labelledby={id} className={styles.panel}>
      <PanelHead id={id} title={title} note={note}>
        {count === 0 ? null : <span className={styles.count}>{formatCount(count)}</span>}
      </PanelHead>
      {count === 0 ? <p className={styles.none}>{none}</p> : <ul className={styles.list}>{children}</ul>}
    </section>
  )
}

interface FindingProps {
  readonly tools: readonly string[]
  /** Between the names: `beside`, `then`. */
  readonly joint: string
  readonly facts: ReactNode
  readonly suggestion: string
  readonly children?: ReactNode
}

/** One finding: its tools, its evidence, its batches, and what to do. */
function Finding({ tools, joint, facts, suggestion, children }: FindingProps) {
  const link = useViewLink()
  const filter = { tool: tools, ...(tools.length > 1 ? { tool_match: 'all' } : {}) }
  return (
    <li className={styles.finding}>
      <p className={styles.names}>
        {tools.map((tool, i) => (
          <span key={tool}>
            {i === 0 ? null : <span className={styles.joint}> {joint} </span>}
            <MiddleTruncate text={tool} maxChars={26} />
          </span>
        ))}
      </p>
      <p className={styles.facts}>{facts}</p>
      <p className={styles.suggestion}>{suggestion}</p>
      <p className={styles.links}>
        <Link href={link('/batches', filter)} prefetch={false}>
          Its batches
        </Link>
        {children}
      </p>
    </li>
  )
}

interface Proposing {
  /** Opens the review of a change of the mode. */
  readonly propose: (proposal: Proposal) => void
}

interface ConflictsPanelProps extends Proposing {
  readonly conflicts: readonly CouplingConflict[]
  /** Tools that change nothing: it is the other that has to wait. */
  readonly reads: ReadonlySet<string>
}

/** Calls that met on a resource while one of them wrote. */
export function ConflictsPanel({ conflicts, reads, propose }: ConflictsPanelProps) {
  return (
    <Panel
      title="Conflicts"
      note="overlapped on one resource while one of them wrote"
      none="No two calls met on a resource that they named."
      count={conflicts.length}
    >
      {conflicts.map((conflict) => (
        <Finding
          key={conflict.tools.join('+')}
          tools={conflict.tools}
          joint="and"
          facts={
            <>
              {conflict.conflicts > 0
                ? `in ${formatCount(conflict.conflicts)} of ${formatNoun(conflict.overlapped, 'batch', 'batches')} in which they overlapped`
                : `perhaps in ${formatNoun(conflict.possible, 'batch', 'batches')}: an effect is unknown`}
              , {conflict.agents.join(', ')}
            </>
          }
          suggestion={conflict.suggestion}
        >
          <RuleButton
            tool={conflict.tools.find((tool) => !reads.has(tool)) ?? conflict.tools[0]}
            agent={conflict.agents.length === 1 ? (conflict.agents[0] ?? null) : null}
            environment={null}
            propose={propose}
          />
        </Finding>
      ))}
    </Panel>
  )
}

interface CoupledPanelProps extends Proposing {
  readonly coupled: readonly CoupledPair[]
}

/** Tools that fail while a certain sibling runs. */
export function CoupledPanel({ coupled, propose }: CoupledPanelProps) {
  return (
    <Panel
      title="Coupled"
      note="fails more often beside a certain sibling"
      none="No tool fails more often beside one sibling than else."
      count={coupled.length}
    >
      {coupled.map((pair) => (
        <Finding
          key={`${pair.agent} ${pair.environment} ${pair.tool} ${pair.sibling}`}
          tools={[pair.tool, pair.sibling]}
          joint="beside"
          facts={
            <>
              failed in {formatCount(pair.beside.failed)} of {formatCount(pair.beside.batches)} batches beside
              it, in {formatCount(pair.apart.failed)} of {formatCount(pair.apart.batches)} else: odds ×
              {formatOddsRatio(pair.odds_ratio)} ({formatOddsRatio(pair.odds_low)} to{' '}
              {formatOddsRatio(pair.odds_high)}
              ), {pair.agent}
            </>
          }
          suggestion={pair.suggestion}
        >
          <AlertLink alertId={pair.alert_id} />
          <RuleButton tool={pair.tool} agent={pair.agent} environment={pair.environment} propose={propose} />
        </Finding>
      ))}
    </Panel>
  )
}

/** Turns of one call each that could have been one batch. */
export function MissedPanel({ missed }: { readonly missed: readonly MissedPair[] }) {
  return (
    <Panel
      title="Missed parallelism"
      note="single-call turns that could have been one batch"
      none="No turns in a row were independent often enough to speak of."
      count={missed.length}
    >
      {missed.map((pair) => (
        <Finding
          key={`${pair.agent} ${pair.environment} ${pair.tools.join('+')}`}
          tools={pair.tools}
          joint="then"
          facts={
            <>
              {pair.agent}
              {pair.saving_ms_per_day === null ? null : (
                <>
                  , about <Duration ms={pair.saving_ms_per_day} /> a day to save
                </>
              )}
            </>
          }
          suggestion={pair.suggestion}
        >
          <AlertLink alertId={pair.alert_id} />
        </Finding>
      ))}
    </Panel>
  )
}

/** Tools that are always called together and in one order. */
export function MergesPanel({ merges }: { readonly merges: readonly MergeCandidate[] }) {
  return (
    <Panel
      title="Merge candidates"
      note="always called together, in one order"
      none="No two tools are always called together."
      count={merges.length}
    >
      {merges.map((merge) => (
        <Finding
          key={merge.tools.join('+')}
          tools={merge.tools}
          joint="then"
          facts={
            <>
              together in {formatNoun(merge.together, 'batch', 'batches')}:{' '}
              {formatPercent(Math.min(merge.first_share, merge.second_share))} of all, in this order{' '}
              {formatPercent(merge.in_order_share)}
            </>
          }
          suggestion={merge.suggestion}
        />
      ))}
    </Panel>
  )
}

/** Where the finding has an open alert. */
function AlertLink({ alertId }: { readonly alertId: string | null }) {
  const link = useViewLink()
  if (alertId === null) return null
  return (
    <Link href={link(`/alerts/${encodeURIComponent(alertId)}`)} prefetch={false}>
      Its alert
    </Link>
  )
}

interface RuleButtonProps extends Proposing {
  readonly tool: string | undefined
  readonly agent: string | null
  readonly environment: string | null
}

/** Proposes that the tool's calls run alone; what it touches is said before anything is done. */
function RuleButton({ tool, agent, environment, propose }: RuleButtonProps) {
  if (tool === undefined) return null
  const scope = { environment, agent, tool }
  return (
    <button
      type="button"
      className={styles.rule}
      aria-haspopup="dialog"
      onClick={() => propose({ kind: 'scope', scope, mode: 'serial', reason: null })}
    >
      Run {middleTruncate(tool, 22)} alone
    </button>
  )
}

function formatOddsRatio(ratio: number): string {
  return ratio >= 100 ? formatCount(Math.round(ratio)) : ratio.toPrecision(2)
}
