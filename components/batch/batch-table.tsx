'use client'

import { useMediaQuery } from '@mantine/hooks'
import { useVirtualizer, type VirtualItem } from '@tanstack/react-virtual'
import { type ReactNode, useCallback, useEffect, useRef } from 'react'
import { useSameQueryLink } from '#components/query/use-view-state.ts'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { useNow } from '#components/ui/use-now.ts'
import type { WireBatch } from '#lib/contract/reads.ts'
import { BatchRow } from './batch-row.tsx'
import styles from './batch-table.module.css'
import { COLUMN_COUNT } from './batch-table-head.tsx'

interface BatchTableProps {
  readonly rows: readonly WireBatch[]
  /** Heads of the columns, and what stands between them and the rows. */
  readonly head: ReactNode
  readonly strip: ReactNode
  /** Below the rows: what is being read, or why it could not be. */
  readonly foot: ReactNode
  /** Rows that match in all, where it is known. */
  readonly total: number | null
  readonly activeId: string | null
  readonly onActivate: (batchId: string) => void
  /** The end of what has been read comes into sight. */
  readonly onNearEnd: () => void
  /** Whether a person is looking at the first row. */
  readonly onTop: (isAtTop: boolean) => void
  readonly initialOffset: number
  readonly onOffset: (offset: number) => void
}

const PHONE = '(max-width: 720px)'
const ROW_PX = 32
const PHONE_ROW_PX = 60
/** Heads of the columns and the strip. */
const STICKY_ROWS = 2
const STICKY_PX = 66
const PHONE_STICKY_PX = 44
/** Rows left below the screen when the next page is asked for. */
const READ_AHEAD_ROWS = 15
/** What the server draws before it knows the screen. */
const SERVER_RECT = { width: 1276, height: 680 }

/** The list: only the rows in sight exist, its head and the strip stay in place. */
export function BatchTable(props: BatchTableProps) {
  const { rows, activeId, onActivate, onNearEnd } = props
  const scroller = useRef<HTMLDivElement>(null)
  const isPhone = useMediaQuery(PHONE, false)
  const rowPx = isPhone ? PHONE_ROW_PX : ROW_PX
  const stickyPx = isPhone ? PHONE_STICKY_PX : STICKY_PX
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    getItemKey: (index) => rows[index]?.batch_id ?? index,
    overscan: 12,
    scrollMargin: stickyPx,
    scrollPaddingStart: stickyPx,
    initialOffset: props.initialOffset,
    initialRect: SERVER_RECT,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new row height invalidates every position
  useEffect(() => virtualizer.measure(), [rowPx])

  const items = virtualizer.getVirtualItems()
  const lastIndex = items.at(-1)?.index ?? -1
  useEffect(() => {
    if (lastIndex >= rows.length - READ_AHEAD_ROWS) onNearEnd()
  }, [lastIndex, rows.length, onNearEnd])

  useFocusOnActive(scroller, activeId, () => {
    const index = rows.findIndex((row) => row.batch_id === activeId)
    if (index >= 0) virtualizer.scrollToIndex(index)
  })

  return (
    <div
      ref={scroller}
      className={styles.scroller}
      data-list-scroller
      onScroll={(event) => {
        props.onOffset(event.currentTarget.scrollTop)
        props.onTop(event.currentTarget.scrollTop < rowPx)
      }}
    >
      <table className={styles.table} aria-rowcount={props.total === null ? -1 : props.total + STICKY_ROWS}>
        <thead className={styles.sticky}>
          {props.head}
          <tr className={styles.stripRow} aria-rowindex={2}>
            <td colSpan={COLUMN_COUNT}>{props.strip}</td>
          </tr>
        </thead>
        <tbody className={styles.body} style={{ height: rows.length * rowPx }}>
          <Rows rows={rows} items={items} rowPx={rowPx} activeId={activeId} onActivate={onActivate} />
        </tbody>
      </table>
      {props.foot}
    </div>
  )
}

interface RowsProps extends Pick<BatchTableProps, 'rows' | 'activeId' | 'onActivate'> {
  readonly items: readonly VirtualItem[]
  readonly rowPx: number
}

function Rows({ rows, items, rowPx, activeId, onActivate }: RowsProps) {
  const hrefFor = useSameQueryLink()
  const { zone } = useTimeZone()
  const nowMs = useNow(60_000)
  const activate = useCallback((id: string) => onActivate(id), [onActivate])
  return items.map((item) => {
    const batch = rows[item.index]
    if (!batch) return null
    return (
      <BatchRow
        key={item.key}
        batch={batch}
        href={hrefFor(`/batches/${encodeURIComponent(batch.batch_id)}`)}
        index={item.index}
        // All rows are of one height, which the screen may change before the virtualizer knows of it.
        top={item.index * rowPx}
        isActive={batch.batch_id === activeId}
        zone={zone}
        nowMs={nowMs ?? batch.started_at}
        onFocus={activate}
      />
    )
  })
}

/** Brings the active row into sight and gives it the focus, so that Enter opens it like any link. */
function useFocusOnActive(
  scroller: { readonly current: HTMLElement | null },
  activeId: string | null,
  bringIntoSight: () => void,
): void {
  const bring = useRef(bringIntoSight)
  useEffect(() => {
    bring.current = bringIntoSight
  })
  useEffect(() => {
    if (activeId === null || document.activeElement?.getAttribute('data-batch') === activeId) return
    bring.current()
    // The row exists only after the scroll has been drawn.
    const frame = requestAnimationFrame(() => {
      const link = scroller.current?.querySelector<HTMLElement>(`[data-batch="${CSS.escape(activeId)}"]`)
      link?.focus({ preventScroll: true })
    })
    return () => cancelAnimationFrame(frame)
  }, [activeId, scroller])
}
