import type { CallRow } from './model.ts'

/*
 * - A point inside an attempt hits it; of several, the one that started last, which is painted on top.
 * - Outside of all, the nearest edge within the tolerance decides; else nothing is hit.
 */

/** Index into the row's segments. */
export function hitSegment(row: CallRow, us: number, toleranceUs: number): number | null {
  let nearest: number | null = null
  let nearestUs = toleranceUs
  for (let index = row.segments.length - 1; index >= 0; index--) {
    const segment = row.segments[index]
    if (!segment) continue
    if (us >= segment.startUs && us <= segment.endUs) return index
    const distanceUs = us < segment.startUs ? segment.startUs - us : us - segment.endUs
    if (distanceUs > nearestUs) continue
    nearest = index
    nearestUs = distanceUs
  }
  return nearest
}
