import type { Marker } from '#lib/contract/markers.ts'
import type { TimeSpan } from './time-axis.ts'

/*
 * Markers on a time axis.
 *
 * - Only what lies inside the span is placed, in order of time.
 * - No two flags stand nearer than the given gap: what happened nearly at once shares one flag.
 * - A flag has a label only where it fits before the next flag and the end of the plot.
 */

/** One or several changes that share a flag. */
export interface Flag {
  /** px from the left of the plot: where the first of them happened. */
  readonly x: number
  readonly markers: readonly [Marker, ...Marker[]]
  /** Null when there is no room. */
  readonly label: string | null
  /** The label stands left of the flag, because the plot ends soon after it. */
  readonly isLeft: boolean
}

export interface FlagRoom {
  readonly widthPx: number
  /** Nearer flags become one. */
  readonly gapPx: number
  readonly charPx: number
  /** px that a glyph and its air take before the label. */
  readonly glyphPx: number
  readonly maxChars: number
}

/** Where a time stands on the axis, in px from the left of the plot; null outside of it. */
export type PlaceTime = (atMs: number) => number | null

/** A linear axis. */
export function placeOnSpan({ fromMs, toMs }: TimeSpan, widthPx: number): PlaceTime {
  return (atMs) =>
    atMs < fromMs || atMs > toMs || toMs <= fromMs ? null : ((atMs - fromMs) / (toMs - fromMs)) * widthPx
}

export function prepareFlags(markers: readonly Marker[], place: PlaceTime, room: FlagRoom): readonly Flag[] {
  const groups: { x: number; markers: [Marker, ...Marker[]] }[] = []
  for (const marker of markers.toSorted((a, b) => a.at - b.at)) {
    const x = place(marker.at)
    if (x === null) continue
    const last = groups.at(-1)
    if (last && x - last.x < room.gapPx) last.markers.push(marker)
    else groups.push({ x, markers: [marker] })
  }
  let takenToPx = 0
  return groups.map(({ x, markers: grouped }, index) => {
    const text = labelOf(grouped, room.maxChars)
    const needPx = room.glyphPx + text.length * room.charPx
    const nextX = groups[index + 1]?.x ?? room.widthPx
    const fitsRight = x + needPx <= nextX
    const fitsLeft = !fitsRight && index === groups.length - 1 && x - needPx >= takenToPx
    takenToPx = fitsRight ? x + needPx : x + room.glyphPx
    return { x, markers: grouped, label: fitsRight || fitsLeft ? text : null, isLeft: fitsLeft }
  })
}

function labelOf(markers: readonly [Marker, ...Marker[]], maxChars: number): string {
  const { value, label } = leadingMarker(markers)
  const text = value ?? label
  const short = text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}\u2026`
  return markers.length === 1 ? short : `${short} +${markers.length - 1}`
}

const RANK: Record<Marker['kind'], number> = { version: 0, mode: 1, model: 2, alert: 3 }

/** Of what shares a flag, what a person asks for first: the deploy. */
export function leadingMarker(markers: readonly [Marker, ...Marker[]]): Marker {
  return markers.reduce((best, marker) => (RANK[marker.kind] < RANK[best.kind] ? marker : best))
}
