import { isObject, read, toList, toText } from '../guard.ts'
import type { Parascope } from '../types.ts'
import { Emissions } from './emissions.ts'
import type { AdapterOptions } from './options.ts'
import { override } from './override.ts'
import { coreOf, parsePlan } from './plan.ts'
import { Steps } from './step.ts'

/*
 * Mastra. A tool is called with its input and a context made for the call, which names the call and the run,
 * and nothing that the calls of one response share. An output processor is told of each response, with all its
 * calls, before the first of them runs: what it was told is the step. Without the processor, calls of one run
 * that overlap are one batch.
 */

/** What is used of the arguments of `processOutputStep`. */
interface OutputStep {
  readonly stepNumber: number
  readonly toolCalls?: readonly unknown[] | undefined
  readonly usage?: unknown
  // biome-ignore lint/suspicious/noExplicitAny: Mastra's own list of messages, handed back as it came
  readonly messageList: any
}

export interface MastraSettings<T> {
  readonly tools: T
  readonly outputProcessors: {
    readonly id: string
    // biome-ignore lint/suspicious/noExplicitAny: Mastra's own list of messages, handed back as it came
    processOutputStep(step: OutputStep): any
  }[]
}

/**
 * Tools for an agent whose calls obey the mode, and the output processor that tells which belong together:
 * spread both into the options of `new Agent`, or join the processor with others.
 */
export function mastra<T extends Readonly<Record<string, object>>>(
  scope: Parascope,
  tools: T,
  options?: AdapterOptions,
): MastraSettings<T> {
  const core = coreOf(scope)
  if (core === null) return { tools, outputProcessors: [] }
  const steps = new Steps(core, parsePlan(core, options))
  const emissions = new Emissions()
  const runs = new Runs()
  const wrapped = Object.entries(tools).map(([name, tool]) => [
    name,
    wrapTool(steps, emissions, runs, name, tool),
  ])
  return {
    tools: Object.fromEntries(wrapped) as T,
    outputProcessors: [
      {
        id: 'parascope',
        processOutputStep(step) {
          noteEmission(emissions, step, tools)
          return step.messageList
        },
      },
    ],
  }
}

function noteEmission(emissions: Emissions, step: OutputStep, tools: Readonly<Record<string, object>>): void {
  const calls = toList(step.toolCalls, Number.POSITIVE_INFINITY)
  const ours = calls.filter((call) => Object.hasOwn(tools, toText(read(call, 'toolName'))))
  emissions.note({
    ids: ours.map((call) => toText(read(call, 'toolCallId'))),
    total: calls.length,
    facts: {
      turn: step.stepNumber + 1,
      inputTokens: read(step.usage, 'inputTokens') as number | undefined,
      outputTokens: read(step.usage, 'outputTokens') as number | undefined,
    },
  })
}

type Execute = (input: unknown, context?: object) => unknown

function wrapTool(steps: Steps, emissions: Emissions, runs: Runs, name: string, tool: object): object {
  const execute = read(tool, 'execute') as Execute | undefined
  if (typeof execute !== 'function') return tool
  const wrapped: Execute = (input, context) => {
    const callId = toText(read(read(context, 'agent'), 'toolCallId')) || `call_${crypto.randomUUID()}`
    const emission = emissions.take(callId)
    const step = emission ?? runs.keyOf(toText(read(context, 'runId')))
    return steps.call(
      step,
      step,
      {
        callId,
        tool: name,
        args: input,
        signal: read(context, 'abortSignal') as AbortSignal | undefined,
        run({ signal }) {
          // The context is made for this one call and known by its identity: it is not to be copied.
          if (isObject(context)) Reflect.set(context, 'abortSignal', signal)
          return execute.call(tool, input, context)
        },
      },
      () => emission,
      { runId: toText(read(context, 'runId')) || undefined },
    )
  }
  return override(tool, 'execute', wrapped)
}

/** One object a run, for as long as somebody holds it. */
class Runs {
  readonly #keys = new Map<string, WeakRef<object>>()

  keyOf(runId: string): object {
    const known = this.#keys.get(runId)?.deref()
    if (known !== undefined && runId !== '') return known
    const key = {}
    this.#keys.set(runId, new WeakRef(key))
    for (const [id, ref] of this.#keys) if (ref.deref() === undefined) this.#keys.delete(id)
    return key
  }
}
