'use client'

import { Button } from '#components/ui/button.tsx'
import { ModeGlyph } from '#components/ui/glyphs.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import type { Executor, ModeRule } from '#lib/contract/mode.ts'
import type { AgentStanding, EnvironmentStanding } from '#lib/flags/environment-standing.ts'
import { formatShares, onlyMode } from '#lib/flags/mode-shares.ts'
import { formatNoun } from '#lib/format/number.ts'
import type { Proposal } from './change/mode-change-dialog.tsx'
import styles from './environment-row.module.css'
import { ModeChoice } from './mode-choice.tsx'
import { SerialButton } from './serial-button.tsx'
import { formatLeft } from './time-left.ts'

interface EnvironmentRowProps {
  readonly standing: EnvironmentStanding
  /** Those connected now. */
  readonly executors: readonly Executor[]
  /** What the table of rules calls a rule. */
  readonly ruleNumber: (rule: ModeRule) => number | null
  readonly nowMs: number
  readonly propose: (proposal: Proposal) => void
}

/** Where a wrong mode costs most, and a button must be hit at once. */
const PRODUCTION = /^prod(uction)?$/i
const AGENTS_SHOWN = 4

/** One environment: its mode, its switch, and the agents that rules of their own keep from it. */
export function EnvironmentRow({ standing, executors, ruleNumber, nowMs, propose }: EnvironmentRowProps) {
  const { environment, mode, agents } = standing
  const isProduction = PRODUCTION.test(environment)
  return (
    <section className={styles.environment} data-large={isProduction || undefined} aria-label={environment}>
      <div className={styles.row}>
        <div className={styles.words}>
          <h3 className={styles.name}>
            <MiddleTruncate text={environment} maxChars={26} />
          </h3>
          <p className={styles.note}>{describe(standing, executors.length, ruleNumber, nowMs)}</p>
        </div>
        <div className={styles.choice}>
          <ModeChoice
            label={`Mode of ${environment}`}
            mode={mode}
            onChoose={(chosen) => {
              if (chosen !== mode) propose({ kind: 'environment', environment, mode: chosen })
            }}
            isWide
          />
        </div>
        {mode === 'serial' ? (
          <Button
            className={styles.loosen}
            aria-haspopup="dialog"
            aria-label={`Loosen ${environment}`}
            onClick={() => propose({ kind: 'environment', environment, mode: 'parallel' })}
          >
            Loosen…
          </Button>
        ) : (
          <SerialButton
            isLarge={isProduction}
            aria-haspopup="dialog"
            aria-label={`Serial now: ${environment}`}
            onClick={() => propose({ kind: 'environment', environment, mode: 'serial' })}
          >
            Serial now
          </SerialButton>
        )}
      </div>
      <Exceptions agents={agents} />
    </section>
  )
}

function describe(
  { rule, shares, mode, toolRules }: EnvironmentStanding,
  executors: number,
  ruleNumber: (rule: ModeRule) => number | null,
  nowMs: number,
): string {
  const number = rule === null ? null : ruleNumber(rule)
  const parts = [
    executors === 0 ? 'no executor' : formatNoun(executors, 'executor', 'executors'),
    number === null ? 'by default' : `by rule ${number}`,
  ]
  if (rule?.expires_at != null) parts.push(`ends in ${formatLeft(rule.expires_at - nowMs)}`)
  if (onlyMode(shares) !== mode) parts.push(formatShares(shares))
  // Rules for a tool everywhere say nothing of this environment; the table has them.
  const own = toolRules.filter((one) => one.environment !== null).length
  if (own > 0) parts.push(formatNoun(own, 'tool rule', 'tool rules'))
  return parts.join(', ')
}

function Exceptions({ agents }: { readonly agents: readonly AgentStanding[] }) {
  if (agents.length === 0) return null
  const rest = agents.length - AGENTS_SHOWN
  return (
    <ul className={styles.agents} aria-label="Agents with rules of their own">
      {agents.slice(0, AGENTS_SHOWN).map(({ agent, shares }) => {
        const mode = onlyMode(shares)
        return (
          <li key={agent} className={styles.agent}>
            <span className={styles.agentName}>
              <MiddleTruncate text={agent} maxChars={26} />
            </span>
            {mode === null ? null : <ModeGlyph mode={mode} label={null} />}
            <span className={styles.shares} data-mode={mode}>
              {formatShares(shares)}
            </span>
          </li>
        )
      })}
      {rest > 0 ? <li className={styles.more}>and {rest} more, in the rules below</li> : null}
    </ul>
  )
}
