import type { CallContext } from '../../sdk/src/index.ts'
import type { Driver, PlannedCall, ToolFunction } from './lab.ts'

type Tool = (call: PlannedCall, signal: CallContext['signal']) => Promise<unknown>

/** No framework: a loop over plain functions. The signals are the loop's own, one for each call. */
export const wrapDriver: Driver = {
  name: 'wrap(fn) in a loop of one’s own',
  async run({ calls, tools }, adapted) {
    const plain =
      (run: ToolFunction): Tool =>
      ({ args }, signal) =>
        run(args, signal)
    const table = Object.fromEntries(
      Object.entries(tools).map(([tool, run]): [string, Tool] => {
        if (adapted === null) return [tool, plain(run)]
        const { effect } = adapted.options.policies?.[tool] ?? {}
        return [tool, adapted.scope.wrap(plain(run), { tool, effect, callId: ({ callId }) => callId })]
      }),
    )
    const runAll = () =>
      Promise.all(
        calls.map(async (call) => {
          try {
            return { id: call.callId, result: await table[call.tool]?.(call, new AbortController().signal) }
          } catch (error) {
            return { id: call.callId, error: String(error) }
          }
        }),
      )
    const turn = { runId: 'conversation-17', turn: 1, emittedCalls: calls.length }
    return {
      answers: adapted === null ? await runAll() : await adapted.scope.turn(turn, runAll),
      failure: null,
    }
  },
}
