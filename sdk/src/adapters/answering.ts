import { messageOf } from '../failure.ts'
import { isObject, read, toText } from '../guard.ts'
import type { BatchContext, Envelope, Parascope } from '../types.ts'
import type { AnsweringOptions, EmittedCall } from './options.ts'

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
