import type { Waiting } from '#lib/intervals/waiting.ts'
import type { Effect, Outcome } from '#lib/model/vocabulary.ts'

/*
 * What the Gantt draws. Times are microseconds from the batch's `started_at`; they may be negative.
 * A row stands for one call with all its attempts, or for many alike calls that were folded into one.
 */

/** One attempt that ran: a stretch of measured time, `endUs` >= `startUs`. */
export interface Segment {
  readonly attempt: number
  readonly startUs: number
  readonly endUs: number
  readonly outcome: Outcome
  readonly errorCode: string | null
  /** A later attempt of the same call took its place. */
  readonly replaced: boolean
  /** Where the intent would have let it start; null when that is not known. */
  readonly idealStartUs: number | null
}

/** The tool's own p50 and p95, in microseconds. */
export interface Band {
  readonly p50Us: number
  readonly p95Us: number
}

export interface CallRow {
  readonly kind: 'call'
  /** Unique among the rows of one timeline. */
  readonly key: string
  readonly callId: string
  readonly seq: number
  readonly tool: string
  readonly effect: Effect
  /** How the last attempt ended. */
  readonly outcome: Outcome
  readonly errorCode: string | null
  /** Attempts that ran, by start; empty for a call that never ran. */
  readonly segments: readonly Segment[]
  /** Attempts on record, run or not. */
  readonly attempts: number
  readonly dependsOn: readonly string[]
  readonly group: string | null
  /** First start and last end; null when nothing ran. */
  readonly startUs: number | null
  readonly endUs: number | null
  /** Of the first attempt that ran; null when no hand-over time is known. */
  readonly waiting: Waiting | null
  readonly band: Band | null
  /** It was the last of several calls to end. */
  readonly slowest: boolean
  /** A member of a fold that is open. */
  readonly nested: boolean
}

/** Alike calls (one tool, one effect, one outcome) shown as one row. */
export interface FoldRow {
  readonly kind: 'fold'
  readonly key: string
  readonly tool: string
  readonly effect: Effect
  readonly outcome: Outcome
  readonly seq: number
  readonly members: readonly CallRow[]
  /** Its members follow it as rows of their own. */
  readonly open: boolean
  readonly startUs: number | null
  readonly endUs: number | null
  /** Half of the members had ended by then; null when none ran. */
  readonly medianEndUs: number | null
  readonly medianDurationUs: number | null
  readonly inFlight: Steps
}

export type Row = CallRow | FoldRow

/**
 * A step function: `level[i]` holds from `atUs[i]` up to `atUs[i + 1]`; zero before the first and after
 * the last, whose level is zero. `atUs` rises strictly.
 */
export interface Steps {
  readonly atUs: readonly number[]
  readonly level: readonly number[]
  readonly peak: number
}

/** The stretch in which the slowest sibling held the turn after every other call had ended. */
export interface AloneStretch {
  readonly key: string
  readonly fromUs: number
  readonly toUs: number
}

export interface Timeline {
  /** One a call, in emission order. */
  readonly rows: readonly CallRow[]
  /** From the hand-over, or the first start when that is earlier, to the last end. */
  readonly extent: TimeWindow
  /** The last end, which is where the batch ends; null when nothing ran. */
  readonly endUs: number | null
  readonly alone: AloneStretch | null
  readonly inFlight: Steps
  /** The declared cap; null = none. */
  readonly cap: number | null
}

/** A stretch of time, `toUs` > `fromUs` wherever it is a window that is looked through. */
export interface TimeWindow {
  readonly fromUs: number
  readonly toUs: number
}

/** A rectangle in CSS px. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
