import type { Captured } from '#lib/model/batch.ts'
import type { Outcome } from '#lib/model/vocabulary.ts'

/*
 * What a span says of an agent's turn, in one vocabulary for all dialects. Times are epoch microseconds. Contents
 * are not kept: of arguments and results only keyed fingerprints of their leaves, sizes, and a key to match by; and
 * excerpts where whoever runs the server has chosen to capture them.
 */

/** A call as a model emitted it, or as a later model call shows it in its history. */
export interface EmittedCall {
  readonly callId: string | null
  readonly tool: string
  /** Hash of the canonical arguments, to find the tool span by; null when the span does not tell them. */
  readonly argumentsKey: string | null
  readonly argsFp: readonly string[]
  readonly argsBytes: number | null
  readonly argsExcerpt?: string
}

/** What came back of a call, as the history of a later model call shows it. */
export interface ReturnedResult {
  readonly callId: string | null
  readonly tool: string | null
  readonly resultFp: readonly string[]
  readonly resultBytes: number | null
  /** Null when the message does not tell whether it is a failure. */
  readonly failed: boolean | null
}

/** The answers in a model call's input that had emitted calls. */
export interface EarlierAnswers {
  readonly count: number
  /** What the last of them had emitted. */
  readonly last: readonly EmittedCall[]
}

/** A model call. */
export interface ModelFacts {
  readonly role: 'model'
  readonly model: string | null
  readonly provider: string | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly parallelRequested: boolean | null
  /** What it emitted; null when the span does not tell, [] when it emitted no call. */
  readonly emitted: readonly EmittedCall[] | null
  readonly earlier?: EarlierAnswers
  /** The newest results in its input, oldest first. Of a long history only the end is told with its prints. */
  readonly returned: readonly ReturnedResult[]
  readonly failed: boolean
}

/** An execution of a tool. */
export interface ToolFacts {
  readonly role: 'tool'
  readonly tool: string
  readonly callId: string | null
  readonly argumentsKey: string | null
  readonly argsFp: readonly string[]
  readonly argsBytes: number | null
  readonly resultFp: readonly string[]
  readonly resultBytes: number | null
  readonly outcome: Outcome
  readonly errorCode: string | null
  readonly captured?: Captured
}

/** An agent, a workflow, a step: what gives its children a scope. */
export interface ScopeFacts {
  readonly role: 'scope'
  /** Begins a scope of its own, in which turns are counted anew. */
  readonly isAgent: boolean
}

/** What a span says outright of its batch: that of an export of this product, or of its SDK. */
export interface Declared {
  readonly batchId: string
  readonly turn: number | null
}

/** What a dialect read from one span. */
export interface SpanFacts {
  readonly dialect: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | null
  readonly startUs: number
  readonly endUs: number
  /** Null where the span does not say; the assembler inherits along parents. */
  readonly agent: string | null
  /** `service.name`: names the agent where no span of the trace does. */
  readonly service?: string | null
  readonly environment: string | null
  readonly version: string | null
  /** Conversation, thread or session; null = the trace. */
  readonly runId: string | null
  readonly declared?: Declared
  readonly facts: ModelFacts | ToolFacts | ScopeFacts
}

/** Why a span was not recognised: which attribute would have been needed. */
export interface Unrecognised {
  readonly spanName: string
  readonly scopeName: string
  readonly missing: readonly string[]
  /** Where it stands: a request between a call and its server relates the two, whatever it says itself. */
  readonly place: SpanFacts
}
