import type { TimeWindow } from './model.ts'

/** Time to px. `widthPx` is above zero, the window is not empty. */
export interface Scale {
  readonly window: TimeWindow
  readonly widthPx: number
  readonly usPerPx: number
}

export function createScale(window: TimeWindow, widthPx: number): Scale {
  const width = Math.max(1, widthPx)
  return { window, widthPx: width, usPerPx: Math.max(Number.MIN_VALUE, window.toUs - window.fromUs) / width }
}

export function toX(scale: Scale, us: number): number {
  return (us - scale.window.fromUs) / scale.usPerPx
}
