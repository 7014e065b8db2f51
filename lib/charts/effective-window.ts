import { formatWindow } from '#lib/format/time.ts'

interface Bounds {
  readonly fromMs: number | null
  readonly toMs: number | null
}

/** Differences below this are those of clocks, not of rounding. */
const TOLERANCE_MS = 1500

/**
 * What an aggregate really covers, as a clause, when that is not what was asked for; null when it is. A window
 * that ends now ends at the time of the answer.
 */
export function describeEffective(
  asked: Bounds,
  effective: Bounds,
  asOfMs: number,
  timeZone: string,
): string | null {
  const isRounded = differs(asked.fromMs, effective.fromMs) || differs(asked.toMs ?? asOfMs, effective.toMs)
  if (!isRounded) return null
  return `measured ${formatWindow(effective.fromMs, effective.toMs, timeZone, asOfMs)}`
}

function differs(askedMs: number | null, effectiveMs: number | null): boolean {
  if (askedMs === null || effectiveMs === null) return false
  return Math.abs(askedMs - effectiveMs) > TOLERANCE_MS
}
