import type { Batch } from '#lib/model/batch.ts'
import type { Evidence, Flag } from '#lib/model/vocabulary.ts'

/** A batch as its spans tell it, before the log adds what it knows of its arrival. */
export interface AssembledBatch extends Batch {
  readonly evidence: Evidence
  readonly flags: readonly Flag[]
  /** Keys of the spans it was made of, sorted: by them a batch that was grouped otherwise finds its successor. */
  readonly spans: readonly string[]
  /** Start of the model call that emitted it, without one of its first tool: where it stands among the others. */
  readonly anchorUs: number
  /** Along which turns are numbered: batches of one line and one number are one turn. */
  readonly line: string
  /** Its spans say which turn it is, or that nobody knows: counting doesn't change it. */
  readonly isTurnDeclared: boolean
}

/** What of an earlier assembly no longer holds, and in which batch its spans are now; null = in none. */
export interface Superseded {
  readonly batchId: string
  readonly supersededBy: string | null
}
