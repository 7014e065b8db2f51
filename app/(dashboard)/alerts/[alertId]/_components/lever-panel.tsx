'use client'

import { useQuery } from '@tanstack/react-query'
import type { Proposal } from '#components/mode/change/mode-change-dialog.tsx'
import { ModeChoice } from '#components/mode/mode-choice.tsx'
import { SerialButton } from '#components/mode/serial-button.tsx'
import { describeError } from '#components/query/fetch-json.ts'
import { executorsQuery, modeQuery } from '#components/query/queries.ts'
import { SkeletonBar } from '#components/ui/skeleton.tsx'
import { useNow } from '#components/ui/use-now.ts'
import { chooseLever, type Lever } from '#lib/alerts/lever.ts'
import type { AlertDetail } from '#lib/contract/alerts.ts'
import type { ModeRule } from '#lib/contract/mode.ts'
import {
  ANY_OTHER,
  computeHeldShare,
  computeModeShares,
  formatShares,
  onlyMode,
} from '#lib/flags/mode-shares.ts'
import { strictness } from '#lib/flags/precedence.ts'
import { formatNoun } from '#lib/format/number.ts'
import { middleTruncate } from '#lib/format/text.ts'
import type { Mode } from '#lib/model/vocabulary.ts'
import aside from './aside.module.css'
import styles from './lever-panel.module.css'
import { useToolEffects } from './use-tool-effects.ts'

interface LeverPanelProps {
  readonly alert: AlertDetail
  readonly propose: (proposal: Proposal) => void
}

/** The switch, in place: what it would do about this alert, and the least of it that is enough. */
export function LeverPanel({ alert, propose }: LeverPanelProps) {
  const { data, error, dataUpdatedAt } = useQuery(modeQuery())
  const nowMs = useNow(10_000) ?? dataUpdatedAt
  const lever = chooseLever(alert, useToolEffects(alert))
  const agent = alert.agent === '*' ? null : alert.agent
  const { environment } = alert
  return (
    <section className={aside.panel} aria-labelledby="lever-head">
      <div className={aside.head}>
        <h2 id="lever-head" className={aside.title}>
          The switch
        </h2>
        <span className={aside.note} title={`${environment}, ${agent ?? 'every agent'}`}>
          {middleTruncate(environment, 18)}, {agent === null ? 'every agent' : middleTruncate(agent, 22)}
        </span>
      </div>
      {data === undefined ? (
        error ? (
          <p className={styles.words}>The mode could not be read: {describeError(error)}.</p>
        ) : (
          <SkeletonBar width={220} height={28} />
        )
      ) : (
        <>
          {lever.tool === null ? null : (
            <ToolLever
              alert={alert}
              lever={lever}
              tool={lever.tool}
              rules={data.rules}
              nowMs={nowMs}
              propose={propose}
            />
          )}
          <AgentMode
            rules={data.rules}
            agent={agent}
            environment={environment}
            nowMs={nowMs}
            onChoose={(mode) =>
              propose(
                agent === null
                  ? { kind: 'environment', environment, mode }
                  : {
                      kind: 'scope',
                      scope: { environment, agent, tool: null },
                      mode,
                      reason: reasonOf(alert, mode),
                    },
              )
            }
          />
        </>
      )}
      <p className={styles.words}>
        <strong className={styles.use}>{USE_WORDS[lever.use]}</strong> {lever.why} <Reach alert={alert} />
      </p>
    </section>
  )
}

const USE_WORDS: Record<Lever['use'], string> = {
  stops: 'It stops this.',
  'stop-gap': 'A stop-gap.',
  'no-use': 'It does not help here.',
}

function reasonOf(alert: AlertDetail, mode: Mode): string | null {
  return mode === 'parallel' ? null : `${alert.kind}: ${alert.id}`
}

interface ToolLeverProps extends LeverPanelProps {
  readonly lever: Lever
  readonly tool: string
  readonly rules: readonly ModeRule[]
  readonly nowMs: number
}

function ToolLever({ alert, tool, rules, nowMs, propose }: ToolLeverProps) {
  const { environment } = alert
  const agent = alert.agent === '*' ? null : alert.agent
  const held = computeHeldShare(
    rules,
    { agent: agent ?? ANY_OTHER, environment },
    tool,
    strictness('serial'),
    nowMs,
  )
  if (held >= 1) {
    return <p className={styles.held}>A rule runs {middleTruncate(tool, 30)} alone already.</p>
  }
  return (
    <div className={styles.tool}>
      <SerialButton
        aria-haspopup="dialog"
        onClick={() =>
          propose({
            kind: 'scope',
            scope: { environment, agent, tool },
            mode: 'serial',
            reason: reasonOf(alert, 'serial'),
          })
        }
      >
        Run {middleTruncate(tool, 24)} alone
      </SerialButton>
    </div>
  )
}

interface AgentModeProps {
  readonly rules: readonly ModeRule[]
  readonly agent: string | null
  readonly environment: string
  readonly nowMs: number
  readonly onChoose: (mode: Mode) => void
}

function AgentMode({ rules, agent, environment, nowMs, onChoose }: AgentModeProps) {
  const shares = computeModeShares(rules, { agent: agent ?? ANY_OTHER, environment }, nowMs)
  const mode = onlyMode(shares)
  return (
    <div className={styles.mode}>
      <ModeChoice
        label={`Mode of ${agent ?? 'every agent'} in ${environment}`}
        mode={mode}
        onChoose={(chosen) => {
          if (chosen !== mode) onChoose(chosen)
        }}
        isWide
      />
      {mode === null ? <span className={styles.shares}>{formatShares(shares)}</span> : null}
    </div>
  )
}

/** Whom a press would reach now. */
function Reach({ alert }: { readonly alert: AlertDetail }) {
  const { data } = useQuery(executorsQuery())
  if (!data) return null
  const count = data.executors.filter(
    (executor) =>
      executor.connected &&
      executor.environment === alert.environment &&
      (alert.agent === '*' || executor.agent === alert.agent),
  ).length
  return count === 0
    ? 'No executor of it is connected now; one that connects obeys.'
    : `A change reaches ${formatNoun(count, 'executor', 'executors')} with the next batch.`
}
