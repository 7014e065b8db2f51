import type { Mode } from '#lib/model/vocabulary.ts'
import type { Observation } from '../observation.ts'

/*
 * Who was there when it went wrong: counts of a yes-or-no observation by everything that may be to blame,
 * kept as one cross-table, so that two causes that come together can still be told apart where they part.
 * `attribute` in attribute.ts reads the verdict from it.
 */

/** Observations that had all of this in common. */
export interface AttributionCell {
  readonly version: string
  readonly model: string
  readonly provider: string
  readonly mode: Mode | null
  readonly modeRevision: number | null
  readonly requested: boolean | null
  /** Observations from before the present excursion, and how many of them were bad. */
  n: number
  x: number
  /** Those from since it began. */
  pendingN: number
  pendingX: number
  /** Epoch ms of the earliest start and the latest end: event time, so that late batches do not turn the order. */
  firstMs: number
  lastMs: number
}

export interface Attribution {
  readonly cells: AttributionCell[]
  /** What cells that were given up had counted. */
  restN: number
  restX: number
}

/** What is counted by; an `Observation` fits. */
export type Attributable = Pick<
  Observation,
  'version' | 'model' | 'provider' | 'mode' | 'parallelRequested' | 'startedMs' | 'endedMs'
> & { readonly batch: Pick<Observation['batch'], 'modeRevision'> }

/** A dozen versions with a few models: about 3 kB. */
const MAX_CELLS = 16

export function createAttribution(): Attribution {
  return { cells: [], restN: 0, restX: 0 }
}

/**
 * Counts one observation, bad (`x` = 1, or a share) or good (0). `onsetMs` is the event time at which the
 * present excursion of the caller's statistic began, null outside of one: what ended before it, however late
 * it arrived, belongs to before. Among too many cells the one not seen longest joins the rest.
 */
export function noteAttribution(
  attribution: Attribution,
  observation: Attributable,
  x: number,
  onsetMs: number | null,
  maxCells = MAX_CELLS,
): void {
  const cell = cellOf(attribution, observation, maxCells)
  if (observation.startedMs < cell.firstMs) cell.firstMs = observation.startedMs
  if (observation.endedMs > cell.lastMs) cell.lastMs = observation.endedMs
  if (onsetMs !== null && observation.endedMs >= onsetMs) {
    cell.pendingN++
    cell.pendingX += x
  } else {
    cell.n++
    cell.x += x
  }
}

/** The excursion came to nothing: what it saw is from before the next one. */
export function acceptAttribution({ cells }: Attribution): void {
  for (const cell of cells) {
    cell.n += cell.pendingN
    cell.x += cell.pendingX
    cell.pendingN = 0
    cell.pendingX = 0
  }
}

/**
 * The excursion was a change and is over: who had been to blame must not count as normal when the next one
 * is judged. Forgets what it saw, and who mostly was bad before it was noticed.
 */
export function dropAttribution(attribution: Attribution): void {
  const kept = attribution.cells.filter((cell) => cell.n > 0 && cell.x * 2 <= cell.n)
  for (const cell of kept) {
    cell.pendingN = 0
    cell.pendingX = 0
  }
  attribution.cells.splice(0, attribution.cells.length, ...kept)
}

function cellOf(attribution: Attribution, observation: Attributable, maxCells: number): AttributionCell {
  const { cells } = attribution
  // The cell in use lately stands last.
  for (let i = cells.length - 1; i >= 0; i--) {
    const cell = cells[i] as AttributionCell
    if (!isOf(cell, observation)) continue
    if (i < cells.length - 1) {
      cells.splice(i, 1)
      cells.push(cell)
    }
    return cell
  }
  if (cells.length >= maxCells) {
    const [oldest] = cells.splice(0, 1)
    attribution.restN += (oldest?.n ?? 0) + (oldest?.pendingN ?? 0)
    attribution.restX += (oldest?.x ?? 0) + (oldest?.pendingX ?? 0)
  }
  const { version, model, provider, mode, parallelRequested, startedMs, endedMs, batch } = observation
  const cell: AttributionCell = {
    version,
    model,
    provider,
    mode,
    modeRevision: batch.modeRevision,
    requested: parallelRequested,
    n: 0,
    x: 0,
    pendingN: 0,
    pendingX: 0,
    firstMs: startedMs,
    lastMs: endedMs,
  }
  cells.push(cell)
  return cell
}

function isOf(cell: AttributionCell, observation: Attributable): boolean {
  return (
    cell.version === observation.version &&
    cell.model === observation.model &&
    cell.provider === observation.provider &&
    cell.mode === observation.mode &&
    cell.requested === observation.parallelRequested &&
    cell.modeRevision === observation.batch.modeRevision
  )
}
