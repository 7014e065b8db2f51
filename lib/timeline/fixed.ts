import { groupDigits, MINUS } from '#lib/format/duration.ts'

/** `2,137.0`: a fixed number of decimals, thousands separated, a minus as wide as a digit. */
export function formatFixed(value: number, decimals: number): string {
  const [whole = '', fraction] = Math.abs(value).toFixed(decimals).split('.')
  const sign = value < 0 && /[1-9]/.test(whole + (fraction ?? '')) ? MINUS : ''
  return `${sign}${groupDigits(Number(whole))}${fraction === undefined ? '' : `.${fraction}`}`
}
