import type { Batch } from './batch.ts'
import type { Platform } from './platform/platform.ts'
import type { ModeDecision, Observer, Stats, TurnContext } from './types.ts'

/**
 * Under this name a scope carries its core, for entries of this package that are loaded apart from it. It is
 * no part of the public interface.
 */
export const CORE = Symbol.for('parascope.core')

/** What the executors and wrapped functions of one scope share. */
export interface Core {
  readonly platform: Platform
  readonly observer: Observer | null
  /** Arguments, results and errors are kept until the record has what the host opted in to. */
  readonly keepsValues: boolean
  /** The mode for a run or batch, from memory. */
  decide(key: string): ModeDecision
  /** The facts of the turn that the calling code runs in; empty outside of one. */
  turnContext(): TurnContext
  stats(): Stats
  /** Takes a batch whose last call has ended. */
  record(batch: Batch): void
  /** Tells the host about a kind of trouble, once. Never throws. */
  diagnose(code: string, message: string): void
  /** Ends of batches that wait for a further call, to be called before all is sent. Made by who needs it. */
  lingering?: Set<() => void>
  /** Tells that a function of the host's, called on the side, threw. */
  threw(what: string, error: unknown): void
}
