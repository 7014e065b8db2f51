import type { AlertKey } from '#lib/model/alert.ts'

/** The tools that a key names, each once, in the order of the key; none where it covers all of an agent's. */
export function listKeyTools({ tool, sibling, tools = [], signature }: AlertKey): string[] {
  const inSignature = signature === undefined || signature === '' ? [] : signature.split('+')
  const named = [tool, sibling].filter((name) => name !== undefined)
  return [...new Set([...named, ...tools, ...inSignature])]
}
