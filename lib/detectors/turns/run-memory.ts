import type { DetectorContext } from '../detector.ts'
import type { Observation } from '../observation.ts'

/*
 * The last turns of runs that may still be going on: what a single-call turn has to be compared with. Turns
 * may come late, out of order or not at all; a run that falls out of the table says nothing more.
 */

/** How the first call of a step stands to the turn before it. */
export type StepStart = 'independent' | 'dependent' | 'unknown'

/** A turn of one call. */
export interface SingleCall {
  readonly tool: string
  /** As `TurnMemory.results`. */
  readonly args: readonly string[]
  /** The calls, this one last, that could have been emitted at once so far. */
  step: string[]
  /** What those before this one returned. */
  earlier: string
  start: StepStart
  /** The pair of independent calls that ends with this one, as `pairKey`. */
  pair: string | null
}

/** A turn as later ones need it. */
export interface TurnMemory {
  readonly turn: number | null
  readonly startedMs: number
  readonly endedMs: number
  /** Fingerprints of what was returned, each between spaces; null when there are none or too many to tell. */
  readonly results: string | null
  /** Null for a joint turn. */
  single: SingleCall | null
  /** The turn failed or was broken off: what followed is an answer to that. */
  readonly broken: boolean
}

export interface RunMemory {
  readonly run: string
  readonly turns: TurnMemory[]
  /** Steps that seemed to come one call a turn. */
  hits: number
}

interface Slot {
  /** Least recently seen first. */
  readonly runs: RunMemory[]
}

/** 64 slots of 4 runs: as many live runs an agent and environment as 256 where they spread evenly. */
const SLOTS = 64
const RUNS_PER_SLOT = 4
const TURNS_PER_RUN = 2
/** Results with more new leaf values than this are not kept: nothing is then said about who used them. */
const MAX_RESULTS = 64
const MAX_ARGS = 24
/** What is kept of a keyed hash: 24 bits in hex. */
const KEPT_CHARS = 6

export function findRun(observation: Observation, context: DetectorContext): RunMemory {
  const { environment, agent, runId } = observation
  const { runs } = context.state<Slot>(`turns/${environment}/${agent}/${slotOf(runId)}`, () => ({ runs: [] }))
  for (let i = runs.length - 1; i >= 0; i--) {
    const run = runs[i] as RunMemory
    if (run.run !== runId) continue
    if (i < runs.length - 1) {
      runs.splice(i, 1)
      runs.push(run)
    }
    return run
  }
  if (runs.length >= RUNS_PER_SLOT) runs.shift()
  const run = { run: runId, turns: [], hits: 0 }
  runs.push(run)
  return run
}

/** Keeps the latest turns of the run, by number where there is one. */
export function rememberTurn({ turns }: RunMemory, turn: TurnMemory): void {
  let at = turns.length
  if (turn.turn !== null)
    while (at > 0 && ((turns[at - 1] as TurnMemory).turn ?? Number.NEGATIVE_INFINITY) > turn.turn) at--
  turns.splice(at, 0, turn)
  if (turns.length > TURNS_PER_RUN) turns.shift()
}

export function toTurnMemory(observation: Observation, isSingle: boolean): TurnMemory {
  const { turn, startedMs, endedMs, batch, calls } = observation
  const [call] = batch.calls
  return {
    turn,
    startedMs,
    endedMs,
    results: joinResults(observation),
    single:
      isSingle && call !== undefined
        ? {
            tool: call.tool,
            args: call.argsFp.slice(0, MAX_ARGS).map(shorten),
            step: [call.tool],
            earlier: '',
            start: 'unknown',
            pair: null,
          }
        : null,
    broken: isSingle && calls.every(({ outcome }) => outcome !== 'ok'),
  }
}

/** Fingerprints of values that were not known before: an argument that comes back tells nobody anything new. */
function joinResults({ calls }: Observation): string | null {
  let results = ''
  let count = 0
  for (const { argsFp, resultFp } of calls) {
    for (const fingerprint of resultFp) {
      if (argsFp.includes(fingerprint)) continue
      if (++count > MAX_RESULTS) return null
      results += ` ${shorten(fingerprint)}`
    }
  }
  return count === 0 ? null : `${results} `
}

export function usesAny(args: readonly string[], results: string): boolean {
  for (const arg of args) if (results.includes(` ${arg} `)) return true
  return false
}

export function joinEarlier(earlier: string, results: string): string {
  const joined = earlier + results
  return joined.length > MAX_RESULTS * (KEPT_CHARS + 2) ? results : joined
}

function shorten(fingerprint: string): string {
  return fingerprint.length > KEPT_CHARS ? fingerprint.slice(-KEPT_CHARS) : fingerprint
}

/** FNV-1a. */
function slotOf(runId: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < runId.length; i++) hash = Math.imul(hash ^ runId.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % SLOTS
}
