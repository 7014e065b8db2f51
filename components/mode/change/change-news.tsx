'use client'

import { useQuery } from '@tanstack/react-query'
import { describeEntry } from '#components/mode/audit-words.ts'
import { useMoment } from '#components/mode/use-moment.ts'
import { auditQuery, modeQuery } from '#components/query/queries.ts'
import { AlertGlyph } from '#components/ui/glyphs.tsx'
import styles from './change-form.module.css'

interface ChangeNewsProps {
  /** The revision in force when the draft was begun. */
  readonly sinceRevision: number
  /** A write was refused because of what came meanwhile. */
  readonly isRefused: boolean
}

/** Who changed what while a draft was open. The draft is kept, and stands on top of it. */
export function ChangeNews({ sinceRevision, isRefused }: ChangeNewsProps) {
  const mode = useQuery(modeQuery())
  const audit = useQuery(auditQuery())
  const moment = useMoment()
  const revision = mode.data?.revision ?? sinceRevision
  if (revision === sinceRevision) return null
  const news = audit.data?.entries.filter((entry) => entry.revision > sinceRevision) ?? []
  return (
    <div className={styles.notice} role="alert">
      <AlertGlyph label={null} />
      <div>
        {isRefused ? <strong>Not written: somebody was faster. </strong> : null}
        {news.length === 0 ? `Revision ${revision} came while this was open. ` : null}
        {news.map((entry) => (
          <span key={entry.revision}>
            Revision {entry.revision} by {entry.by}, {moment(entry.at)}: {describeEntry(entry, moment)}.{' '}
          </span>
        ))}
        Your draft is kept and now stands on top of revision {revision}: look at what it does, then press.
      </div>
    </div>
  )
}
