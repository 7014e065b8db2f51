'use client'

import { type RefObject, useCallback, useSyncExternalStore } from 'react'

/** Rendered beyond what is visible, so that a scroll shows rows before the next render. */
const OVERSCAN_PX = 120
/** Renders happen once in so many px of scrolling. */
const STEP_PX = 96
/** What a server, which has no screen, takes for the height of the list. */
const ASSUMED_PX = 480

/** The stretch of a scrolled list to render, in px from its top: [from, to). Follows scrolling and resizing. */
export function useVisibleRange(scroller: RefObject<HTMLElement | null>): readonly [number, number] {
  const subscribe = useCallback(
    (onChange: () => void) => {
      const element = scroller.current
      if (!element) return () => {}
      const observer = new ResizeObserver(onChange)
      observer.observe(element)
      element.addEventListener('scroll', onChange, { passive: true })
      return () => {
        observer.disconnect()
        element.removeEventListener('scroll', onChange)
      }
    },
    [scroller],
  )
  // Numbers compare by value, so that most scroll events render nothing.
  const step = useSyncExternalStore(
    subscribe,
    () => Math.floor((scroller.current?.scrollTop ?? 0) / STEP_PX),
    () => 0,
  )
  const height = useSyncExternalStore(
    subscribe,
    () => scroller.current?.clientHeight ?? ASSUMED_PX,
    () => ASSUMED_PX,
  )
  return [step * STEP_PX - OVERSCAN_PX, (step + 1) * STEP_PX + height + OVERSCAN_PX]
}
