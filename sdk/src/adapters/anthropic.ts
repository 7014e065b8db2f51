import { isObject, read, toList, toText } from '../guard.ts'
import type { BatchContext, Parascope, TurnContext } from '../types.ts'
import { createAnswering, textOf } from './answering.ts'
import type { AdapterOptions, AnsweringOptions } from './options.ts'
import { override } from './override.ts'
import { coreOf, parsePlan } from './plan.ts'
import { type Emission, Steps } from './step.ts'

/*
 * Anthropic's SDK. The tool runner calls a tool with its input and its `tool_use` block, and does not say of
 * which message: the runner does, whose history holds the reply once it is whole. The step is the runner and
 * the place of that reply in its history. With `runToolsEagerly` the tools start while the reply still streams,
 * each when its own block is whole; what the model will have emitted is not known then, and the batch stays
 * open for the blocks to come.
 */

/** Blocks of one reply may stream in with such pauses. */
const LINGER_MS = 2_000

/**
 * Starts a tool runner whose tools obey the mode: `start` gets the tools to hand to
 * `client.beta.messages.toolRunner`, and its runner is given back. What is no runnable tool is left as it is.
 */
export function anthropicToolRunner<T extends readonly object[], R extends object>(
  scope: Parascope,
  tools: T,
  start: (tools: T) => R,
  options?: AdapterOptions,
): R {
  const core = coreOf(scope)
  if (core === null) return start(tools)
  const steps = new Steps(core, parsePlan(core, options), LINGER_MS)
  const running = new RunnerTools(steps, tools)
  const runner = start(tools.map((tool) => running.wrap(tool)) as unknown as T)
  running.runner = runner
  return runner
}

type Run = (input: unknown, context?: { signal?: AbortSignal | null }) => unknown

class RunnerTools {
  runner: object = {}
  readonly #steps: Steps
  readonly #names: ReadonlySet<string>

  constructor(steps: Steps, tools: readonly object[]) {
    this.#steps = steps
    this.#names = new Set(tools.map((tool) => toText(read(tool, 'name'))))
  }

  wrap(tool: object): object {
    const run = read(tool, 'run') as Run | undefined
    if (typeof run !== 'function') return tool
    const wrapped: Run = (input, context) =>
      this.#call(input, context, run.bind(tool), toText(read(tool, 'name')))
    return override(tool, 'run', wrapped)
  }

  #call(input: unknown, context: Parameters<Run>[1], run: Run, name: string): unknown {
    const callId = toText(read(read(context, 'toolUse'), 'id')) || `call_${crypto.randomUUID()}`
    const history = toList(read(read(this.runner, 'params'), 'messages'), Number.POSITIVE_INFINITY)
    const replies = history.filter((message) => read(message, 'role') === 'assistant')
    const found = replies.findLastIndex((reply) => usesOf(reply).some((use) => read(use, 'id') === callId))
    const turn = 1 + (found < 0 ? replies.length : found)
    return this.#steps.call(
      this.runner,
      turn,
      {
        callId,
        tool: name,
        args: input,
        signal: context?.signal,
        run: ({ signal }) => run(input, { ...context, signal }),
      },
      () => this.#emissionOf(replies[found]),
      { turn, provider: 'anthropic', model: toText(read(read(this.runner, 'params'), 'model')) || undefined },
    )
  }

  #emissionOf(reply: unknown): Emission | null {
    if (reply === undefined) return null
    const uses = usesOf(reply)
    const ids = uses.filter((use) => this.#names.has(toText(read(use, 'name'))) && !read(use, 'toolset_name'))
    return { ids: ids.map((use) => toText(read(use, 'id'))), total: uses.length }
  }
}

function usesOf(message: unknown): unknown[] {
  const content = toList(read(message, 'content'), Number.POSITIVE_INFINITY)
  return content.filter((block) => read(block, 'type') === 'tool_use')
}

/** An answer to one `tool_use` block. */
export interface ToolResultBlock {
  type: 'tool_result'
  tool_use_id: string
  // biome-ignore lint/suspicious/noExplicitAny: text, or blocks of the SDK's own types
  content: any
  is_error?: true
}

/** What is used of a message. */
interface Message {
  readonly content: readonly object[] | string
  readonly model?: string | undefined
  readonly usage?: { readonly input_tokens: number; readonly output_tokens: number } | undefined
}

/**
 * Answers the `tool_use` blocks of a hand-written loop, under the mode: the content of the user message that is
 * to follow, one block for each call in their order, a failed one marked as the tool runner marks it. A tool
 * gives text, content blocks, or anything else to be sent as JSON. Give it whole messages; a streamed one is
 * whole after `finalMessage()` of the SDK's stream.
 */
export function anthropicToolCalls(
  scope: Parascope,
  options: AnsweringOptions,
): (message: Message, context?: BatchContext) => Promise<ToolResultBlock[]> {
  const answering = createAnswering(scope, options)
  return async (message, context) => {
    const calls = usesOf(message).map((use) => ({
      callId: toText(read(use, 'id')),
      tool: toText(read(use, 'name')),
      args: read(use, 'input'),
    }))
    const facts: TurnContext = {
      provider: 'anthropic',
      model: message.model,
      inputTokens: message.usage?.input_tokens,
      outputTokens: message.usage?.output_tokens,
    }
    const results = await answering.answer(calls, { ...facts, ...context })
    return results.map(({ callId, isError, value }) => ({
      type: 'tool_result',
      tool_use_id: callId,
      content: isBlocks(value) ? value : textOf(value),
      ...(isError ? { is_error: true } : {}),
    }))
  }
}

const isBlocks = (value: unknown) =>
  Array.isArray(value) && value.every((block) => isObject(block) && typeof read(block, 'type') === 'string')
