import { messageOf } from '../failure.ts'
import { isObject, read, toText } from '../guard.ts'
import type {
  BatchContext,
  CallContext,
  Envelope,
  ExecutorOptions,
  Parascope,
  RunBatch,
  ToolArgs,
  ToolCall,
} from '../types.ts'
import type { AdapterOptions } from './plan.ts'

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

/** The text of a result, as the model is sent it: text as it is, anything else as JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? toText(value))
}

/** Arguments as the tool gets them; those that are no JSON are refused when the call runs. */
export function parseArgs(text: unknown): Pick<EmittedCall, 'args' | 'refused'> {
  if (typeof text !== 'string') return { args: text }
  try {
    return { args: text === '' ? {} : JSON.parse(text) }
  } catch (refused) {
    return { args: text, refused }
  }
}

/** One answer a call, in the order of the calls, whatever became of it: providers refuse a call without one. */
export interface Answering {
  answer(
    calls: readonly EmittedCall[],
    context: BatchContext | undefined,
  ): Promise<{ callId: string; isError: boolean; value: unknown }[]>
}

export function createAnswering(scope: Parascope, options: AnsweringOptions): Answering {
  const { tools, formatError, executor, policies, concurrency, deadlineMs } = options
  const open = executor ?? ((parascope, executorOptions) => parascope.executor(executorOptions))
  const runBatch = open(scope, {
    concurrency,
    deadlineMs,
    tools: policies,
    run(call, context) {
      if (call.refused !== undefined) throw call.refused
      const tool = Object.hasOwn(tools, call.tool) ? tools[call.tool] : undefined
      if (tool === undefined) throw new Error(`there is no tool ${call.tool}`)
      return tool(call.args, context)
    },
  })
  const errorText = (envelope: Envelope, call: EmittedCall) => {
    const error = read(envelope, 'cause')
    return formatError?.(error, { callId: call.callId, tool: call.tool }) ?? `Error: ${messageOf(error)}`
  }
  return {
    async answer(calls, context) {
      const envelopes = await runBatch(calls, context)
      return calls.map((call, index) => {
        const envelope = envelopes[index]
        const isOk = isObject(envelope) && envelope.status === 'ok'
        const value = isOk ? envelope.data : errorText(envelope as Envelope, call)
        return { callId: call.callId, isError: !isOk, value }
      })
    },
  }
}
