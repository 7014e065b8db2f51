import { isObject, read, toText } from '../guard.ts'
import type { CallContext, Parascope } from '../types.ts'
import type { AdapterOptions } from './options.ts'
import { coreOf, parsePlan } from './plan.ts'
import { Steps } from './step.ts'

/*
 * OpenAI's Agents SDK. A tool's `execute` gets the run's context and the call, and nothing of the response that
 * emitted it. The run's context is one object for the whole run, and its usage counts the model's responses:
 * both together are the step. How many calls the response held is not told, so a step gathers what comes in
 * one burst.
 */

/** What is used of the options of `tool()`. */
interface ToolOptions {
  readonly name?: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: tools have argument and context types of their own
  readonly execute: (input: any, runContext?: any, details?: any) => unknown
}

/**
 * Prepares the options of the SDK's `tool()` so that its calls obey the mode: `tool(prepare({ name, … }))`. Use
 * one `prepare` for all tools of an agent, since its batches are among the tools it has prepared. The SDK's own
 * `timeoutMs` counts from before a call's turn comes; `deadlineMs` counts from its start.
 */
export function openaiAgents(
  scope: Parascope,
  options?: AdapterOptions,
): <T extends ToolOptions>(toolOptions: T) => T {
  const core = coreOf(scope)
  if (core === null) return (toolOptions) => toolOptions
  const steps = new Steps(core, parsePlan(core, options))
  return (toolOptions) => {
    const { execute } = toolOptions
    const tool = toText(toolOptions.name) || toText(read(execute, 'name'))
    const wrapped: ToolOptions['execute'] = (input, runContext: unknown, details: unknown) => {
      const run = isObject(runContext) ? runContext : {}
      const responses = read(read(run, 'usage'), 'requests')
      const turn = typeof responses === 'number' ? responses : undefined
      return steps.call(
        run,
        turn,
        {
          callId: toText(read(read(details, 'toolCall'), 'callId')) || `call_${crypto.randomUUID()}`,
          tool,
          args: input,
          signal: read(details, 'signal') as AbortSignal | undefined,
          run: ({ signal }: CallContext) =>
            execute.call(toolOptions, input, runContext, { ...(details as object), signal }),
        },
        () => null,
        { turn, provider: 'openai' },
      )
    }
    return { ...toolOptions, execute: wrapped }
  }
}
