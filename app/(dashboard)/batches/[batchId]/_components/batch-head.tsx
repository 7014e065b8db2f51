'use client'

import { Drawer } from '@mantine/core'
import Link from 'next/link'
import { type ReactNode, useState } from 'react'
import { ProvisionalMark } from '#components/batch/provisional-mark.tsx'
import { useViewLink } from '#components/query/use-view-state.ts'
import { Button, buttonClass } from '#components/ui/button.tsx'
import { CopyButton } from '#components/ui/copy-button.tsx'
import { ChevronLeftIcon, ChevronRightIcon } from '#components/ui/icons.tsx'
import { Kbd } from '#components/ui/kbd.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { ModeChip } from '#components/ui/mode-chip.tsx'
import { Timestamp } from '#components/ui/timestamp.tsx'
import type { BatchDetail } from '#lib/contract/reads.ts'
import { EVIDENCE_WORDS } from '#lib/format/evidence.ts'
import styles from './batch-head.module.css'
import { useListLink, useNeighbourLink, useOwnLink } from './use-batch-view.ts'

interface BatchHeadProps {
  readonly batch: BatchDetail
  readonly narrow: boolean
  /** For the sheet of a narrow screen. */
  readonly facts: ReactNode
}

const ID_CHARS = 38
const NARROW_ID_CHARS = 16

/** Which batch this is: its id, what it was told to do, where it belongs, and the ones beside it. */
export function BatchHead({ batch, narrow, facts }: BatchHeadProps) {
  return narrow ? <NarrowHead batch={batch} facts={facts} /> : <WideHead batch={batch} />
}

function WideHead({ batch }: { readonly batch: BatchDetail }) {
  const list = useListLink()
  const own = useOwnLink()
  return (
    <div className={styles.head}>
      <Link href={list} className={styles.crumb}>
        Batches
      </Link>
      <ChevronRightIcon />
      <h1 className={styles.id}>
        <MiddleTruncate text={batch.batch_id} maxChars={ID_CHARS} />
      </h1>
      <CopyButton text={batch.batch_id} label="Copy the id" />
      <ModeChip mode={batch.mode} />
      {batch.concurrency === null ? null : <span className={styles.chip}>cap {batch.concurrency}</span>}
      <EvidenceChip batch={batch} />
      {batch.provisional ? <ProvisionalMark /> : null}
      <Place batch={batch} />
      <span className={styles.grow} />
      <Neighbour batchId={batch.context.previous_batch_id} direction="older" />
      <Neighbour batchId={batch.context.next_batch_id} direction="newer" />
      <CopyButton text={own} label="Copy a link to this picture">
        Copy link
      </CopyButton>
    </div>
  )
}

/** Where some of the batch is inferred, that is said beside its name. */
function EvidenceChip({ batch }: { readonly batch: BatchDetail }) {
  const { short, meaning, isInferred } = EVIDENCE_WORDS[batch.evidence]
  if (!isInferred) return null
  return (
    <span className={styles.inferred} title={meaning}>
      {short}
    </span>
  )
}

/** Turn, run, version and time, in a line that gives way from its end. */
function Place({ batch }: { readonly batch: BatchDetail }) {
  const link = useViewLink()
  const { turn, run_id: run, version } = batch
  return (
    <span className={styles.place}>
      {turn === null ? null : `turn ${turn}`}
      {turn !== null && run !== null ? ' of ' : null}
      {run === null ? null : (
        <>
          run{' '}
          <Link href={link('/batches', { q: run })} className={styles.mono} title="Batches of this run">
            <MiddleTruncate text={run} maxChars={18} />
          </Link>
        </>
      )}
      {turn === null && run === null ? null : <span className={styles.dot}> · </span>}
      {version === null ? null : (
        <>
          version{' '}
          <span className={styles.mono}>
            <MiddleTruncate text={version} maxChars={16} />
          </span>
          <span className={styles.dot}> · </span>
        </>
      )}
      <Timestamp epochMs={batch.started_at} full />
    </span>
  )
}

interface NeighbourProps {
  readonly batchId: string | null
  readonly direction: 'older' | 'newer'
}

/** The batch before or after, in the same run where there is one; absent where there is none. */
function Neighbour({ batchId, direction }: NeighbourProps) {
  const linkTo = useNeighbourLink()
  if (batchId === null) return null
  const older = direction === 'older'
  return (
    <Link href={linkTo(batchId)} className={buttonClass()} data-kind="plain" title={batchId}>
      {older ? <ChevronLeftIcon /> : null}
      {older ? 'Older' : 'Newer'}
      {older ? null : <ChevronRightIcon />}
      <Kbd>{older ? '[' : ']'}</Kbd>
    </Link>
  )
}

function NarrowHead({ batch, facts }: { readonly batch: BatchDetail; readonly facts: ReactNode }) {
  const list = useListLink()
  const own = useOwnLink()
  const [isOpen, setOpen] = useState(false)
  return (
    <div className={styles.narrow}>
      <Link href={list} className={styles.back} aria-label="Batches">
        <ChevronLeftIcon />
      </Link>
      <h1 className={styles.id}>
        <MiddleTruncate text={batch.batch_id} maxChars={NARROW_ID_CHARS} />
      </h1>
      <ModeChip mode={batch.mode} />
      {batch.provisional ? <ProvisionalMark /> : null}
      <span className={styles.grow} />
      <Button onClick={() => setOpen(true)} aria-haspopup="dialog">
        Facts
      </Button>
      <Drawer
        opened={isOpen}
        onClose={() => setOpen(false)}
        position="bottom"
        size="85%"
        title="Facts"
        padding={0}
        classNames={{ header: styles.sheetTitle ?? '' }}
      >
        <div className={styles.sheetHead}>
          <Place batch={batch} />
          <CopyButton text={own} label="Copy a link to this picture">
            Copy link
          </CopyButton>
        </div>
        {facts}
      </Drawer>
    </div>
  )
}
