'use client'

import { useId, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { Timestamp } from '#components/ui/timestamp.tsx'
import { useNow } from '#components/ui/use-now.ts'
import type { ModeAuditEntry, ModeRule } from '#lib/contract/mode.ts'
import { describeRule, sameRule } from '#lib/flags/describe-change.ts'
import { MINUS } from '#lib/format/duration.ts'
import { formatNoun } from '#lib/format/number.ts'
import styles from './audit-trail.module.css'
import { describeEntry, shortHash } from './audit-words.ts'
import { useMoment } from './use-moment.ts'

interface AuditLineProps {
  readonly entry: ModeAuditEntry
  readonly onUndo: () => void
}

/** One line of the trail; opened, it shows the rules before and after and the whole hashes. */
export function AuditLine({ entry, onUndo }: AuditLineProps) {
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  const moment = useMoment()
  const nowMs = useNow(60_000)
  const words = describeEntry(entry, moment)
  return (
    <li className={styles.line} data-open={isOpen || undefined}>
      <button
        type="button"
        className={styles.head}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        <span className={styles.revision}>{entry.revision}</span>
        <span className={styles.words} title={words}>
          {words}
        </span>
        <span className={styles.hash}>{shortHash(entry.hash)}</span>
        <span className={styles.by}>
          {entry.by}
          {entry.action === 'expire' ? '' : `, ${entry.reason ?? 'no reason needed'}`}
        </span>
        <span className={styles.time}>
          <Timestamp epochMs={entry.at} nowMs={nowMs} />
        </span>
      </button>
      {isOpen ? <Details id={id} entry={entry} onUndo={onUndo} /> : null}
    </li>
  )
}

function Details({ id, entry, onUndo }: AuditLineProps & { readonly id: string }) {
  return (
    <div id={id} className={styles.details}>
      {entry.reason === null ? null : <p className={styles.reason}>Reason: {entry.reason}</p>}
      <RuleDiff before={entry.before} after={entry.after} />
      <p className={styles.hashes}>
        <span>hash</span>
        <code>{entry.hash}</code>
        <CopyButton text={entry.hash} label={`Copy the hash of line ${entry.revision}`} />
        <span>before it</span>
        <code>{entry.previous_hash}</code>
      </p>
      {entry.action !== 'expire' ? (
        <Button className={styles.undo} aria-haspopup="dialog" onClick={onUndo}>
          Undo revision {entry.revision}…
        </Button>
      ) : null}
    </div>
  )
}

interface RuleDiffProps {
  readonly before: readonly ModeRule[]
  readonly after: readonly ModeRule[]
}

/** The rules that went and those that came; how many stayed. */
function RuleDiff({ before, after }: RuleDiffProps) {
  const moment = useMoment()
  const gone = before.filter((rule) => !after.some((other) => sameRule(rule, other)))
  const come = after.filter((rule) => !before.some((other) => sameRule(rule, other)))
  const stayed = after.length - come.length
  return (
    <ul className={styles.diff}>
      {gone.map((rule) => (
        <li key={rule.id} data-sign={MINUS}>
          <del>{describeRule(rule, moment)}</del>
        </li>
      ))}
      {come.map((rule) => (
        <li key={rule.id} data-sign="+">
          <ins>{describeRule(rule, moment)}</ins>
        </li>
      ))}
      <li className={styles.stayed}>
        {after.length === 0
          ? 'no rule left: everything parallel'
          : `${formatNoun(stayed, 'other rule', 'other rules')} stayed`}
      </li>
    </ul>
  )
}
