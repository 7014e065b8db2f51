import { isObject, read, toText } from '../guard.ts'
import type { CallContext, Parascope, TurnContext } from '../types.ts'
import { Emissions } from './emissions.ts'
import type { AdapterOptions } from './options.ts'
import { coreOf, parsePlan } from './plan.ts'
import { Steps } from './step.ts'

/*
 * Vercel AI SDK 7. Each of a step's tools is called by itself, all of them with the very same `messages`
 * array: that array is the step. The calls of the response are not in it, so what the model emitted is learnt
 * from `onLanguageModelCallEnd`, which comes before the first tool, in `generateText` and `streamText` alike.
 * A streamed call runs when the model's response has ended, as it does without us.
 */

/** What is used of a tool of the AI SDK. */
interface Tool {
  // biome-ignore lint/suspicious/noExplicitAny: tools have argument types of their own
  readonly execute?: ((input: any, options: any) => unknown) | undefined
}

/** What is used of the event of the same name. */
export interface LanguageModelCallEnd {
  readonly provider: string
  readonly modelId: string
  readonly content: readonly unknown[]
  readonly usage?: { readonly inputTokens?: number | undefined; readonly outputTokens?: number | undefined }
  readonly performance?: { readonly responseTimeMs?: number | undefined }
}

export interface AiSdkSettings<T> {
  readonly tools: T
  onLanguageModelCallEnd(event: LanguageModelCallEnd): void
}

/**
 * Tools for `generateText`, `streamText` and agents, whose calls obey the mode, and the callback that tells
 * how many there are: spread both into the settings. Results, errors and preliminary results stay the tools'
 * own. Tools without an `execute` are left as they are.
 */
export function aiSdk<T extends Readonly<Record<string, Tool>>>(
  scope: Parascope,
  tools: T,
  options?: AdapterOptions,
): AiSdkSettings<T> {
  const core = coreOf(scope)
  if (core === null) return { tools, onLanguageModelCallEnd() {} }
  const steps = new Steps(core, parsePlan(core, options))
  const emissions = new Emissions()
  const wrapped: Record<string, Tool> = {}
  for (const [name, tool] of Object.entries(tools)) {
    const { execute } = tool
    wrapped[name] =
      typeof execute === 'function' ? { ...tool, execute: wrapExecute(steps, emissions, name, tool) } : tool
  }
  return {
    tools: wrapped as T,
    onLanguageModelCallEnd: (event) => noteEmission(emissions, event, wrapped),
  }
}

function noteEmission(
  emissions: Emissions,
  event: LanguageModelCallEnd,
  tools: Readonly<Record<string, Tool>>,
): void {
  const calls = event.content.filter((part) => read(part, 'type') === 'tool-call')
  if (calls.length === 0) return
  const comesHere = (call: unknown) =>
    read(call, 'invalid') !== true &&
    read(call, 'providerExecuted') !== true &&
    Object.hasOwn(tools, toText(read(call, 'toolName')))
  const ids = calls.filter(comesHere).map((call) => toText(read(call, 'toolCallId')))
  const { provider, modelId: model, usage, performance } = event
  const facts: TurnContext = {
    provider,
    model,
    modelMs: performance?.responseTimeMs,
    inputTokens: usage?.inputTokens,
    outputTokens: usage?.outputTokens,
  }
  emissions.note({ ids, total: calls.length, facts })
}

/** What the AI SDK gives beside the input. */
interface ToolOptions {
  readonly toolCallId: string
  readonly messages: readonly unknown[]
  readonly abortSignal?: AbortSignal | undefined
}

function wrapExecute(
  steps: Steps,
  emissions: Emissions,
  tool: string,
  { execute }: Tool,
): NonNullable<Tool['execute']> {
  const call = (input: unknown, options: ToolOptions, run: (context: CallContext) => unknown) => {
    const callId = toText(options.toolCallId)
    const emission = emissions.take(callId)
    const turn = options.messages.filter((message) => read(message, 'role') === 'assistant').length + 1
    return steps.call(
      options.messages,
      options.messages,
      { callId, tool, args: input, signal: options.abortSignal, run },
      () => emission,
      { turn },
    )
  }
  const own = (options: ToolOptions, context: CallContext): ToolOptions => ({
    ...options,
    get abortSignal() {
      return context.signal
    },
  })
  if (execute?.constructor.name === 'AsyncGeneratorFunction') {
    return (input, options: ToolOptions) =>
      relay(
        (run) => call(input, options, run),
        (context) => execute(input, own(options, context)) as AsyncIterable<unknown>,
      )
  }
  return (input, options: ToolOptions) =>
    call(input, options, (context) => drain(execute?.(input, own(options, context))))
}

/**
 * The parts of a tool that yields preliminary results, from when it may start. The tool runs in the frame of
 * whoever reads it, so that it is neither ahead of its reader nor outside of its context.
 */
async function* relay(
  schedule: (run: (context: CallContext) => Promise<unknown>) => Promise<unknown>,
  start: (context: CallContext) => AsyncIterable<unknown>,
): AsyncGenerator<unknown> {
  let succeed = (_: unknown) => {}
  let fail = (_: unknown) => {}
  const ended = new Promise((resolve, reject) => {
    succeed = resolve
    fail = reject
  })
  const context = await new Promise<CallContext>((resolve, reject) => {
    schedule((context) => {
      resolve(context)
      return ended
    }).catch(reject)
  })
  let last: unknown
  try {
    for await (const part of start(context)) {
      last = part
      yield part
    }
  } catch (error) {
    fail(error)
    throw error
  } finally {
    succeed(last)
  }
}

/** A function that turns out to give an iterable only when it is called: its last part is its result. */
async function drain(result: unknown): Promise<unknown> {
  if (!isObject(result) || typeof read(result, Symbol.asyncIterator as never) !== 'function') return result
  let last: unknown
  for await (const part of result as AsyncIterable<unknown>) last = part
  return last
}
