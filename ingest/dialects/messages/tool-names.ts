import { nameOf } from '../attributes.ts'
import { firstOf, isFields, member } from '../json.ts'

/** The names of the tools that a request offers, in the forms of OpenAI, Anthropic and Gemini. */
export function readToolNames(definitions: unknown, depth = 0): ReadonlySet<string> {
  if (depth > 4) return new Set()
  if (Array.isArray(definitions)) {
    return new Set(definitions.flatMap((item) => [...readToolNames(item, depth + 1)]))
  }
  if (!isFields(definitions)) return new Set()
  const inner = firstOf(definitions, 'function', 'functionDeclarations', 'function_declarations', 'toolSpec')
  if (inner !== undefined && typeof inner === 'object') return readToolNames(inner, depth + 1)
  const name = nameOf(member(definitions, 'name'))
  return new Set(name === null ? [] : [name])
}
