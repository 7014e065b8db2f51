import { isObject, read, toList, toText } from '../guard.ts'
import type { BatchContext, CallContext, Parascope } from '../types.ts'
import { createAnswering, parseArgs, textOf } from './answering.ts'
import type { AdapterOptions, AnsweringOptions, EmittedCall } from './options.ts'
import { coreOf, parsePlan } from './plan.ts'
import { type Emission, Steps } from './step.ts'

/*
 * OpenAI's SDK. `runTools` calls each function with its arguments and the runner, and with no id: the call is
 * found in the runner's last assistant message by its name and the very text of its arguments, which a
 * function with a `parse` of its own is followed through. That message is the step, and holds all calls that
 * the model emitted. Of two calls that are alike in name and text, the first to run takes the first id.
 */

interface RunnableFunction {
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly parameters?: unknown
  // biome-ignore lint/suspicious/noExplicitAny: functions have argument types of their own
  readonly function?: ((args: any, ...rest: any[]) => unknown) | undefined
  readonly parse?: ((text: string) => unknown) | undefined
}

/** What is used of a tool of `runTools`: a runnable one, or what `zodFunction` and the like make. */
interface RunnableTool {
  readonly type?: string | undefined
  readonly function?: RunnableFunction | undefined
}

/**
 * Tools for `client.chat.completions.runTools` whose calls obey the mode. Each function gets one further
 * argument, after the framework's own: the call's context, with its id and a signal of its own.
 */
export function openaiTools<T extends readonly object[]>(
  scope: Parascope,
  tools: T,
  options?: AdapterOptions,
): T {
  const core = coreOf(scope)
  if (core === null) return tools
  const wrapping = new RunTools(new Steps(core, parsePlan(core, options)))
  return tools.map((tool) => wrapping.wrap(tool)) as unknown as T
}

interface ChatToolCall {
  readonly id: string
  readonly type: string
  readonly function?: { readonly name: string; readonly arguments: string } | undefined
  readonly custom?: { readonly name: string; readonly input: string } | undefined
}

class RunTools {
  readonly #steps: Steps
  readonly #names = new Set<string>()
  /** The text that arguments were parsed from. */
  readonly #texts = new WeakMap<object, string>()
  readonly #taken = new WeakMap<object, Set<string>>()

  constructor(steps: Steps) {
    this.#steps = steps
  }

  wrap(tool: RunnableTool): RunnableTool {
    const runnable = runnableOf(tool)
    const run = runnable?.function
    if (typeof run !== 'function') return tool
    const name = runnable?.name || toText(read(run, 'name'))
    this.#names.add(name)
    const wrapped = (args: unknown, runner: unknown, ...rest: unknown[]) =>
      this.#call(name, args, runner, (context) => run(args, runner, rest[0], context))
    const parse = runnable?.parse
    const parsed = typeof parse === 'function' ? { parse: this.#follow(parse) } : {}
    return { type: 'function', function: { ...runnable, name, function: wrapped, ...parsed } }
  }

  #follow(parse: (text: string) => unknown): (text: string) => unknown {
    const note = (value: unknown, text: string) => {
      if (isObject(value)) this.#texts.set(value, text)
      return value
    }
    return (text) => {
      const value = parse(text)
      return value instanceof Promise ? value.then((late) => note(late, text)) : note(value, text)
    }
  }

  #call(name: string, args: unknown, runner: unknown, run: (context: CallContext) => unknown): unknown {
    const message = lastWithCalls(runner)
    const calls = toList(read(message, 'tool_calls'), Number.POSITIVE_INFINITY) as ChatToolCall[]
    const text = isObject(args) ? this.#texts.get(args) : args
    const taken = this.#taken.get(message) ?? new Set()
    this.#taken.set(message, taken)
    const call =
      calls.find(({ id, function: fn }) => fn?.name === name && fn.arguments === text && !taken.has(id)) ??
      calls.find(({ id, function: fn }) => fn?.name === name && !taken.has(id))
    const callId = call?.id ?? `call#${taken.size}`
    taken.add(callId)
    return this.#steps.call(
      message,
      message,
      {
        callId,
        tool: name,
        args: isObject(args) ? args : parseArgs(args).args,
        signal: read(read(runner, 'controller'), 'signal') as AbortSignal | undefined,
        run,
      },
      () => this.#emissionOf(runner, calls),
    )
  }

  #emissionOf(runner: unknown, calls: readonly ChatToolCall[]): Emission {
    const completions = read(runner, 'allChatCompletions')
    const all = typeof completions === 'function' ? toList(completions.call(runner), 1_000) : []
    const usage = read(all.at(-1), 'usage')
    return {
      ids: calls.filter((call) => this.#names.has(call.function?.name ?? '')).map(({ id }) => id),
      total: calls.length,
      facts: {
        provider: 'openai',
        turn: all.length,
        model: toText(read(all.at(-1), 'model')) || undefined,
        inputTokens: read(usage, 'prompt_tokens') as number | undefined,
        outputTokens: read(usage, 'completion_tokens') as number | undefined,
      },
    }
  }
}

