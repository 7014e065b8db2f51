'use client'

import { type CSSProperties, memo } from 'react'
import { Duration } from '#components/ui/duration.tsx'
import { EffectLetter, OutcomeGlyph } from '#components/ui/glyphs.tsx'
import { MiddleTruncate } from '#components/ui/middle-truncate.tsx'
import { formatCount } from '#lib/format/number.ts'
import type { RowGeometry } from '#lib/timeline/geometry.ts'
import type { AloneStretch, CallRow, FoldRow, Row } from '#lib/timeline/model.ts'
import { durationUs } from '#lib/timeline/order-rows.ts'
import { describeRow, formatFoldNote, formatRowNote } from '#lib/timeline/row-notes.ts'
import type { GanttEngine } from './gantt-engine.ts'
import styles from './gantt-gutter.module.css'
import { useEngineState } from './use-engine-state.ts'

/** Characters of 12 px mono that fit between the outcome and the duration. */
const NAME_CHARS = 19
const DENSE_NAME_CHARS = 32
const TOUCH_NAME_CHARS = 22

export interface GutterRowProps {
  readonly id: string
  readonly row: Row
  readonly index: number
  readonly count: number
  readonly top: number
  readonly geometry: RowGeometry
  readonly selected: boolean
  readonly touch: boolean
  readonly alone: AloneStretch | null
  readonly toolOf: ReadonlyMap<string, string>
  readonly engine: GanttEngine
  readonly onPress: (row: Row) => void
}

/** The label of one row: beside the plot, or above the bars where the screen is narrow. */
export const GutterRow = memo(function GutterRow(props: GutterRowProps) {
  const { row, index, count, top, geometry, selected, touch, engine } = props
  const hovered = useEngineState(engine, (state) => state.hoverKey === row.key)
  const place: CSSProperties = { top, height: geometry.rowHeight }
  return (
    // Focus stays on the list, which names its active row; keys are handled there.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list handles the keys of its options
    <div
      id={props.id}
      role="option"
      tabIndex={-1}
      aria-selected={selected}
      aria-posinset={index + 1}
      aria-setsize={count}
      aria-label={describeRow(row)}
      className={styles.row}
      style={place}
      data-detail={geometry.detail}
      data-touch={touch || undefined}
      data-hovered={hovered || undefined}
      data-nested={(row.kind === 'call' && row.nested) || undefined}
      onClick={() => props.onPress(row)}
      onPointerEnter={() => engine.set({ hoverKey: row.key, hoverSegment: null })}
      onPointerLeave={() => engine.set({ hoverKey: null, hoverSegment: null })}
    >
      <RowLabel {...props} />
    </div>
  )
})

function RowLabel({ row, geometry, touch, alone, toolOf }: GutterRowProps) {
  if (geometry.detail === 'line') return null
  if (row.kind === 'fold') return touch ? <TouchFold fold={row} /> : <FoldLabel fold={row} />
  if (touch && geometry.detail === 'full') return <TouchLabel row={row} alone={alone} toolOf={toolOf} />
  return geometry.detail === 'dense' ? <DenseLabel row={row} /> : <CallLabel row={row} />
}

function CallLabel({ row }: { readonly row: CallRow }) {
  return (
    <>
      <span className={styles.number}>{row.seq}</span>
      <span className={styles.effect}>
        <EffectLetter effect={row.effect} />
      </span>
      <span className={styles.outcome}>
        <OutcomeGlyph outcome={row.outcome} />
      </span>
      <Name row={row} chars={NAME_CHARS} />
      <Took row={row} />
    </>
  )
}

function FoldLabel({ fold }: { readonly fold: FoldRow }) {
  const times = `\u00d7 ${formatCount(fold.members.length)}`
  return (
    <>
      <span className={styles.fold} data-open={fold.open || undefined} aria-hidden="true" />
      <span className={styles.effect}>
        <EffectLetter effect={fold.effect} />
      </span>
      <span className={styles.outcome}>
        <OutcomeGlyph outcome={fold.outcome} />
      </span>
      <span className={styles.name} data-outcome={fold.outcome}>
        <MiddleTruncate text={fold.tool} maxChars={NAME_CHARS - times.length} />
        <span className={styles.times}>{times}</span>
      </span>
      <Took row={{ startUs: 0, endUs: fold.medianDurationUs }} />
    </>
  )
}

function DenseLabel({ row }: { readonly row: CallRow }) {
  return (
    <>
      <span className={styles.number}>{row.seq}</span>
      <Name row={row} chars={DENSE_NAME_CHARS} />
      <Took row={row} />
    </>
  )
}

function TouchLabel({
  row,
  alone,
  toolOf,
}: {
  readonly row: CallRow
  readonly alone: AloneStretch | null
  readonly toolOf: ReadonlyMap<string, string>
}) {
  const note = formatRowNote(row, alone, toolOf, true)
  return (
    <span className={styles.line}>
      <OutcomeGlyph outcome={row.outcome} />
      <Name row={row} chars={TOUCH_NAME_CHARS} />
      {row.effect === 'read' ? null : <EffectLetter effect={row.effect} />}
      <span className={styles.note} data-slowest={row.slowest || undefined} title={note ?? undefined}>
        {note}
      </span>
      <Took row={row} />
    </span>
  )
}

function TouchFold({ fold }: { readonly fold: FoldRow }) {
  return (
    <span className={styles.line}>
      <span className={styles.fold} data-open={fold.open || undefined} aria-hidden="true" />
      <span className={styles.name} data-outcome={fold.outcome}>
        <MiddleTruncate text={fold.tool} maxChars={TOUCH_NAME_CHARS - 6} />
        <span className={styles.times}>{`\u00d7 ${formatCount(fold.members.length)}`}</span>
      </span>
      <span className={styles.note}>{formatFoldNote(fold)}</span>
      <Took row={{ startUs: 0, endUs: fold.medianDurationUs }} />
    </span>
  )
}

function Name({ row, chars }: { readonly row: CallRow; readonly chars: number }) {
  return (
    <span className={styles.name} data-outcome={row.outcome} data-slowest={row.slowest || undefined}>
      <MiddleTruncate text={row.tool} maxChars={chars} />
    </span>
  )
}

function Took({ row }: { readonly row: { readonly startUs: number | null; readonly endUs: number | null } }) {
  const took = durationUs(row)
  return (
    <span className={styles.took}>
      <Duration ms={took === null ? null : took / 1000} />
    </span>
  )
}
