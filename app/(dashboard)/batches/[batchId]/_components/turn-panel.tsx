import Link from 'next/link'
import { Duration } from '#components/ui/duration.tsx'
import type { BatchContext, BatchDetail } from '#lib/contract/reads.ts'
import { formatDuration } from '#lib/format/duration.ts'
import { formatPercent } from '#lib/format/number.ts'
import { formatSignature } from '#lib/format/text.ts'
import { explainNoTimes } from '#lib/format/without-times.ts'
import type { PreparedBatch } from '#lib/timeline/prepare-timeline.ts'
import { prepareTurnParts, type TurnParts } from '#lib/timeline/turn-parts.ts'
import { Panel, PanelRow } from './panel.tsx'
import { SignatureStrip } from './signature-strip.tsx'
import { TurnBar } from './turn-bar.tsx'
import styles from './turn-panel.module.css'
import { useNeighbourLink } from './use-batch-view.ts'

interface TurnPanelProps {
  readonly batch: BatchDetail
  readonly prepared: PreparedBatch
}

/** The turn that this batch is part of: where its time went, what came before and after, others like it. */
export function TurnPanel({ batch, prepared }: TurnPanelProps) {
  const turn = prepareTurnParts(
    prepared.calls,
    batch.model_ms === null ? null : batch.model_ms * 1000,
    prepared.timeline.alone,
  )
  const { turn_before: before, turn_after: after, recent_same_signature: recent } = batch.context
  return (
    <Panel
      title={batch.turn === null ? 'Turn' : `Turn ${batch.turn}`}
      note={turn === null ? explainNoTimes(batch) : formatDuration(turn.totalUs / 1000)}
      aside={turn === null ? null : shareOf(turn)}
    >
      {turn === null ? null : <TurnBar turn={turn} />}
      <TurnRow turn={before} fallback="Before" absent="nothing before it" />
      <TurnRow turn={after} fallback="After" absent="nothing after it yet" />
      <SignatureStrip batchId={batch.batch_id} recent={recent} />
    </Panel>
  )
}

function shareOf({ parts, totalUs, modelKnown }: TurnParts): string {
  if (!modelKnown) return 'time of the model unknown'
  const modelUs = parts.find((part) => part.kind === 'model')?.us ?? 0
  return `this batch is ${formatPercent((totalUs - modelUs) / totalUs)} of it`
}

interface TurnRowProps {
  readonly turn: BatchContext['turn_before']
  readonly fallback: string
  readonly absent: string
}

const SIGNATURE_CHARS = 36

function TurnRow({ turn, fallback, absent }: TurnRowProps) {
  const linkTo = useNeighbourLink()
  if (turn === null) {
    return (
      <PanelRow label={fallback}>
        <span className={styles.absent}>{absent}</span>
      </PanelRow>
    )
  }
  const { text, tools } = formatSignature(turn.signature, SIGNATURE_CHARS)
  return (
    <PanelRow
      label={turn.turn === null ? fallback : `Turn ${turn.turn}`}
      value={<Duration ms={turn.wall_ms} none="no times" />}
    >
      <Link href={linkTo(turn.batch_id)} className={styles.link} title={turn.signature}>
        {text}
        {tools > 3 ? <span className={styles.absent}>{`  ${tools} tools`}</span> : null}
      </Link>
    </PanelRow>
  )
}
