import type { EmittedCall, ModelFacts, ReturnedResult } from '../facts.ts'
import type { Fingerprint } from '../fingerprint.ts'
import { tell } from '../json.ts'
import { unwrapResult } from '../outcome.ts'
import type { Told } from './read-messages.ts'
import type { ToldCall } from './told-call.ts'
import { isFailure, type ToldResult } from './told-result.ts'

/** So many ids of a history join the traces of a run. */
const MAX_IDS = 64
/** What came back of a call is looked for in so many histories after it, or among so many results. */
const LATER_TURNS = 3
const MIN_PRINTED = 12

export function printCall({ callId, tool, args }: ToldCall, print: Fingerprint): EmittedCall {
  const { key, fp, bytes, excerpt } = print(args)
  const call = { callId, tool, argumentsKey: key, argsFp: fp, argsBytes: bytes }
  return excerpt === null ? call : { ...call, argsExcerpt: excerpt }
}

/**
 * What a model call says by the messages in its input: of a long history the end. All of it in each turn would take
 * the square of the run's length.
 */
export function printHistory(
  { answers, results }: Told,
  print: Fingerprint,
): Pick<ModelFacts, 'earlier' | 'returned'> {
  const late = answers.slice(-LATER_TURNS).reduce((count, calls) => count + calls.length, 0)
  const printed = Math.max(MIN_PRINTED, late)
  const newest = results.slice(-Math.max(MAX_IDS, printed))
  const printedFrom = newest.length - printed
  return {
    earlier: {
      count: answers.length,
      last: answers.at(-1)?.map((call) => printCall(call, print)) ?? [],
    },
    returned: newest.map((result, i) => (i < printedFrom ? nameResult(result) : printResult(result, print))),
  }
}

function printResult(told: ToldResult, print: Fingerprint): ReturnedResult {
  const value = tell(told.result)
  const { fp, bytes } = print(unwrapResult(value))
  return { ...nameResult(told), resultFp: fp, resultBytes: bytes, failed: isFailure(told, value) }
}

function nameResult({ callId, tool }: ToldResult): ReturnedResult {
  return { callId, tool, resultFp: [], resultBytes: null, failed: null }
}
