'use client'

import { type RefObject, useEffect, useRef } from 'react'
import { OUTCOME_WORDS, OutcomeGlyph } from '#components/ui/glyphs.tsx'
import { formatExactMs, formatOffset } from '#lib/format/duration.ts'
import { formatCount } from '#lib/format/number.ts'
import { waitingParts } from '#lib/timeline/describe-call.ts'
import type { CallRow, FoldRow, Row } from '#lib/timeline/model.ts'
import type { GanttEngine } from './gantt-engine.ts'
import styles from './gantt-tooltip.module.css'
import { useEngineState } from './use-engine-state.ts'
import type { SceneModel } from './use-gantt-scene.ts'

interface GanttTooltipProps {
  readonly engine: GanttEngine
  readonly scene: SceneModel
  readonly scroller: RefObject<HTMLElement | null>
}

const POINTER_GAP_PX = 14

/** The whole name and the exact times of what is under the pointer. Decoration: the table has the same. */
export function GanttTooltip({ engine, scene, scroller }: GanttTooltipProps) {
  const key = useEngineState(engine, (state) => (state.cursor === null ? null : state.hoverKey))
  const segment = useEngineState(engine, (state) => state.hoverSegment)
  const index = key === null ? undefined : scene.indexOf.get(key)
  const row = index === undefined ? undefined : scene.layout.rows[index]
  if (index === undefined || !row || !isWorthShowing(scene, index, row, segment)) return null
  return (
    <Place engine={engine} scroller={scroller} top={scene.layout.tops[index + 1] ?? 0}>
      {row.kind === 'fold' ? <FoldText fold={row} /> : <CallText row={row} segment={segment} />}
    </Place>
  )
}

/** Where the name stands beside the bar already, only a bar under the pointer calls for more. */
function isWorthShowing(scene: SceneModel, index: number, row: Row, segment: number | null): boolean {
  return segment !== null || row.kind === 'fold' || scene.layout.geometries[index]?.detail !== 'full'
}

interface PlaceProps {
  readonly engine: GanttEngine
  readonly scroller: RefObject<HTMLElement | null>
  readonly top: number
  readonly children: React.ReactNode
}

function Place({ engine, scroller, top, children }: PlaceProps) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = box.current
    const frame = scroller.current
    if (!element || !frame) return
    const update = () => {
      const { cursor, window, plotWidth } = engine.getState()
      if (cursor === null) return
      const left = frame.clientWidth - plotWidth
      const x = left + (cursor.us - window.fromUs) / engine.usPerPx()
      const beside = x + POINTER_GAP_PX + element.offsetWidth <= frame.clientWidth
      const y = top - frame.scrollTop
      const below = y + element.offsetHeight <= frame.clientHeight
      const tipX = beside ? x + POINTER_GAP_PX : Math.max(0, x - POINTER_GAP_PX - element.offsetWidth)
      const tipY = below ? y : Math.max(0, y - 40 - element.offsetHeight)
      element.style.transform = `translate(${Math.round(tipX)}px, ${Math.round(frame.offsetTop + tipY)}px)`
    }
    update()
    return engine.subscribe(update)
  }, [engine, scroller, top])
  return (
    <div ref={box} className={styles.tip} aria-hidden="true">
      {children}
    </div>
  )
}

function CallText({ row, segment }: { readonly row: CallRow; readonly segment: number | null }) {
  const part = row.segments[segment ?? row.segments.length - 1]
  return (
    <>
      <div className={styles.name}>{row.tool}</div>
      <div className={styles.line}>
        <OutcomeGlyph outcome={part?.outcome ?? row.outcome} label={null} />
        {OUTCOME_WORDS[part?.outcome ?? row.outcome]}
        {row.attempts > 1 && part ? `, attempt ${part.attempt} of ${row.attempts}` : null}
        {part?.errorCode ? <span className={styles.code}>{part.errorCode}</span> : null}
      </div>
      {part ? (
        <div className={styles.times}>
          {formatOffset(part.startUs / 1000)} to {formatOffset(part.endUs / 1000)}
          <span>{formatExactMs((part.endUs - part.startUs) / 1000)}</span>
        </div>
      ) : null}
      {row.waiting && row.waiting.queuedUs + row.waiting.dispatchDelayUs > 0 ? (
        <div className={styles.quiet}>waited {waitingParts(row.waiting)}</div>
      ) : null}
    </>
  )
}

function FoldText({ fold }: { readonly fold: FoldRow }) {
  return (
    <>
      <div className={styles.name}>{fold.tool}</div>
      <div className={styles.line}>
        <OutcomeGlyph outcome={fold.outcome} label={null} />
        {formatCount(fold.members.length)} calls, {OUTCOME_WORDS[fold.outcome]}
      </div>
      {fold.startUs === null || fold.endUs === null ? null : (
        <div className={styles.times}>
          {formatOffset(fold.startUs / 1000)} to {formatOffset(fold.endUs / 1000)}
        </div>
      )}
      <div className={styles.quiet}>press to {fold.open ? 'fold' : 'unfold'}</div>
    </>
  )
}
