import { formatNoun } from '#lib/format/number.ts'
import { middleTruncate } from '#lib/format/text.ts'
import { computeConcurrency } from '#lib/intervals/concurrency.ts'
import type { Call, Intent } from '#lib/model/batch.ts'
import { siblingsMarked } from '#lib/model/marks.ts'

/** Calls at once, with no cap at all, that are worth a warning. */
const FAN_OUT = 16
const NAME_CHARS = 32

const nameOf = (tool: string) => middleTruncate(tool, NAME_CHARS)

/**
 * What looks wrong about how the calls of a batch were let go, in sentences. `canDeclare`: the sender has a way
 * to say what its tools do, which spans have not.
 */
export function warnOfPlan(intent: Intent, calls: readonly Call[], canDeclare: boolean): string[] {
  const unclassified = canDeclare ? warnOfUnclassified(calls) : []
  return [...warnOfDependent(calls), ...warnOfFanOut(intent, calls), ...unclassified]
}

function warnOfDependent(calls: readonly Call[]): string[] {
  const toolOf = new Map(calls.map(({ callId, tool }) => [callId, tool]))
  return calls.flatMap(({ tool, marks }) =>
    siblingsMarked(marks, 'looks-dependent').map(
      (id) =>
        `${nameOf(tool)} looks dependent on ${nameOf(toolOf.get(id) ?? id)}, beside which it was emitted: it left an argument empty that the other's result would have filled.`,
    ),
  )
}

function warnOfFanOut({ mode, concurrency, toolCaps }: Intent, calls: readonly Call[]): string[] {
  const isCapped = concurrency !== null || (toolCaps !== null && toolCaps.size > 0)
  if (mode !== 'parallel' || isCapped) return []
  const peak = computeConcurrency(calls).reduce((most, { inFlight }) => Math.max(most, inFlight), 0)
  return peak > FAN_OUT ? [`${peak} calls ran at once, and nothing capped them.`] : []
}

function warnOfUnclassified(calls: readonly Call[]): string[] {
  const tools = [...new Set(calls.filter(({ effect }) => effect === 'unknown').map(({ tool }) => tool))]
  const [first] = tools
  if (first === undefined) return []
  const more = tools.length > 1 ? ` and ${formatNoun(tools.length - 1, 'other tool', 'other tools')}` : ''
  return [`Nobody said what ${nameOf(first)}${more} does: where writes are kept apart it counts as one.`]
}
