'use client'

import { type ReactNode, useLayoutEffect, useRef, useState } from 'react'
import styles from './chart-frame.module.css'

/** Space above the plot, for a label that stands higher than the last tick. */
export const PLOT_TOP = 8
/** The same where flags stand above the plot, and how far they reach over it. */
export const FLAGGED_PLOT_TOP = 22
export const FLAG_PX = 8
/** Space of the two axes. */
export const X_AXIS_PX = 20
export const Y_AXIS_PX = 52

/** What the server draws before it knows the screen. */
const SERVER_WIDTH = 620

interface ChartFrameProps {
  readonly height: number
  /** What a screen reader says; the table holds the values. */
  readonly label: string
  /** Drawn over the chart, in px of its frame. */
  readonly overlay?: ReactNode | ((size: ChartSize) => ReactNode)
  readonly children: (size: ChartSize) => ReactNode
}

export interface ChartSize {
  readonly width: number
  readonly height: number
}

/** The place of a chart: it has its height before it has its data, and takes the width there is. */
export function ChartFrame({ height, label, overlay, children }: ChartFrameProps) {
  const frame = useRef<HTMLElement>(null)
  const [width, setWidth] = useState(SERVER_WIDTH)
  useLayoutEffect(() => {
    const element = frame.current
    if (!element) return
    const measure = () => setWidth(Math.max(1, element.clientWidth))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return (
    <figure ref={frame} className={styles.frame} style={{ height }} aria-label={label}>
      {children({ width, height })}
      {typeof overlay === 'function' ? overlay({ width, height }) : overlay}
    </figure>
  )
}
