'use client'

import { Drawer } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import { SlowestGlyph } from '#components/ui/glyphs.tsx'
import { ChevronRightIcon } from '#components/ui/icons.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import type { BatchDetail } from '#lib/contract/reads.ts'
import { findConflicts } from '#lib/coupling/conflicts.ts'
import { formatDuration } from '#lib/format/duration.ts'
import { formatNoun } from '#lib/format/number.ts'
import { explainNoTimes } from '#lib/format/without-times.ts'
import { describeCall } from '#lib/timeline/describe-call.ts'
import type { PreparedBatch } from '#lib/timeline/prepare-timeline.ts'
import { prepareTurnParts } from '#lib/timeline/turn-parts.ts'
import { prepareWaits } from '#lib/timeline/waits.ts'
import { LogLine } from './log-line.tsx'
import styles from './narrow-summary.module.css'
import { OverlapPanel } from './overlap-panel.tsx'
import { PlanPanel } from './plan-panel.tsx'
import { TurnPanel } from './turn-panel.tsx'
import { WaitingPanel } from './waiting-panel.tsx'

interface NarrowSummaryProps {
  readonly batch: BatchDetail
  readonly prepared: PreparedBatch
  readonly selectedKey: string | null
  readonly onSelect: (key: string) => void
  readonly facts: ReactNode
  /** The picture. */
  readonly children: ReactNode
}

type Sheet = 'call' | 'turn' | 'plan' | 'conflicts' | 'waiting' | 'log'

/** A narrow screen: the sentence, the picture, and everything else as rows that open sheets. */
export function NarrowSummary(props: NarrowSummaryProps) {
  const { batch, prepared, selectedKey, onSelect, facts, children } = props
  const [sheet, setSheet] = useState<Sheet | null>(null)
  const { timeline } = prepared
  const slowest = timeline.rows.find((row) => row.slowest)
  const selected = timeline.rows.find((row) => row.key === selectedKey)
  const turn = prepareTurnParts(
    prepared.calls,
    batch.model_ms === null ? null : batch.model_ms * 1000,
    timeline.alone,
  )
  const conflicts = useMemo(() => findConflicts(prepared.calls).found.length, [prepared.calls])
  const waits = prepareWaits(timeline.rows)
  const selectAndClose = (key: string) => {
    onSelect(key)
    setSheet(null)
  }
  const titles: Record<Sheet, string> = {
    call: 'Call',
    turn: batch.turn === null ? 'Turn' : `Turn ${batch.turn}`,
    plan: 'Plan',
    conflicts: 'Conflicts',
    waiting: 'Waiting',
    log: 'Log line',
  }
  return (
    <>
      {slowest ? (
        <p className={styles.sentence}>
          <SlowestGlyph label={null} />
          <span className={styles.name}>
            <MiddleTruncate text={slowest.tool} maxChars={20} />
          </span>
          {timeline.alone ? (
            <>
              held the turn <b>{formatDuration((timeline.alone.toUs - timeline.alone.fromUs) / 1000)}</b>{' '}
              alone
            </>
          ) : (
            'ended last'
          )}
        </p>
      ) : null}
      {children}
      <div className={styles.rows}>
        {selected ? (
          <SheetRow title="Call" onOpen={() => setSheet('call')}>
            {describeCall(selected, timeline)}
          </SheetRow>
        ) : null}
        <SheetRow title={titles.turn} onOpen={() => setSheet('turn')}>
          {turn === null ? explainNoTimes(batch) : formatDuration(turn.totalUs / 1000)}
        </SheetRow>
        <SheetRow title="Plan" onOpen={() => setSheet('plan')}>
          which calls may overlap
        </SheetRow>
        <SheetRow title="Conflicts" onOpen={() => setSheet('conflicts')}>
          {conflicts === 0 ? 'none seen' : formatNoun(conflicts, 'pair', 'pairs')}
        </SheetRow>
        <SheetRow title="Waiting" onOpen={() => setSheet('waiting')}>
          {waits.known
            ? `${formatDuration((waits.queuedUs + waits.dispatchDelayUs) / 1000)} in all`
            : 'unknown'}
        </SheetRow>
        <SheetRow title="Log line" onOpen={() => setSheet('log')}>
          to copy
        </SheetRow>
      </div>
      <Drawer
        opened={sheet !== null}
        onClose={() => setSheet(null)}
        position="bottom"
        size="auto"
        title={sheet === null ? '' : titles[sheet]}
        padding={0}
        classNames={{
          header: styles.sheetHead ?? '',
          content: styles.sheet ?? '',
          body: styles.sheetBody ?? '',
        }}
      >
        {sheet === 'call' ? facts : null}
        {sheet === 'turn' ? <TurnPanel batch={batch} prepared={prepared} /> : null}
        {sheet === 'plan' ? <PlanPanel batch={batch} prepared={prepared} onSelect={selectAndClose} /> : null}
        {sheet === 'conflicts' ? (
          <OverlapPanel batch={batch} prepared={prepared} onSelect={selectAndClose} />
        ) : null}
        {sheet === 'waiting' ? <WaitingPanel prepared={prepared} onSelect={selectAndClose} /> : null}
        {sheet === 'log' ? <LogLine batch={batch} prepared={prepared} /> : null}
      </Drawer>
    </>
  )
}

interface SheetRowProps {
  readonly title: string
  readonly onOpen: () => void
  readonly children: ReactNode
}

function SheetRow({ title, onOpen, children }: SheetRowProps) {
  return (
    <button type="button" className={styles.row} onClick={onOpen} aria-haspopup="dialog">
      <span className={styles.rowTitle}>{title}</span>
      <span className={styles.rowText}>{children}</span>
      <ChevronRightIcon />
    </button>
  )
}
