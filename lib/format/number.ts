import { type FormattedPart, formatThreeDigits, groupDigits } from './duration.ts'

/** An exact integer with thousands separated: `12,841`. */
export function formatCount(count: number): string {
  return groupDigits(Math.round(count))
}

/** A count short enough for a tight place: `950`, `12.8 k`, `4.1 M`. */
export function formatShortCount(count: number): string {
  if (count < 10_000) return formatCount(count)
  if (count < 999_500) return `${formatThreeDigits(count / 1000)} k`
  if (count < 999_500_000) return `${formatThreeDigits(count / 1e6)} M`
  return `${formatThreeDigits(count / 1e9)} G`
}

/**
 * A share of one as per cent, at most three significant digits: 0.9467 is `94.7`. Never rounds to 0 or to
 * 100 what is neither, because "all" and "none" are claims.
 */
export function formatPercentPart(share: number): FormattedPart {
  const percent = share * 100
  const magnitude = Math.abs(percent)
  if (magnitude > 0 && magnitude < 0.01) return { value: percent < 0 ? '>\u22120.01' : '<0.01', unit: '%' }
  if (magnitude > 99.9 && magnitude < 100) return { value: percent < 0 ? '<\u221299.9' : '>99.9', unit: '%' }
  return { value: String(Number(percent.toPrecision(3))), unit: '%' }
}

export function formatPercent(share: number): string {
  const { value, unit } = formatPercentPart(share)
  return `${value} ${unit}`
}

/** Bytes in decimal units, as disks and networks count: `412 B`, `3.1 kB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`
  const units = ['kB', 'MB', 'GB', 'TB'] as const
  let value = bytes / 1000
  let index = 0
  while (value >= 999.5 && index < units.length - 1) {
    value /= 1000
    index += 1
  }
  return `${formatThreeDigits(value)} ${units[index] ?? 'TB'}`
}

/** `1 batch`, `12 batches`: the number with the right form of its noun. */
export function formatNoun(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}
