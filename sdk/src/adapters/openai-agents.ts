import { isObject, read, toList, toText } from '../guard.ts'
import type { CallContext, Parascope } from '../types.ts'
import { Emissions } from './emissions.ts'
import type { AdapterOptions } from './options.ts'
import { override } from './override.ts'
import { coreOf, parsePlan } from './plan.ts'
import { Steps } from './step.ts'

/*
 * OpenAI's Agents SDK. A tool's `execute` gets the run's context and the call, and nothing of the response that
 * emitted it. The run's context is one object for the whole run, and its usage counts the model's responses:
 * both together are the step. How many calls a response held is told by the model alone: where it is watched,
 * that is known before the first tool runs; where it is not, a step gathers what comes in one burst.
 */

/** What is used of the options of `tool()`. */
interface ToolOptions {
  readonly name?: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: tools have argument and context types of their own
  readonly execute: (input: any, runContext?: any, details?: any) => unknown
}

export interface AgentsTools {
  /** The options of `tool()`, for a tool whose calls obey the mode: `tool(prepare({ name, … }))`. */
  prepare<T extends ToolOptions>(toolOptions: T): T
  /** The model, or the provider of models, that tells what it emitted: for `Agent` or `Runner`. */
  watch<M extends object>(model: M): M
}

/**
 * Tools of an agent whose calls obey the mode. Its batches are among the tools that it has prepared. The SDK's
 * own `timeoutMs` counts from before a call's turn comes; `deadlineMs` counts from its start.
 */
export function openaiAgents(scope: Parascope, options?: AdapterOptions): AgentsTools {
  const core = coreOf(scope)
  if (core === null) return { prepare: (toolOptions) => toolOptions, watch: (model) => model }
  const steps = new Steps(core, parsePlan(core, options))
  const emissions = new Emissions()
  const names = new Set<string>()
  return {
    prepare(toolOptions) {
      const tool = toText(toolOptions.name) || toText(read(toolOptions.execute, 'name'))
      names.add(tool)
      return { ...toolOptions, execute: wrapExecute(steps, emissions, tool, toolOptions) }
    },
    watch: (model) => watch(model, (response) => noteEmission(emissions, response, names)),
  }
}

function wrapExecute(
  steps: Steps,
  emissions: Emissions,
  tool: string,
  toolOptions: ToolOptions,
): ToolOptions['execute'] {
  return (input, runContext: unknown, details: unknown) => {
    const run = isObject(runContext) ? runContext : {}
    const responses = read(read(run, 'usage'), 'requests')
    const turn = typeof responses === 'number' ? responses : undefined
    const callId = toText(read(read(details, 'toolCall'), 'callId')) || `call_${crypto.randomUUID()}`
    const emission = emissions.take(callId)
    return steps.call(
      run,
      turn,
      {
        callId,
        tool,
        args: input,
        signal: read(details, 'signal') as AbortSignal | undefined,
        run: ({ signal }: CallContext) =>
          toolOptions.execute(input, runContext, { ...(details as object), signal }),
      },
      () => emission,
      { turn, provider: 'openai' },
    )
  }
}

function noteEmission(emissions: Emissions, response: unknown, names: ReadonlySet<string>): void {
  const output = toList(read(response, 'output'), Number.POSITIVE_INFINITY)
  const calls = output.filter((item) => read(item, 'type') === 'function_call')
  const usage = read(response, 'usage')
  emissions.note({
    ids: calls
      .filter((call) => names.has(toText(read(call, 'name'))))
      .map((call) => toText(read(call, 'callId'))),
    total: calls.length,
    facts: {
      inputTokens: read(usage, 'inputTokens') as number | undefined,
      outputTokens: read(usage, 'outputTokens') as number | undefined,
    },
  })
}

type Method = (...args: unknown[]) => unknown

/** A model, or a provider of models, whose responses are seen as they pass. */
function watch<M extends object>(model: M, onResponse: (response: unknown) => void): M {
  const getModel = read(model, 'getModel') as Method | undefined
  if (typeof getModel === 'function') {
    return override(model, 'getModel', async (...args: unknown[]) => {
      const found = await getModel.apply(model, args)
      return isObject(found) ? watch(found, onResponse) : found
    })
  }
  const getResponse = read(model, 'getResponse') as Method | undefined
  const stream = read(model, 'getStreamedResponse') as Method | undefined
  if (typeof getResponse !== 'function' || typeof stream !== 'function') return model
  const watched = override(model, 'getResponse', async (...args: unknown[]) => {
    const response = await getResponse.apply(model, args)
    onResponse(response)
    return response
  })
  return override(watched, 'getStreamedResponse', async function* (...args: unknown[]) {
    for await (const event of stream.apply(model, args) as AsyncIterable<unknown>) {
      if (read(event, 'type') === 'response_done') onResponse(read(event, 'response'))
      yield event
    }
  })
}
