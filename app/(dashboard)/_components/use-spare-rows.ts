'use client'

import { useViewportSize } from '@mantine/hooks'

/** The page is full at this height with its least number of rows. */
const FULL_PX = 880
const ROW_PX = 32
/** Below this width the panels stand under each other and the page scrolls anyway. */
const WIDE_PX = 1041
const MOST = 15

/** How many rows more than the least a list has room for on a high screen; none until the screen is known. */
export function useSpareRows(): number {
  const { width, height } = useViewportSize()
  if (width < WIDE_PX) return 0
  return Math.min(MOST, Math.max(0, Math.floor((height - FULL_PX) / ROW_PX)))
}
