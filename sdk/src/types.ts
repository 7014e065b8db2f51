/** What the runtime is told to do with the calls of one turn. */
export type Mode = 'parallel' | 'reads-only' | 'serial'

/** What a tool does to the resources it touches. An `unknown` tool counts as a write when scheduling. */
export type Effect = 'read' | 'write' | 'read-modify-write' | 'unknown'

/** How a recorded call ended. A `never-ran` call has no times; `unknown`: it was called, its end cannot be seen. */
export type Outcome = 'ok' | 'error' | 'timeout' | 'cancelled' | 'never-ran' | 'unknown'

// A tool table holds functions of unlike argument types: only `any` lets annotated and plain ones both in.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type ToolArgs = any

/** Something worth telling the operator of the host program. Each `code` is told once. */
export interface Diagnostic {
  /**
   * Stable: `config-…` (an option that is not usable), `unreachable`, `answer`, `rejected`, `dropped`, `mode`,
   * `hook` (a function of the host's threw on the side), `background`, `internal`.
   */
  readonly code: string
  readonly message: string
}

export interface ParascopeOptions {
  /** Base URL of the server. Default `http://localhost:3000`. */
  readonly url?: string | undefined
  /** Sent as `Authorization: Bearer …`. */
  readonly token?: string | undefined
  /** The agent's name: what rules of the mode switch and every page call it. */
  readonly agent: string
  /** Default `default`. */
  readonly environment?: string | undefined
  readonly version?: string | undefined
  readonly tenant?: string | undefined
  /** How the mode reaches this process: a held stream that falls back to polling, polling alone, or not at all. */
  readonly modeUpdates?: 'stream' | 'poll' | 'off' | undefined
  /**
   * What holds until the server has been heard: an answer of `GET /api/v1/mode`, as it was when the program was
   * deployed, say.
   */
  readonly bootstrap?: ModeSnapshot | undefined
  /**
   * A file in which the last known mode outlives the process; between it and `bootstrap` the newer revision
   * holds. For one agent in one environment, on Node and Bun. Default: none.
   */
  readonly modeFile?: string | undefined
  /** `false`: nothing is recorded or sent; the mode switch still works. */
  readonly report?: boolean | undefined
  /** Adds keyed hashes of leaf values and sizes of arguments and results to the record. Default off. */
  readonly fingerprints?: boolean | undefined
  /** Adds redacted excerpts of arguments, results or error texts to the record. Default: none. */
  readonly capture?: CaptureOptions | undefined
  /** One summary line a batch, to `console.info` or to a function. Default off. */
  readonly log?: boolean | ((line: string) => void) | undefined
  /** Told once about each kind of trouble. Default: silent. */
  readonly onDiagnostic?: ((diagnostic: Diagnostic) => void) | undefined
  /** Batches kept while the server is away; further ones are dropped and counted. Default 2,048. */
  readonly maxQueuedBatches?: number | undefined
  /** Sees every call start and end, e.g. `openTelemetry(…)` of `@parascope/sdk/otel`. */
  readonly observer?: Observer | undefined
}

/** What may leave the process beside the times, each for itself. */
export interface CaptureOptions {
  readonly args?: boolean | undefined
  readonly results?: boolean | undefined
  readonly errors?: boolean | undefined
  /** Of one excerpt. Default 1,000, at most 2,048. */
  readonly maxChars?: number | undefined
  /**
   * Has the last word on an excerpt from which values under telling names (`password`, `token`) and what has
   * the shape of a secret were already taken out. Giving no text leaves it out.
   */
  readonly redact?:
    | ((
        text: string,
        where: { readonly tool: string; readonly what: 'args' | 'result' | 'error' },
      ) => string | null | undefined)
    | undefined
}

/** The rules of the mode switch at one time. */
export interface ModeSnapshot {
  readonly revision: number
  /** In the form of the server's answer; a list of which any part is something else counts for nothing. */
  readonly rules: readonly object[]
}

/** One tool call as the model emitted it. Any richer object fits; `run` gets the very object. */
export interface ToolCall {
  /** The provider's id: OpenAI `tool_call_id`, Anthropic `tool_use_id`. One is minted when it is missing. */
  readonly callId?: string | undefined
  readonly tool: string
  readonly args?: ToolArgs
  /** Ids of calls of this batch that must end well before this one starts. */
  readonly dependsOn?: readonly string[] | undefined
  /** Calls of one group were planned to run together. */
  readonly group?: string | undefined
}

/** What the runner gets beside the call. */
export interface CallContext {
  /** Aborts at the call's deadline and when the caller's own signal does. */
  readonly signal: AbortSignal
  readonly batchId: string
  readonly callId: string
  /** The mode under which this call runs. */
  readonly mode: Mode
}

export interface ToolPolicy {
  readonly effect?: Effect | undefined
  /** `/`-separated paths of what the call touches, e.g. `orders/1042`. */
  readonly resources?: ((args: ToolArgs) => readonly string[]) | undefined
  /** How many calls of this tool may run at once within a batch. */
  readonly maxConcurrency?: number | undefined
  /** Overrides the executor's `deadlineMs`. */
  readonly deadlineMs?: number | undefined
}

/** Facts about the turn a batch belongs to. All optional; absent is unknown. */
export interface TurnContext {
  readonly runId?: string | undefined
  readonly turn?: number | undefined
  readonly provider?: string | undefined
  readonly model?: string | undefined
  /** How long the model took to emit these calls. */
  readonly modelMs?: number | undefined
  readonly inputTokens?: number | undefined
  readonly outputTokens?: number | undefined
  /** Whether the provider was asked for parallel tool calls. */
  readonly parallelRequested?: boolean | undefined
  /** How many calls the model emitted, where it differs from the calls given. */
  readonly emittedCalls?: number | undefined
  readonly version?: string | undefined
  readonly tenant?: string | undefined
}

