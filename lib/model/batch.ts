import type { Effect, Evidence, Flag, Mode, Outcome, Source } from './vocabulary.ts'

/**
 * One tool invocation, normalised. Times are integer microseconds; `startUs` counts from the batch's
 * `startedAtUs` and may be negative. A call that never ran has null times.
 */
export interface Call {
  readonly callId: string
  /** 1 for the first try; a retry of the same call has a higher number. */
  readonly attempt: number
  /** Position in which the model emitted the call. */
  readonly seq: number
  readonly tool: string
  readonly startUs: number | null
  readonly durationUs: number | null
  readonly outcome: Outcome
  readonly errorCode: string | null
  readonly effect: Effect
  /** `/`-separated paths; one contains everything below it. */
  readonly resources: readonly string[]
  /** Ids of the calls that must end before this one starts. */
  readonly dependsOn: readonly string[]
  /** Calls of one group were planned to run together. */
  readonly group: string | null
  /** The call's own, narrower mode, where a rule or policy set one. */
  readonly mode: Mode | null
  readonly argsBytes: number | null
  readonly resultBytes: number | null
  /** Keyed hashes of leaf values of the arguments. */
  readonly argsFp: readonly string[]
  /** Keyed hashes of leaf values of the result. */
  readonly resultFp: readonly string[]
  /** How long a policy of the runtime held it back once it could have started: a backoff, a rate limit. */
  readonly heldUs: number | null
  /** What the runtime's policies did to it or saw in it; see marks.ts. */
  readonly marks: readonly string[]
  /** Texts that the sender opted in to send, redacted and shortened by it; null is none. */
  readonly captured: Captured | null
}

/** Excerpts of what went into a call and came out of it. */
export interface Captured {
  readonly args: string | null
  readonly result: string | null
  /** The text of the error it ended with. */
  readonly error: string | null
}

/** All tool calls of one turn, normalised: what ingest makes of untrusted bytes and the log stores. */
export interface Batch {
  readonly batchId: string
  readonly runId: string | null
  readonly turn: number | null
  readonly agent: string
  readonly environment: string
  readonly version: string | null
  readonly tenant: string | null
  readonly provider: string | null
  readonly model: string | null
  /** Null when nobody said; treated as parallel for display. */
  readonly mode: Mode | null
  readonly modeRevision: number | null
  readonly parallelRequested: boolean | null
  /** The declared concurrency cap; null = none. */
  readonly concurrency: number | null
  /** Declared caps of single tools, name to cap. */
  readonly toolCaps: ReadonlyMap<string, number> | null
  /** Epoch microseconds when the calls were handed to the executor. */
  readonly startedAtUs: number
  readonly modelUs: number | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly emittedCalls: number | null
  readonly sdkName: string | null
  readonly sdkVersion: string | null
  readonly calls: readonly Call[]
}

/** A batch as the log holds it: the content plus what the server knows about its arrival. */
export interface StoredBatch extends Batch {
  readonly source: Source
  readonly evidence: Evidence
  readonly provisional: boolean
  readonly revision: number
  readonly receivedAtUs: number
  /** Oddities of arrival and of declared dependencies. */
  readonly flags: readonly Flag[]
}

/** The part of a batch that decides how much its calls were allowed to overlap. */
export type Intent = Pick<Batch, 'mode' | 'concurrency' | 'toolCaps'>

/** What a measure needs to know of a call; any richer call fits. */
export type TimedCall = Pick<
  Call,
  | 'callId'
  | 'attempt'
  | 'seq'
  | 'tool'
  | 'startUs'
  | 'durationUs'
  | 'effect'
  | 'dependsOn'
  | 'mode'
  | 'heldUs'
>
