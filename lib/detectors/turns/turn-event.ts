import type { StepStart } from './run-memory.ts'

/*
 * What one batch says about how the model emits calls, together with the turn before it. A step is what could
 * have been emitted at once: the model does so, or splits it over several turns, or leaves all but its first
 * call out.
 *
 *     turn    1: a b c   2: d     3: a     4: b     5: c     6: d
 *     uses               c                                   b
 *     says    joint      start    start    pair ab  pair bc  start
 *                        depend.  indep.   second            depend.
 */
export type TurnEvent =
  /** Several calls at once, as emitted; `before`: the call of the turn before, where that was one. */
  | {
      readonly type: 'joint'
      readonly from: string
      readonly tools: readonly string[]
      readonly before: string | null
    }
  /** The model emitted several, the runtime took one. */
  | { readonly type: 'cut'; readonly from: string }
  /** A call of its own that used what the turn before it returned, or the independent first call of a new step. */
  | {
      readonly type: 'start'
      readonly from: string
      readonly isIndependent: boolean
      /** `firstRatio` of the tool where it is independent. */
      readonly ratio: number
    }
  /** A call after another single one. */
  | {
      readonly type: 'pair'
      /** The first two calls of the step. */
      readonly first: string
      readonly second: string
      readonly from: string
      readonly to: string
      readonly isIndependent: boolean
      /** It belongs to the step of the call before; if not, a `start` says what it is. */
      readonly goesOn: boolean
      /** It is the second call of its step. */
      readonly isSecond: boolean
      /** The same two in a row came earlier in the step. */
      readonly isRepeated: boolean
      /** The pair that ended with `from`, as `pairKey`; null when none did. */
      readonly after: string | null
      /** How the first call of the step stood to the turn before. */
      readonly start: StepStart
      /** Of the succession. */
      readonly ratio: number
    }
  /** A step of two calls in two turns has come to its end. */
  | { readonly type: 'ended'; readonly from: string; readonly to: string }

/** The second call of a step of whose first nothing was said. */
export function isLateSplit({ goesOn, isSecond, start }: TurnEvent & { type: 'pair' }): boolean {
  return goesOn && isSecond && start !== 'independent'
}

/** Of an ordered pair of tools. */
export function pairKey(from: string, to: string): string {
  return `${from}\n${to}`
}