/** As `runTools` reads it: a tool with a parser of its own carries function and parser beside the wire form. */
function runnableOf(tool: RunnableTool): RunnableFunction | undefined {
  const callback = read(tool, '$callback')
  if (typeof callback !== 'function') return tool.function
  const { name, description = '', parameters } = tool.function ?? {}
  const parse = read(tool, '$parseRaw') as RunnableFunction['parse']
  return Object.assign(
    { name, description, parameters, parse, strict: true },
    { function: callback as RunnableFunction['function'] },
  )
}

function lastWithCalls(runner: unknown): object {
  const messages = read(runner, 'messages')
  const last = Array.isArray(messages)
    ? messages.findLast(
        (message) => read(message, 'role') === 'assistant' && isObject(read(message, 'tool_calls')),
      )
    : undefined
  return isObject(last) ? last : {}
}

/** An answer as chat completions take it. */
export interface ToolMessage {
  role: 'tool'
  tool_call_id: string
  content: string
}

/** An answer as the Responses API takes it. */
export interface FunctionCallOutput {
  type: 'function_call_output'
  call_id: string
  output: string
}

/** What is used of an assistant message of chat completions. */
interface AssistantMessage {
  readonly tool_calls?: readonly object[] | null | undefined
}

/** What is used of a response of the Responses API. */
interface ResponseOutput {
  readonly output: readonly object[]
}

export interface OpenaiAnswers {
  /** The tool messages for an assistant message, one for each of its calls, in their order. */
  (message: AssistantMessage, context?: BatchContext): Promise<ToolMessage[]>
  /** The outputs for the function calls of a response. */
  (response: ResponseOutput, context?: BatchContext): Promise<FunctionCallOutput[]>
}

/**
 * Answers the tool calls of a hand-written loop, under the mode: every call gets an answer, a failed one that
 * says so. Give it whole messages; a streamed one is whole after `finalMessage()` of the SDK's stream helper.
 */
export function openaiToolCalls(scope: Parascope, options: AnsweringOptions): OpenaiAnswers {
  const answering = createAnswering(scope, options)
  const answers = async (message: AssistantMessage | ResponseOutput, context?: BatchContext) => {
    const facts = { provider: 'openai', ...context }
    if ('output' in message) {
      const calls = message.output.flatMap(callOfItem)
      const results = await answering.answer(calls, facts)
      return results.map(({ callId, value }) => ({
        type: 'function_call_output' as const,
        call_id: callId,
        output: textOf(value),
      }))
    }
    const calls = (message.tool_calls ?? []).map((call) => callOfMessage(call as ChatToolCall))
    const results = await answering.answer(calls, facts)
    return results.map(({ callId, value }) => ({
      role: 'tool' as const,
      tool_call_id: callId,
      content: textOf(value),
    }))
  }
  return answers as OpenaiAnswers
}

function callOfMessage({ id, function: fn, custom }: ChatToolCall): EmittedCall {
  return custom === undefined
    ? { callId: id, tool: toText(fn?.name), ...parseArgs(fn?.arguments) }
    : { callId: id, tool: custom.name, args: custom.input }
}

function callOfItem(item: object): EmittedCall[] {
  if (read(item, 'type') !== 'function_call') return []
  const tool = toText(read(item, 'name'))
  return [{ callId: toText(read(item, 'call_id')), tool, ...parseArgs(read(item, 'arguments')) }]
}
