import type { Outcome } from '#lib/model/vocabulary.ts'
import type { CallRow, TimeWindow } from './model.ts'
import { createScale, toX } from './scale.ts'

/*
 * All calls in a strip a few px high.
 *
 * - Runs lie inside the strip, and two runs of one lane never overlap.
 * - Each attempt that ran is covered by runs of its own tone or of one that says more. Where several calls
 *   share a lane, a failure has its tone only where it ended: else a few would paint everything.
 * - The work is linear in the calls plus the columns that they cover, whatever their number.
 */

/** Rising by what a person must not miss. */
export const MINIMAP_TONES = ['replaced', 'run', 'cancelled', 'timeout', 'error', 'slow'] as const
export type MinimapTone = (typeof MINIMAP_TONES)[number]

export interface MinimapRun {
  readonly tone: MinimapTone
  readonly lane: number
  readonly x: number
  readonly width: number
}

export interface Minimap {
  readonly lanes: number
  readonly lanePx: number
  readonly runs: readonly MinimapRun[]
}

const TONE: Record<Outcome, MinimapTone> = {
  ok: 'run',
  error: 'error',
  timeout: 'timeout',
  cancelled: 'cancelled',
  'never-ran': 'replaced',
  unknown: 'replaced',
}
const FAILURES: ReadonlySet<MinimapTone> = new Set(['timeout', 'error'])
const RUN_CODE = MINIMAP_TONES.indexOf('run') + 1
const LEAST_LANE_PX = 2.5

/** `rows` top to bottom as the plot shows them. */
export function prepareMinimap(
  rows: readonly CallRow[],
  whole: TimeWindow,
  widthPx: number,
  heightPx: number,
): Minimap {
  const columns = Math.max(1, Math.floor(widthPx))
  const ran = rows.filter((row) => row.segments.length > 0)
  const lanes = Math.max(1, Math.min(ran.length, Math.floor(heightPx / LEAST_LANE_PX)))
  const cells = new Uint8Array(lanes * columns)
  const scale = createScale(whole, columns)
  ran.forEach((row, index) => {
    const offset = Math.floor((index * lanes) / ran.length) * columns
    for (const segment of row.segments) {
      const tone = segment.replaced
        ? 'replaced'
        : row.slowest && segment.outcome === 'ok'
          ? 'slow'
          : TONE[segment.outcome]
      const code = MINIMAP_TONES.indexOf(tone) + 1
      const first = Math.max(0, Math.min(columns - 1, Math.floor(toX(scale, segment.startUs))))
      const after = Math.max(first + 1, Math.min(columns, Math.ceil(toX(scale, segment.endUs))))
      const body = ran.length > lanes && FAILURES.has(tone) ? RUN_CODE : code
      for (let column = first; column < after; column++) {
        const cell = column === after - 1 ? code : body
        if ((cells[offset + column] ?? 0) < cell) cells[offset + column] = cell
      }
    }
  })
  return { lanes, lanePx: heightPx / lanes, runs: collectRuns(cells, lanes, columns) }
}

function collectRuns(cells: Uint8Array, lanes: number, columns: number): MinimapRun[] {
  const runs: MinimapRun[] = []
  for (let lane = 0; lane < lanes; lane++) {
    for (let x = 0; x < columns; ) {
      const code = cells[lane * columns + x]
      let end = x + 1
      while (end < columns && cells[lane * columns + end] === code) end++
      const tone = MINIMAP_TONES[(code ?? 0) - 1]
      if (tone) runs.push({ tone, lane, x, width: end - x })
      x = end
    }
  }
  return runs
}
