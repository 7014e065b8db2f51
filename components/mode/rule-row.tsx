'use client'

import { Menu } from '@mantine/core'
import { Button } from '#components/ui/button.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { ModeChip } from '#components/ui/mode-chip.tsx'
import type { ModeRule } from '#lib/contract/mode.ts'
import type { OrderedRule } from '#lib/flags/effective-order.ts'
import { describeGuard } from '#lib/flags/guard.ts'
import type { Proposal } from './change/mode-change-dialog.tsx'
import styles from './rules-table.module.css'
import { formatLeft } from './time-left.ts'
import { useMoment } from './use-moment.ts'

interface RuleRowProps {
  readonly ordered: OrderedRule
  /** The question beside the table is answered by this rule. */
  readonly decides: boolean
  readonly nowMs: number
  readonly propose: (proposal: Proposal) => void
}

const NAME_CHARS = 22
/** The agent of a rule for one of its tools. */
const OF_CHARS = 16

/** One rule; pressing its name changes it. */
export function RuleRow({ ordered, decides, nowMs, propose }: RuleRowProps) {
  const { rule, number, hiddenBy } = ordered
  return (
    <tr
      className={styles.row}
      data-decides={decides || undefined}
      data-hidden={hiddenBy !== null || undefined}
      aria-label={`Rule ${number}`}
    >
      <td data-cell="number" title={rule.id}>
        {number}
      </td>
      <td data-cell="matches">
        <button
          type="button"
          className={styles.edit}
          data-rule
          aria-haspopup="dialog"
          aria-label={`Change rule ${number}`}
          onClick={() => propose({ kind: 'rule', rule })}
        >
          <Matches rule={rule} />
        </button>
      </td>
      <td data-cell="environment">
        {rule.environment === null ? (
          <span className={styles.any}>any</span>
        ) : (
          <MiddleTruncate text={rule.environment} maxChars={16} />
        )}
      </td>
      <td data-cell="mode">
        <ModeChip mode={rule.mode} />
      </td>
      <td data-cell="share">
        {rule.percentage === null ? null : (
          <>
            {rule.percentage}
            <span className={styles.unit}>%</span>
          </>
        )}
      </td>
      <td data-cell="ends">
        <Ends rule={rule} nowMs={nowMs} />
      </td>
      <td data-cell="reason">
        <GuardMark rule={rule} />
        {hiddenBy === null ? (
          <Reason rule={rule} />
        ) : (
          <span className={styles.any}>not asked: rule {hiddenBy} takes all</span>
        )}
      </td>
      <td data-cell="actions">
        <RowMenu ordered={ordered} propose={propose} />
      </td>
    </tr>
  )
}

function Matches({ rule: { agent, tool } }: { readonly rule: ModeRule }) {
  if (tool === null && agent === null) return <span className={styles.any}>every agent</span>
  const name = tool ?? agent ?? ''
  return (
    <>
      <span className={styles.name}>
        <MiddleTruncate text={name} maxChars={NAME_CHARS} />
      </span>
      {tool === null || agent === null ? (
        <span className={styles.kind}>{tool === null ? 'agent' : 'tool'}</span>
      ) : (
        <span className={styles.kind}>
          of <MiddleTruncate text={agent} maxChars={OF_CHARS} />
        </span>
      )}
    </>
  )
}

function Ends({ rule, nowMs }: { readonly rule: ModeRule; readonly nowMs: number }) {
  const moment = useMoment()
  if (rule.expires_at === null) return <span className={styles.any}>never</span>
  const leftMs = rule.expires_at - nowMs
  return <span title={moment(rule.expires_at)}>{leftMs <= 0 ? 'ended' : `in ${formatLeft(leftMs)}`}</span>
}

/** Whether something may make the rule serial, or has; what exactly is in its title. */
function GuardMark({ rule: { guard, mode } }: { readonly rule: ModeRule }) {
  const moment = useMoment()
  if (guard === null) return null
  const { fired_at: firedAt, fired_because: because } = guard
  const hasFired = firedAt !== null && mode === 'serial'
  const title = `${hasFired ? `${because}\n` : ''}serial upon ${describeGuard(guard)}`
  return (
    <span className={styles.guard} title={title} data-fired={hasFired || undefined}>
      {hasFired ? `guard acted ${moment(firedAt)}` : mode === 'serial' ? 'guard at rest' : 'guarded'}
    </span>
  )
}

function Reason({ rule }: { readonly rule: ModeRule }) {
  const moment = useMoment()
  const by = `set by ${rule.set_by}, ${moment(rule.set_at)}`
  return (
    <span className={styles.reason} title={rule.reason === null ? by : `${rule.reason}\n${by}`}>
      {rule.reason ?? <span className={styles.any}>none given</span>}
    </span>
  )
}

/** Share of the runs with which a return to parallel begins. */
const FIRST_STEP = 10

function canReturn(rule: ModeRule): boolean {
  return rule.tool === null && rule.mode !== 'parallel' && rule.percentage === null
}

/** A rule before this one that takes some of its runs out of it. */
function firstStep({ agent, environment }: ModeRule): Partial<ModeRule> {
  return { agent, environment, mode: 'parallel', percentage: FIRST_STEP }
}

interface RowMenuProps {
  readonly ordered: OrderedRule
  readonly propose: (proposal: Proposal) => void
}

function RowMenu({ ordered: { rule, number, above, below }, propose }: RowMenuProps) {
  const canMove = above !== null || below !== null
  return (
    <Menu position="bottom-end" offset={2} classNames={{ item: styles.item ?? '' }}>
      <Menu.Target>
        <Button kind="plain" className={styles.dots} aria-label={`Actions of rule ${number}`}>
          ⋯
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => propose({ kind: 'rule', rule })}>Change…</Menu.Item>
        {canMove ? (
          <>
            <Menu.Item disabled={above === null} onClick={() => propose({ kind: 'move', rule, by: -1 })}>
              Ask earlier…
            </Menu.Item>
            <Menu.Item disabled={below === null} onClick={() => propose({ kind: 'move', rule, by: 1 })}>
              Ask later…
            </Menu.Item>
          </>
        ) : null}
        {canReturn(rule) ? (
          <Menu.Item onClick={() => propose({ kind: 'rule', rule: null, draft: firstStep(rule) })}>
            Return in steps…
          </Menu.Item>
        ) : null}
        <Menu.Item onClick={() => propose({ kind: 'remove', rule })}>Remove…</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
