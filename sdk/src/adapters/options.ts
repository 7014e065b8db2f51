import type {
  CallContext,
  ExecutorOptions,
  Parascope,
  RunBatch,
  ToolArgs,
  ToolCall,
  ToolPolicy,
  TurnContext,
} from '../types.ts'

/** What every adapter takes beside the framework's own things. */
export interface AdapterOptions {
  /** What the tools do, by the names that the model knows. An undeclared tool counts as a write. */
  readonly policies?: Readonly<Record<string, ToolPolicy>> | undefined
  /** How many calls of one model response may run at once. Default: no cap. */
  readonly concurrency?: number | undefined
  /** From a call's own start to its `TimeoutError`, at which its signal aborts. Default: none. */
  readonly deadlineMs?: number | undefined
  /** Facts of the turn that the framework does not tell, such as the `runId`; asked anew for each batch. */
  readonly context?: TurnContext | (() => TurnContext) | undefined
}

/** A tool of a hand-written loop, given the arguments as an object. */
export type AnsweringTool = (args: ToolArgs, context: CallContext) => unknown

/** What answers the tool calls of a hand-written loop. */
export interface AnsweringOptions extends Omit<AdapterOptions, 'context'> {
  /** By the names that the model knows. */
  readonly tools: Readonly<Record<string, AnsweringTool>>
  /** What the model is told of an error. Default: `Error: ` and its message. */
  readonly formatError?: ((error: unknown, call: { callId: string; tool: string }) => string) | undefined
  /** What runs the batches: `policyExecutor` of `@parascope/sdk/policies`, say. Default: `scope.executor`. */
  readonly executor?:
    | ((scope: Parascope, options: ExecutorOptions<EmittedCall, unknown>) => RunBatch<EmittedCall, unknown>)
    | undefined
}

/** A call as a provider's message holds it. */
export interface EmittedCall extends ToolCall {
  readonly callId: string
  /** Why it cannot run: arguments that are no JSON. */
  readonly refused?: unknown
}
