import type { WireBatch, WireCall } from '#lib/contract/reads.ts'

/** What a shape says; the drawing maps it to a colour. */
export type MiniTone = 'run' | 'slow' | 'error' | 'timeout' | 'dim' | 'untimed'

export interface MiniShape {
  /** In the units of the given box. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly tone: MiniTone
}

export type MiniBatch = Pick<WireBatch, 'calls' | 'slowest_call_id'>

/** Rows share the height evenly but never grow past this, so that two calls do not look like a block. */
const MAX_PITCH = 5
const GAP = 1
/** Below this pitch a gap would be wider than the bar. */
const MIN_PITCH_WITH_GAP = 2
const MIN_BAR_WIDTH = 1.5
/** Times are whole microseconds: anything shorter is one instant. */
const RESOLUTION_MS = 0.001
const UNTIMED_WIDTH = 16
/** The piece of its outcome that a failed slowest sibling keeps at its end. */
const OUTCOME_CAP = 4

/**
 * A batch as a picture of `width` by `height`: a row a call in emission order, all its attempts in it, time
 * from the first start to the last end over the whole width. A call without times is a stub of fixed width.
 */
export function layOutMiniGantt(batch: MiniBatch, width: number, height: number): MiniShape[] {
  const rows = rowsOf(batch.calls)
  const timed = batch.calls.filter(isTimed)
  const startMs = Math.min(...timed.map((call) => call.start_ms))
  const endMs = Math.max(...timed.map((call) => call.start_ms + call.duration_ms))
  const perMs = endMs - startMs >= RESOLUTION_MS ? width / (endMs - startMs) : 0
  const pitch = Math.min(MAX_PITCH, height / rows.length)
  const barHeight = pitch >= MIN_PITCH_WITH_GAP ? pitch - GAP : pitch
  const top = (height - pitch * rows.length + (pitch - barHeight)) / 2

  const shapes = rows.flatMap((attempts, row) => {
    const y = top + row * pitch
    return attempts.flatMap((call, index): MiniShape[] => {
      if (!isTimed(call)) return [{ x: 0, y, width: UNTIMED_WIDTH, height: barHeight, tone: 'untimed' }]
      const measured = perMs === 0 ? width : call.duration_ms * perMs
      // The box is the bound where rounding is not.
      const barWidth = Math.min(width, Math.max(MIN_BAR_WIDTH, measured))
      const x = Math.max(0, Math.min((call.start_ms - startMs) * perMs, width - barWidth))
      const bar = { x, y, width: barWidth, height: barHeight }
      const isReplaced = index < attempts.length - 1
      return isReplaced ? [{ ...bar, tone: 'dim' }] : toneBar(bar, call, batch.slowest_call_id)
    })
  })
  return shapes.map((shape) => thicken(shape, height)).sort((a, b) => rank(a.tone) - rank(b.tone))
}

/** What a person looks for stays visible among a hundred hairlines. */
const MIN_HEIGHT: Partial<Record<MiniTone, number>> = { error: 1, timeout: 1, slow: 1.5 }
/** Drawn later is drawn over what is thinner than a pixel beside it. */
const rank = (tone: MiniTone) => MIN_HEIGHT[tone] ?? 0

function thicken(shape: MiniShape, boxHeight: number): MiniShape {
  const height = Math.max(shape.height, MIN_HEIGHT[shape.tone] ?? 0)
  return { ...shape, height, y: Math.min(shape.y, boxHeight - height) }
}

type TimedCall = WireCall & { start_ms: number; duration_ms: number }

function isTimed(call: WireCall): call is TimedCall {
  return call.start_ms !== null && call.duration_ms !== null
}

/** Calls by id in emission order, each with its attempts in order. */
function rowsOf(calls: readonly WireCall[]): WireCall[][] {
  const byId = new Map<string, WireCall[]>()
  const ordered = [...calls].sort((a, b) => a.seq - b.seq || a.attempt - b.attempt)
  for (const call of ordered) {
    const attempts = byId.get(call.call_id)
    if (attempts) attempts.push(call)
    else byId.set(call.call_id, [call])
  }
  return [...byId.values()]
}

function toneBar(bar: Omit<MiniShape, 'tone'>, call: TimedCall, slowestId: string | null): MiniShape[] {
  const failure = call.outcome === 'error' || call.outcome === 'timeout' ? call.outcome : null
  if (call.call_id !== slowestId) {
    return [{ ...bar, tone: failure ?? (call.outcome === 'cancelled' ? 'dim' : 'run') }]
  }
  if (failure === null) return [{ ...bar, tone: 'slow' }]
  const capWidth = Math.min(OUTCOME_CAP, bar.width)
  return [
    { ...bar, width: bar.width - capWidth, tone: 'slow' },
    { ...bar, x: bar.x + bar.width - capWidth, width: capWidth, tone: failure },
  ]
}
