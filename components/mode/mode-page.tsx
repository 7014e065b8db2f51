'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { describeError } from '#components/query/fetch-json.ts'
import { auditQuery, modeQuery } from '#components/query/queries.ts'
import { useViewLink } from '#components/query/use-view-state.ts'
import layout from '#components/shell/page.module.css'
import { PageHead } from '#components/shell/page-head.tsx'
import { Button, buttonClass } from '#components/ui/button.tsx'
import { ErrorStrip } from '#components/ui/error-strip.tsx'
import { Kbd } from '#components/ui/kbd.tsx'
import { useKeys } from '#components/ui/use-keys.ts'
import { useNow } from '#components/ui/use-now.ts'
import type { ModeAuditEntry } from '#lib/contract/mode.ts'
import { formatCount } from '#lib/format/number.ts'
import { formatAge } from '#lib/format/time.ts'
import { AuditTrail } from './audit-trail.tsx'
import { describeAuthor } from './audit-words.ts'
import { useModeChange } from './change/use-mode-change.tsx'
import { EnvironmentList } from './environment-list.tsx'
import styles from './mode-page.module.css'
import { PropagationPanel } from './propagation-panel.tsx'
import { Rollouts } from './rollout/rollouts.tsx'
import { RulesTable } from './rules-table.tsx'
import { RunQuestionPanel } from './run-question.tsx'
import { UnknownEffects } from './unknown-effects.tsx'
import { useMoment } from './use-moment.ts'

/** The switch: what runs in which mode, how to change it, and how far a change has come. */
export function ModePage() {
  const mode = useQuery(modeQuery())
  const audit = useQuery(auditQuery())
  const { propose, dialog } = useModeChange()
  const link = useViewLink()
  const newest = audit.data?.entries[0]
  // What has ended by itself cannot be called back: only a new rule can do the same again.
  const undoable = newest !== undefined && newest.action !== 'expire' ? newest : undefined
  const undo = () => {
    if (undoable) propose({ kind: 'undo', entry: undoable })
  }
  const add = () => propose({ kind: 'rule', rule: null })
  useKeys('Parallel mode', [
    { keys: 'n', label: 'Add a rule', run: add },
    { keys: 'u', label: 'Undo the newest revision', run: undo },
  ])
  const undoLabel = newest ? `Undo revision ${newest.revision}` : 'Undo'
  const actions = (
    <>
      <Button
        onClick={undo}
        disabled={!undoable}
        aria-haspopup="dialog"
        title={newest && !undoable ? 'It ended by itself: there is nothing to take back' : undefined}
      >
        {undoLabel} <Kbd>U</Kbd>
      </Button>
      <Button onClick={add} aria-haspopup="dialog">
        Add rule <Kbd>N</Kbd>
      </Button>
      <Link href={link('/mode/runbook')} className={buttonClass()} data-kind="plain">
        Runbook
      </Link>
    </>
  )
  return (
    <div className={layout.page}>
      <PageHead
        title="Parallel mode"
        note={mode.data ? <RevisionNote revision={mode.data.revision} newest={newest} /> : undefined}
        actions={actions}
      />
      <ModeError />
      <div className={styles.scroll}>
        <PropagationPanel />
        <div className={styles.columns}>
          <div className={styles.main}>
            <EnvironmentList propose={propose} />
            <RulesTable propose={propose} />
            <UnknownEffects />
          </div>
          <div className={styles.side}>
            <Rollouts propose={propose} />
            <RunQuestionPanel />
            <AuditTrail propose={propose} />
          </div>
        </div>
      </div>
      <div className={styles.foot}>
        <Button onClick={undo} disabled={!undoable} aria-haspopup="dialog">
          {undoLabel}
        </Button>
        <Button onClick={add} aria-haspopup="dialog">
          Add rule
        </Button>
        <Link href={link('/mode/runbook')} className={buttonClass()}>
          Runbook
        </Link>
      </div>
      {dialog}
    </div>
  )
}

interface RevisionNoteProps {
  readonly revision: number
  readonly newest: ModeAuditEntry | undefined
}

function RevisionNote({ revision, newest }: RevisionNoteProps) {
  const nowMs = useNow(1000)
  if (revision === 0) return 'never changed'
  const isIts = newest?.revision === revision && nowMs !== null
  const verb = newest === undefined ? '' : describeAuthor(newest)
  return (
    <>
      revision <span className={styles.revision}>{formatCount(revision)}</span>
      {isIts ? (
        <span className={styles.wide}>
          , {verb} {formatAge(Math.max(0, nowMs - newest.at))}
        </span>
      ) : null}
    </>
  )
}

function ModeError() {
  const { data, error, refetch, dataUpdatedAt } = useQuery(modeQuery())
  const moment = useMoment()
  if (!error) return null
  return (
    <ErrorStrip
      what="The mode could not be read"
      cause={describeError(error)}
      meanwhile={data ? `what stands below was read at ${moment(dataUpdatedAt)}` : undefined}
      onRetry={() => void refetch()}
    />
  )
}
