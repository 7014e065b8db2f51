import { isObject, read, toList, toText } from '../guard.ts'
import type { Parascope, TurnContext } from '../types.ts'
import type { AdapterOptions } from './options.ts'
import { coreOf, parsePlan } from './plan.ts'
import { type Emission, Steps } from './step.ts'

/*
 * LangChain 1 and LangGraph. `ToolNode` invokes each tool with the tool call and a runtime that holds the
 * node's state; an agent of `createAgent` gives every call a task of its own, whose state is a copy. In both
 * the state ends in the very AI message that emitted the calls: that message is the step. Calls that the
 * thread already holds an answer to are not run again, and not waited for.
 */

/** What is used of a tool of LangChain. */
interface LangChainTool {
  readonly name: string
  // biome-ignore lint/suspicious/noExplicitAny: tools have input and config types of their own
  invoke(input: any, config?: any): Promise<unknown>
}

/**
 * Tools for `ToolNode`, `createAgent` and `bindTools` whose calls obey the mode. Each is the given tool in all
 * but `invoke`, and stands for it wherever the framework takes tools. What is no tool call (a direct `invoke`
 * with arguments) passes unscheduled.
 */
export function langchainTools<T extends readonly unknown[]>(
  scope: Parascope,
  tools: T,
  options?: AdapterOptions,
): T {
  const core = coreOf(scope)
  if (core === null) return tools
  const steps = new Steps(core, parsePlan(core, options))
  const names = new Set(tools.map((tool) => toText(read(tool, 'name'))))
  return tools.map((tool) =>
    typeof read(tool, 'invoke') === 'function' ? wrapTool(steps, names, tool as LangChainTool) : tool,
  ) as unknown as T
}

function wrapTool(steps: Steps, names: ReadonlySet<string>, tool: LangChainTool): LangChainTool {
  const invoke = (input: unknown, config?: object) => {
    if (read(input, 'type') !== 'tool_call') return tool.invoke(input, config)
    const messages = messagesOf(config)
    const message = messages.findLast((each) => isObject(read(each, 'tool_calls')))
    const callId = toText(read(input, 'id')) || toText(read(config, 'toolCallId')) || mintId()
    // A call that is invoked by hand, outside of a graph, is a batch of its own.
    const step = isObject(message) ? message : {}
    return steps.call(
      step,
      step,
      {
        callId,
        tool: tool.name,
        args: read(input, 'args'),
        signal: read(config, 'signal') as AbortSignal | undefined,
        run: ({ signal }) => tool.invoke(input, { ...config, signal }),
      },
      () => (isObject(message) ? emissionOf(messages, message, names) : null),
    )
  }
  return Object.create(tool, {
    invoke: { value: invoke, enumerable: true, writable: true, configurable: true },
  })
}

const mintId = () => `call_${crypto.randomUUID()}`

/** The messages of the graph's state, however the node was given it. */
function messagesOf(config: unknown): unknown[] {
  const state = read(config, 'state')
  return toList(Array.isArray(state) ? state : read(state, 'messages'), Number.POSITIVE_INFINITY)
}

function emissionOf(messages: readonly unknown[], message: object, names: ReadonlySet<string>): Emission {
  const calls = toList(read(message, 'tool_calls'), Number.POSITIVE_INFINITY)
  const answered = new Set(messages.map((each) => read(each, 'tool_call_id')).filter(isText))
  const comesHere = (call: unknown) =>
    names.has(toText(read(call, 'name'))) && !answered.has(toText(read(call, 'id')))
  const usage = read(message, 'usage_metadata')
  const about = read(message, 'response_metadata')
  const facts: TurnContext = {
    turn: messages.filter((each) => isObject(read(each, 'tool_calls'))).length,
    provider: toText(read(about, 'model_provider')) || undefined,
    model: toText(read(about, 'model_name')) || toText(read(about, 'model')) || undefined,
    inputTokens: read(usage, 'input_tokens') as number | undefined,
    outputTokens: read(usage, 'output_tokens') as number | undefined,
  }
  return {
    ids: calls.filter(comesHere).map((call) => toText(read(call, 'id'))),
    total: calls.length,
    facts,
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