export interface BatchContext extends TurnContext {
  /** Aborting it cancels what runs and what waits; the batch still resolves. */
  readonly signal?: AbortSignal | undefined
}

export interface ExecutorOptions<C extends ToolCall, R> {
  /** Runs one call. What it returns is the call's data; what it throws becomes an `error` envelope. */
  readonly run: (call: C, context: CallContext) => R
  /** How many calls may run at once. Default: no cap. */
  readonly concurrency?: number | undefined
  /** From a call's own start to its `timeout` envelope. Default: none. */
  readonly deadlineMs?: number | undefined
  readonly tools?: Readonly<Record<string, ToolPolicy>> | undefined
  /** What becomes of a call when one that it depends on did not end well. Default `skip`. */
  readonly onDependencyFailure?: 'skip' | 'run' | undefined
}

export interface OkEnvelope<T> {
  readonly callId: string
  readonly status: 'ok'
  readonly data: T
}

export interface FailureEnvelope {
  readonly callId: string
  readonly status: 'error' | 'timeout' | 'cancelled'
  /**
   * The thrown error's `code`, else its name; `deadline`; `aborted`; for a call that never ran
   * `aborted` or `dependency-failed`.
   */
  readonly errorCode: string
  /** Whether the same call may well succeed when tried again, and trying again is not known to be unsafe. */
  readonly retriable: boolean
  /** A message fit for the model. */
  readonly error: string
  /** The very value that was thrown or the abort reason. Not enumerable, so the envelope stays plain JSON. */
  readonly cause?: unknown
}

export type Envelope<T = unknown> = OkEnvelope<T> | FailureEnvelope

/** Runs the calls of one turn. Never rejects; one envelope a call, in the order of the calls. */
export type RunBatch<C extends ToolCall, T> = (
  calls: readonly C[],
  context?: BatchContext | undefined,
) => Promise<Envelope<T>[]>

export interface WrapOptions<A extends readonly unknown[]> {
  /** Default: the function's name. */
  readonly tool?: string | undefined
  readonly effect?: Effect | undefined
  readonly resources?: ((...args: A) => readonly string[]) | undefined
  readonly maxConcurrency?: number | undefined
  /** Reads the provider's call id from the arguments. Default: one is minted. */
  readonly callId?: ((...args: A) => string | undefined) | undefined
  /** The function answers synchronously: it is never queued, because its caller cannot wait. */
  readonly sync?: boolean | undefined
}

/** What the mode switch says for one run, decided from memory. */
export interface ModeDecision {
  readonly mode: Mode
  /** The revision it follows; null while no server has been heard. */
  readonly revision: number | null
  /** Tools that a rule holds to a tighter mode than the batch's. */
  readonly tools: ReadonlyMap<string, Mode>
}

/** All in batches, since this scope was created. `sent` = answered by a server. */
export interface Stats {
  readonly queued: number
  readonly sent: number
  readonly accepted: number
  readonly duplicates: number
  readonly rejected: number
  readonly dropped: number
  readonly retries: number
  /** Fields shortened or left out because the server would have refused them. */
  readonly altered: number
  /** Tools that were called and for which nobody declared an effect; at most 1,000 names. */
  readonly unclassified: readonly string[]
  readonly modeRevision: number | null
  /** The mode stream is open right now. */
  readonly modeConnected: boolean
}

/** A call as an observer sees it. */
export interface ObservedCall {
  readonly batchId: string
  readonly callId: string
  readonly tool: string
  readonly seq: number
}

export interface CallObservation {
  /** Must call `invoke` once, synchronously, in whatever context the tool should see. */
  run(invoke: () => void): void
  end(result: { outcome: Outcome; errorCode: string | null }): void
}

/** Sees calls without being able to harm them: whatever it throws is caught, and the tool runs all the same. */
export interface Observer {
  /** Before a call of a batch starts. */
  call(call: ObservedCall): CallObservation | undefined
  /** The run that the surrounding context belongs to, when the caller names none. */
  runId?(): string | undefined
  /** Runs our own requests, e.g. with tracing suppressed. Must call `invoke` once, synchronously. */
  quiet?(invoke: () => void): void
}

export interface Parascope {
  /** Wraps a runner: see {@link RunBatch}. */
  executor<C extends ToolCall = ToolCall, R = unknown>(
    options: ExecutorOptions<C, R>,
  ): RunBatch<C, Awaited<R>>
  /** Times and schedules calls of one tool function; its results, errors, `this` and properties stay its own. */
  wrap<A extends readonly unknown[], F extends (...args: A) => unknown>(
    fn: F & ((...args: A) => unknown),
    options?: WrapOptions<Parameters<F>>,
  ): F
  /** Wrapped calls made inside `fn` form one batch. Gives back exactly what `fn` gives. */
  turn<T>(context: TurnContext, fn: () => T): T
  /** What the mode switch says now, for a run. */
  mode(query?: { readonly runId?: string | undefined }): ModeDecision
  /** True as soon as a mode has been heard from the server, false after `timeoutMs` (default 1,000). */
  ready(timeoutMs?: number): Promise<boolean>
  stats(): Stats
  /** Sends what is queued. True when nothing is left; false after `timeoutMs` (default 2,000). */
  flush(timeoutMs?: number): Promise<boolean>
  /** `flush`, then closes every connection. Executors and wrapped functions go on working, unrecorded. */
  shutdown(timeoutMs?: number): Promise<boolean>
}
