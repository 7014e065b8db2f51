import type { TimeWindow } from './model.ts'

/*
 * The window that the Gantt looks through.
 *
 * - Every function is total: whatever numbers go in, both bounds that come out are finite and in order.
 * - What comes out lies within the bounds given, and is never narrower than the least span.
 * - Clamping a clamped window changes nothing.
 * - Zooming keeps the time under the pointer under the pointer, unless the bounds forbid it.
 */

/** Storage resolves single microseconds, so looking closer than a few of them shows nothing more. */
export const MIN_SPAN_US = 10
/** The axis of a batch in which no time passed. */
const EMPTY_SPAN_US = 1000
/** At most this share of the plot is given away to labels behind the last bar. */
const MAX_END_SHARE = 0.25

/** The widest window: the whole extent, with room for the labels behind its end. */
export function fitWindow(extent: TimeWindow, plotWidthPx: number, endRoomPx: number): TimeWindow {
  const fromUs = Number.isFinite(extent.fromUs) ? extent.fromUs : 0
  const measuredUs = extent.toUs - fromUs
  const knownUs = Number.isFinite(measuredUs) && measuredUs > 0 ? measuredUs : EMPTY_SPAN_US
  const spanUs = Math.max(knownUs, resolutionAt(fromUs))
  const share = plotWidthPx > 0 ? Math.min(MAX_END_SHARE, Math.max(0, endRoomPx / plotWidthPx)) : 0
  return { fromUs, toUs: fromUs + spanUs / (1 - share) }
}

export function clampWindow(window: TimeWindow, bounds: TimeWindow): TimeWindow {
  const { fromUs, toUs } = ordered(window)
  if (!Number.isFinite(toUs - fromUs)) return bounds
  const spanUs = clampSpan(toUs - fromUs, bounds)
  return placeWithin((fromUs + toUs) / 2 - spanUs / 2, spanUs, bounds)
}

/** Factor above 1 looks closer. `atUs` stays where it is on the screen. */
export function zoomAt(window: TimeWindow, factor: number, atUs: number, bounds: TimeWindow): TimeWindow {
  const spanUs = window.toUs - window.fromUs
  if (!(factor > 0) || !Number.isFinite(factor) || !Number.isFinite(atUs)) return clampWindow(window, bounds)
  const nextUs = clampSpan(spanUs / factor, bounds)
  const share = spanUs > 0 ? (atUs - window.fromUs) / spanUs : 0.5
  return placeWithin(atUs - share * nextUs, nextUs, bounds)
}

/** Positive looks later. */
export function panBy(window: TimeWindow, deltaUs: number, bounds: TimeWindow): TimeWindow {
  const { fromUs, toUs } = clampWindow(window, bounds)
  return placeWithin(fromUs + (Number.isFinite(deltaUs) ? deltaUs : 0), toUs - fromUs, bounds)
}

/** Around a stretch, with air on both sides. */
export function windowAround(stretch: TimeWindow, bounds: TimeWindow): TimeWindow {
  const { fromUs, toUs } = ordered(stretch)
  const airUs = (toUs - fromUs) * 0.08
  return clampWindow({ fromUs: fromUs - airUs, toUs: toUs + airUs }, bounds)
}

/** True when the window shows all there is, so that nothing is worth remembering in a link. */
export function isWhole(window: TimeWindow, bounds: TimeWindow): boolean {
  const slackUs = (bounds.toUs - bounds.fromUs) * 1e-6
  return window.fromUs <= bounds.fromUs + slackUs && window.toUs >= bounds.toUs - slackUs
}

/** Part of the way from one window to another; 0 is the first, 1 the second. */
export function mixWindows(from: TimeWindow, to: TimeWindow, share: number): TimeWindow {
  return {
    fromUs: from.fromUs + (to.fromUs - from.fromUs) * share,
    toUs: from.toUs + (to.toUs - from.toUs) * share,
  }
}

export function ordered({ fromUs, toUs }: TimeWindow): TimeWindow {
  return fromUs <= toUs ? { fromUs, toUs } : { fromUs: toUs, toUs: fromUs }
}

function clampSpan(spanUs: number, bounds: TimeWindow): number {
  const widestUs = bounds.toUs - bounds.fromUs
  const leastUs = Math.max(MIN_SPAN_US, resolutionAt(bounds.fromUs), resolutionAt(bounds.toUs))
  return Math.min(widestUs, Math.max(leastUs, spanUs))
}

/** A stranger may send a start of 10^18 ms: so far out, floating point tells only wider spans apart. */
function resolutionAt(us: number): number {
  return Math.abs(us) * 2 ** -40
}

function placeWithin(fromUs: number, spanUs: number, bounds: TimeWindow): TimeWindow {
  if (spanUs >= bounds.toUs - bounds.fromUs) return bounds
  const placedUs = Math.max(bounds.fromUs, Math.min(bounds.toUs - spanUs, fromUs))
  return { fromUs: placedUs, toUs: Math.min(bounds.toUs, placedUs + spanUs) }
}
