import type { AlertKey, AlertKind } from '#lib/model/alert.ts'

/** The tools that a key names, each once, in the order of the key; none where it covers all of an agent's. */
export function listKeyTools({ tool, sibling, tools = [], signature }: AlertKey): string[] {
  const inSignature = signature === undefined || signature === '' ? [] : signature.split('+')
  const named = [tool, sibling].filter((name) => name !== undefined)
  return [...new Set([...named, ...tools, ...inSignature])]
}

/** Of which of the key's tools a batch must hold some, to have anything to say about an alert. */
export function toolsNeeded(kind: AlertKind, key: AlertKey): { names: string[]; match: 'any' | 'all' } {
  const names = listKeyTools(key)
  return { names, match: SHARED_BY_ANY.has(kind) ? 'any' : 'all' }
}

/** Kinds whose tools need not come together. */
const SHARED_BY_ANY: ReadonlySet<AlertKind> = new Set(['collapse', 'convoy', 'missed'])

/** `a`, `a and b`, `a, b and c`. */
export function joinNames(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}
