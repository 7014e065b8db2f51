'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { describeError } from '#components/query/fetch-json.ts'
import { auditQuery } from '#components/query/queries.ts'
import { buttonClass } from '#components/ui/button.tsx'
import { ErrorStrip } from '#components/ui/error-strip.tsx'
import { ErrorGlyph } from '#components/ui/glyphs.tsx'
import { CheckIcon } from '#components/ui/icons.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import type { ModeAudit } from '#lib/contract/mode.ts'
import { formatNoun } from '#lib/format/number.ts'
import { AuditLine } from './audit-line.tsx'
import styles from './audit-trail.module.css'
import type { Proposal } from './change/mode-change-dialog.tsx'
import { SectionHead } from './section-head.tsx'
import { useMoment } from './use-moment.ts'

interface AuditTrailProps {
  readonly propose: (proposal: Proposal) => void
}

/** Lines that a page shows at first. */
const SHOWN = 12

/** Who changed what and why, each line holding the hash of the one before. */
export function AuditTrail({ propose }: AuditTrailProps) {
  const { data, error, refetch, dataUpdatedAt } = useQuery(auditQuery())
  const [isWhole, setWhole] = useState(false)
  const entries = data?.entries ?? []
  const shown = isWhole ? entries : entries.slice(0, SHOWN)
  return (
    <section aria-labelledby="audit">
      <SectionHead id="audit" title="Audit trail" note="each line holds the hash of the one before">
        {data && entries.length > 0 ? (
          <>
            <Intact audit={data} checkedAtMs={dataUpdatedAt} />
            <a
              className={buttonClass()}
              data-kind="plain"
              href="/api/v1/mode/audit/export"
              download
              title="The whole trail as it was hashed: parascope audit verify --file checks it anywhere"
            >
              Export
            </a>
          </>
        ) : null}
      </SectionHead>
      {error ? (
        <ErrorStrip
          what="The audit trail could not be read"
          cause={describeError(error)}
          meanwhile={data ? 'the lines below were read before' : undefined}
          onRetry={() => void refetch()}
        />
      ) : null}
      {!data && !error ? (
        <SkeletonRows rows={5} widths={[20, '60%', 56]} label="Reading the audit trail" />
      ) : null}
      {data && entries.length === 0 ? (
        <p className={styles.empty}>
          No change yet: everything runs parallel by default. The first change will be line 1.
        </p>
      ) : null}
      <ol className={styles.lines}>
        {shown.map((entry) => (
          <AuditLine key={entry.revision} entry={entry} onUndo={() => propose({ kind: 'undo', entry })} />
        ))}
      </ol>
      {entries.length > SHOWN || entries.at(-1)?.revision !== 1 ? (
        <More audit={data} isWhole={isWhole} onWhole={() => setWhole(true)} />
      ) : null}
    </section>
  )
}

function Intact({ audit, checkedAtMs }: { readonly audit: ModeAudit; readonly checkedAtMs: number }) {
  const moment = useMoment()
  const { first_broken: broken, head_hash: head, lines } = audit
  if (broken !== null) {
    return (
      <span className={styles.broken} role="alert" title={broken.reason}>
        <ErrorGlyph label={null} /> broken at line {broken.line} (revision {broken.revision}): {broken.reason}
      </span>
    )
  }
  return (
    <span
      className={styles.intact}
      title={`Every hash of the whole trail was computed again and matches; the newest is ${head}`}
    >
      <CheckIcon /> {formatNoun(lines, 'line', 'lines')} verified, {moment(checkedAtMs)}
    </span>
  )
}

interface MoreProps {
  readonly audit: ModeAudit | undefined
  readonly isWhole: boolean
  readonly onWhole: () => void
}

function More({ audit, isWhole, onWhole }: MoreProps) {
  const count = audit?.entries.length ?? 0
  const oldest = audit?.entries.at(-1)?.revision ?? 1
  if (count === 0) return null
  return (
    <p className={styles.more}>
      {!isWhole && count > SHOWN ? (
        <button type="button" onClick={onWhole}>
          {count - SHOWN} older lines
        </button>
      ) : null}
      {oldest > 1 ? <span>Lines before {oldest} are at /api/v1/mode/audit?limit=1000</span> : null}
    </p>
  )
}
