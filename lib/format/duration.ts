/** A number and its unit, kept apart so that the unit can be set quietly. */
export interface FormattedPart {
  readonly value: string
  readonly unit: string
}

/** The minus of figures: as wide as a digit, which the hyphen is not. */
export const MINUS = '\u2212'

const MS = { s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** At most three significant digits and never an exponent: 34.8, 813, 2.14, 0. */
export function formatThreeDigits(value: number): string {
  const magnitude = Math.abs(value)
  if (magnitude === 0) return '0'
  if (magnitude >= 99.95) return groupDigits(Math.round(value))
  if (magnitude >= 9.995) return value.toFixed(1)
  if (magnitude >= 0.9995) return value.toFixed(2)
  return String(Number(value.toPrecision(3)))
}

/** An integer with thousands separated by commas. */
export function groupDigits(value: number): string {
  return value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',')
}

/**
 * A duration in at most three significant digits, split into one or two parts: `934 ms`, `2.14 s`,
 * `2 min 50 s`, `14 min`, `6 h 02 min`, `3.2 d`. Rounding never shows 1,000 ms or 60 s: it carries.
 */
export function formatDurationParts(durationMs: number): FormattedPart[] {
  if (durationMs < 0) {
    const [first, ...rest] = formatDurationParts(-durationMs)
    if (!first || (first.value === '0' && rest.length === 0)) return [{ value: '0', unit: 'ms' }]
    return [{ value: MINUS + first.value, unit: first.unit }, ...rest]
  }
  if (durationMs < 0.0005) return [{ value: '0', unit: 'ms' }]
  if (durationMs < 0.9995) return [{ value: String(Math.round(durationMs * 1000)), unit: '\u00b5s' }]
  if (durationMs < 999.5) return [{ value: formatThreeDigits(durationMs), unit: 'ms' }]
  if (durationMs < 59_950) return [{ value: formatThreeDigits(durationMs / MS.s), unit: 's' }]
  return formatLongDuration(durationMs)
}

function formatLongDuration(durationMs: number): FormattedPart[] {
  if (durationMs < 599_500) return twoParts(Math.round(durationMs / MS.s), 60, 'min', 's')
  if (durationMs < 3_570_000) return [{ value: String(Math.round(durationMs / MS.min)), unit: 'min' }]
  if (durationMs < 35_970_000) return twoParts(Math.round(durationMs / MS.min), 60, 'h', 'min')
  if (durationMs < 2 * MS.d) return [{ value: (durationMs / MS.h).toFixed(1), unit: 'h' }]
  return [{ value: formatThreeDigits(durationMs / MS.d), unit: 'd' }]
}

function twoParts(smallUnits: number, perBig: number, big: string, small: string): FormattedPart[] {
  const whole = Math.floor(smallUnits / perBig)
  const rest = smallUnits - whole * perBig
  return [
    { value: String(whole), unit: big },
    { value: String(rest).padStart(2, '0'), unit: small },
  ]
}

/** The parts of {@link formatDurationParts} as one text. */
export function formatDuration(durationMs: number): string {
  return formatDurationParts(durationMs)
    .map((part) => `${part.value} ${part.unit}`)
    .join(' ')
}

/** The measured value to the microsecond, for tooltips and copying: `2,137.041 ms`. */
export function formatExactMs(durationMs: number): string {
  const us = Math.round(Math.abs(durationMs) * 1000)
  const fraction = String(us % 1000)
    .padStart(3, '0')
    .replace(/0+$/, '')
  const sign = durationMs < 0 && us > 0 ? MINUS : ''
  return `${sign}${groupDigits(Math.floor(us / 1000))}${fraction === '' ? '' : `.${fraction}`} ms`
}

/** A position on the batch's own clock, with one decimal and its sign: `+1,201.1 ms`. */
export function formatOffset(offsetMs: number): string {
  const tenths = Math.round(Math.abs(offsetMs) * 10)
  const sign = offsetMs < 0 && tenths > 0 ? MINUS : '+'
  return `${sign}${groupDigits(Math.floor(tenths / 10))}.${tenths % 10} ms`
}
