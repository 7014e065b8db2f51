import { parseJson } from '../json.ts'
import type { ToldCall } from './told-call.ts'

/*
 * An instrumentation that joins the pieces of a stream without looking at their index tells several calls as one:
 * id `call_1call_2`, name `get_aget_b`, arguments `{…}{…}`. They can be told apart again, or else it is not known
 * what was emitted.
 */

/** The calls, merged ones taken apart by the names of the tools that there are; null when there is a merged call that cannot be. */
export function splitMerged(
  calls: readonly ToldCall[],
  tools: () => ReadonlySet<string>,
): readonly ToldCall[] | null {
  const split: ToldCall[] = []
  for (const call of calls) {
    const args = typeof call.args === 'string' ? splitJson(call.args) : null
    if (args === null) {
      split.push(call)
      continue
    }
    const names = splitNames(call.tool, tools(), args.length)
    if (names === null) return null
    const ids = call.callId === null ? null : splitEvenly(call.callId, args.length)
    for (const [i, tool] of names.entries()) split.push({ callId: ids?.[i] ?? null, tool, args: args[i] })
  }
  return split
}

/** The values of a text that is two or more JSON objects after each other; null for anything else. */
function splitJson(text: string): readonly string[] | null {
  if (!/\}\s*\{/.test(text) || parseJson(text) !== undefined) return null
  const values: string[] = []
  let from = 0
  let depth = 0
  let inText = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (inText) {
      if (char === '\\') i++
      else if (char === '"') inText = false
    } else if (char === '"') inText = true
    else if (char === '{' || char === '[') depth++
    else if ((char === '}' || char === ']') && --depth === 0) {
      values.push(text.slice(from, i + 1))
      from = i + 1
    }
  }
  const isWhole = depth === 0 && text.slice(from).trim() === '' && values.length > 1
  return isWhole && values.every((value) => parseJson(value) !== undefined) ? values : null
}

/** The name as exactly `count` of the tools after each other; without tools, one name again and again. */
function splitNames(name: string, tools: ReadonlySet<string>, count: number): readonly string[] | null {
  const known = [...tools].filter((tool) => tool !== '' && name.includes(tool))
  let ways: { rest: string; names: readonly string[] }[] = [{ rest: name, names: [] }]
  for (let i = 0; i < count && ways.length > 0; i++) {
    ways = ways.flatMap(({ rest, names }) =>
      known
        .filter((tool) => rest.startsWith(tool))
        .map((tool) => ({ rest: rest.slice(tool.length), names: [...names, tool] })),
    )
    // Names that are prefixes of names could branch without end.
    if (ways.length > 64) return null
  }
  const whole = ways.filter((way) => way.rest === '')
  if (whole.length === 1) return whole[0]?.names ?? null
  const same = splitEvenly(name, count)
  return whole.length === 0 && same !== null && new Set(same).size === 1 ? same : null
}

/** Ids of one provider are of one length and begin alike. */
function splitEvenly(text: string, count: number): readonly string[] | null {
  const length = text.length / count
  if (!Number.isInteger(length) || length === 0) return null
  const pieces = Array.from({ length: count }, (_, i) =>
    text.slice(i * length, (i + 1) * length).toWellFormed(),
  )
  const begin = text.slice(0, Math.min(3, length))
  return pieces.every((piece) => piece.startsWith(begin)) ? pieces : null
}
