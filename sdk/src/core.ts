import type { Batch } from './batch.ts'
import type { Platform } from './platform/platform.ts'
import type { ModeDecision, Observer, TurnContext } from './types.ts'

/** What the executors and wrapped functions of one scope share. */
export interface Core {
  readonly platform: Platform
  readonly observer: Observer | null
  /** Arguments and results are kept until they are printed. */
  readonly fingerprints: boolean
  /** The mode for a run or batch, from memory. */
  decide(key: string): ModeDecision
  /** The facts of the turn that the calling code runs in; empty outside of one. */
  turnContext(): TurnContext
  /** Takes a batch whose last call has ended. */
  record(batch: Batch): void
  /** Tells the host about a kind of trouble, once. Never throws. */
  diagnose(code: string, message: string): void
  /** Tells that a function of the host's, called on the side, threw. */
  threw(what: string, error: unknown): void
}
