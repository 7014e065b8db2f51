'use client'

import { Modal } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useEffect, useRef, useState } from 'react'
import { describeEntry, shortHash } from '#components/mode/audit-words.ts'
import { useMoment } from '#components/mode/use-moment.ts'
import { Button } from '#components/ui/button.tsx'
import type { ModeAuditEntry, ModeRule } from '#lib/contract/mode.ts'
import { describeRule, describeScope } from '#lib/flags/describe-change.ts'
import { moveRule, putRule, removeRules, undoChange } from '#lib/flags/rule-edits.ts'
import { middleTruncate } from '#lib/format/text.ts'
import type { Mode } from '#lib/model/vocabulary.ts'
import { ChangeForm, type FormEnd } from './change-form.tsx'
import { EnvironmentForm } from './environment-form.tsx'
import styles from './mode-change-dialog.module.css'
import { mintRuleId } from './rule-draft.ts'
import { RuleForm } from './rule-form.tsx'
import { type RuleScope, ScopeForm } from './scope-form.tsx'
import type { ModeWritten } from './use-mode-write.ts'

/** A change that a person has asked for and not yet confirmed. */
export type Proposal =
  | { readonly kind: 'environment'; readonly environment: string; readonly mode: Mode }
  /** What an agent, or one tool, is to run in. */
  | {
      readonly kind: 'scope'
      readonly scope: RuleScope
      readonly mode: Mode
      /** Stands in the field of the reason until a person writes another. */
      readonly reason: string | null
    }
  /** Null adds a rule. */
  | { readonly kind: 'rule'; readonly rule: ModeRule | null; readonly draft?: Partial<ModeRule> }
  /** Another share of the runs for a rule; null = all. */
  | { readonly kind: 'share'; readonly rule: ModeRule; readonly percentage: number | null }
  | { readonly kind: 'remove'; readonly rule: ModeRule }
  | { readonly kind: 'move'; readonly rule: ModeRule; readonly by: -1 | 1 }
  | { readonly kind: 'undo'; readonly entry: ModeAuditEntry }

interface ModeChangeDialogProps {
  /** Null while closed. */
  readonly proposal: Proposal | null
  /** Another proposal takes its place, such as the way back; null closes. */
  readonly onPropose: (proposal: Proposal | null) => void
}

const NOTICE_ID = 'mode-written'
const NOTICE_MS = 20_000
const NOTICE_CLASSES = {
  root: styles.notice ?? '',
  title: styles.noticeTitle ?? '',
  description: styles.noticeText ?? '',
}

/** Says what a change touches, makes it on confirmation, and then tells of it with a way back. */
export function ModeChangeDialog({ proposal, onPropose }: ModeChangeDialogProps) {
  const moment = useMoment()
  const latest = useRef({ moment, onPropose })
  useEffect(() => {
    latest.current = { moment, onPropose }
  })
  // Its way back leads through the dialog of this page.
  useEffect(() => () => void notifications.hide(NOTICE_ID), [])

  const onWritten = (written: ModeWritten) => {
    onPropose(null)
    const undo = (entry: ModeAuditEntry) => {
      notifications.hide(NOTICE_ID)
      latest.current.onPropose({ kind: 'undo', entry })
    }
    notifications.hide(NOTICE_ID)
    notifications.show({
      id: NOTICE_ID,
      autoClose: NOTICE_MS,
      classNames: NOTICE_CLASSES,
      title: `Revision ${written.mode.revision} is in force`,
      message: <Written written={written} moment={latest.current.moment} onUndo={undo} />,
    })
  }
  return (
    <Modal
      opened={proposal !== null}
      onClose={() => onPropose(null)}
      title={proposal === null ? '' : titleOf(proposal)}
      size={proposal?.kind === 'rule' ? 640 : 520}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
      classNames={{ title: styles.title ?? '', inner: styles.inner ?? '', content: styles.content ?? '' }}
    >
      {proposal === null ? null : (
        <ProposalForm proposal={proposal} onClose={() => onPropose(null)} onWritten={onWritten} />
      )}
    </Modal>
  )
}

interface WrittenProps {
  readonly written: ModeWritten
  readonly moment: (epochMs: number) => string
  readonly onUndo: (entry: ModeAuditEntry) => void
}

function Written({ written: { entry }, moment, onUndo }: WrittenProps) {
  if (entry === null) return 'Its line in the audit trail could not be read yet.'
  return (
    <div className={styles.written}>
      <p>{middleTruncate(describeEntry(entry, moment), 160)}</p>
      <p className={styles.line}>
        Audit line {entry.revision}, hash <code>{shortHash(entry.hash)}</code>
        <Button onClick={() => onUndo(entry)}>Undo</Button>
      </p>
    </div>
  )
}

function titleOf(proposal: Proposal): string {
  switch (proposal.kind) {
    case 'environment':
      return `Mode of ${middleTruncate(proposal.environment, 40)}`
    case 'scope':
      return `Mode of ${middleTruncate(describeScope(proposal.scope), 60)}`
    case 'rule':
      return proposal.rule === null ? 'Add a rule' : 'Change a rule'
    case 'share':
      return `Another share of ${middleTruncate(describeScope(proposal.rule), 50)}`
    case 'remove':
      return 'Remove a rule'
    case 'move':
      return proposal.by < 0 ? 'Ask a rule earlier' : 'Ask a rule later'
    case 'undo':
      return `Undo revision ${proposal.entry.revision}`
  }
}

function ProposalForm({ proposal, ...end }: FormEnd & { readonly proposal: Proposal }) {
  const [newId] = useState(mintRuleId)
  const moment = useMoment()
  switch (proposal.kind) {
    case 'environment':
      return (
        <EnvironmentForm environment={proposal.environment} mode={proposal.mode} idSeed={newId} {...end} />
      )
    case 'scope': {
      const { scope, mode, reason } = proposal
      return <ScopeForm scope={scope} mode={mode} reason={reason} newId={newId} {...end} />
    }
    case 'rule':
      return <RuleForm rule={proposal.rule} draft={proposal.draft} newId={newId} {...end} />
    case 'share': {
      const { rule, percentage } = proposal
      const share = `${percentage ?? 100} %`
      return (
        <ChangeForm
          {...end}
          confirm={`Take ${share} of the runs`}
          edit={(rules, { reason }) => putRule(rules, { ...rule, percentage, reason: reason ?? rule.reason })}
        >
          <p className={styles.what}>{describeRule({ ...rule, percentage }, moment)}</p>
        </ChangeForm>
      )
    }
    case 'remove': {
      const { rule } = proposal
      return (
        <ChangeForm {...end} confirm="Remove rule" edit={(rules) => removeRules(rules, new Set([rule.id]))}>
          <p className={styles.what}>{describeRule(rule, moment)}</p>
        </ChangeForm>
      )
    }
    case 'move': {
      const { rule, by } = proposal
      return (
        <ChangeForm
          {...end}
          confirm={by < 0 ? 'Ask earlier' : 'Ask later'}
          edit={(rules, { nowMs }) => moveRule(rules, rule.id, by, nowMs)}
        >
          <p className={styles.what}>{describeRule(rule, moment)}</p>
        </ChangeForm>
      )
    }
    case 'undo': {
      const { entry } = proposal
      return (
        <ChangeForm
          {...end}
          confirm={`Undo revision ${entry.revision}`}
          reason={`undo of revision ${entry.revision}`}
          edit={(rules, { nowMs }) => undoChange(rules, entry, nowMs)}
        >
          <p className={styles.what}>{describeEntry(entry, moment)}</p>
        </ChangeForm>
      )
    }
  }
}
