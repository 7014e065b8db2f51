'use client'

import { useCallback, useEffect, useRef, useState } from 'react'
import { useKeys } from '#components/ui/use-keys.ts'
import type { BatchListState } from './use-batch-list.ts'

/** Where a person was in a list, kept while the app is open, so that coming back is coming back. */
const places = new Map<string, { offset: number; activeId: string | null }>()

export interface ListPosition {
  readonly activeId: string | null
  /** Of the active row, from 0; -1 for none. */
  readonly index: number
  readonly isAtTop: boolean
  readonly readMore: () => void
  /** Puts the new rows in and goes to them. */
  readonly showNews: () => void
  /** What the table needs of it. */
  readonly table: {
    readonly activeId: string | null
    readonly onActivate: (batchId: string) => void
    readonly onTop: (isAtTop: boolean) => void
    readonly initialOffset: number
    readonly onOffset: (offset: number) => void
  }
}

/** The active row and the scroll of the list, and the keys that move them. */
export function useListPosition(list: BatchListState): ListPosition {
  const { rows } = list
  const [place] = useState(() => places.get(placeName()) ?? { offset: 0, activeId: null })
  const [activeId, setActiveId] = useState(place.activeId)
  const [isAtTop, setAtTop] = useState(place.offset === 0)
  const offset = useRef(place.offset)
  const index = rows.findIndex((row) => row.batch_id === activeId)

  useEffect(() => {
    const name = placeName()
    return () => void places.set(name, { offset: offset.current, activeId })
  }, [activeId])

  const move = (step: number) => {
    const next = rows[index < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, index + step))]
    if (next) setActiveId(next.batch_id)
  }
  const showNews = () => {
    list.showNews()
    setActiveId(null)
    document.querySelector('[data-list-scroller]')?.scrollTo({ top: 0 })
  }
  useKeys('Batches', [
    { keys: 'j', label: 'Next row', run: () => move(1) },
    { keys: 'k', label: 'Previous row', run: () => move(-1) },
    { keys: 'Enter', label: 'Open the row' },
    { keys: 'Escape', label: 'Leave the rows', run: () => setActiveId(null) },
    { keys: '.', label: 'Show what is new', run: showNews },
  ])

  // Each answer of a time-boxed scan is a reason to ask again: the callback changes with the rows read.
  const { hasMore, isReadingMore, error, readMore: read } = list
  const canRead = hasMore && !isReadingMore && error === null
  const latestRead = useRef(read)
  useEffect(() => {
    latestRead.current = read
  })
  const readMore = useCallback(() => {
    if (canRead) latestRead.current()
  }, [canRead])

  const onActivate = useCallback((batchId: string) => setActiveId(batchId), [])
  const onOffset = useCallback((next: number) => {
    offset.current = next
  }, [])
  return {
    activeId,
    index,
    isAtTop,
    readMore,
    showNews,
    table: { activeId, onActivate, onTop: setAtTop, initialOffset: place.offset, onOffset },
  }
}

function placeName(): string {
  return typeof location === 'undefined' ? '' : location.search
}
