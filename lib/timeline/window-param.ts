import type { TimeWindow } from './model.ts'

/*
 * A window in a link: `t=1201.1..2137`, milliseconds from the hand-over.
 *
 * - What is written is read back to within a ten-thousandth of its span.
 * - Text that is no window is null, never a guess.
 */

const SHAPE = /^(-?\d{1,13}(?:\.\d{1,9})?)\.\.(-?\d{1,13}(?:\.\d{1,9})?)$/

export function parseWindowParam(text: string): TimeWindow | null {
  const match = SHAPE.exec(text)
  if (!match?.[1] || !match[2]) return null
  const window = { fromUs: Number(match[1]) * 1000, toUs: Number(match[2]) * 1000 }
  return window.toUs > window.fromUs ? window : null
}

export function formatWindowParam({ fromUs, toUs }: TimeWindow): string {
  const spanMs = (toUs - fromUs) / 1000
  const decimals = Math.max(0, Math.min(9, Math.ceil(4 - Math.log10(spanMs))))
  return `${trim((fromUs / 1000).toFixed(decimals))}..${trim((toUs / 1000).toFixed(decimals))}`
}

function trim(text: string): string {
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text
  return short === '-0' ? '0' : short
}
