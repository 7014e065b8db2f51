import type { SuspectKind } from '#lib/model/alert.ts'

/** Suspects that are a change at some time; a tool, a sibling or a resource may be to blame besides. */
const IN_TIME: ReadonlySet<SuspectKind> = new Set(['version', 'model', 'mode', 'request', 'time'])

/** The likeliest change among suspects, best first; null when none is one. */
export function findChange<S extends { readonly kind: SuspectKind }>(suspects: readonly S[]): S | null {
  return suspects.find(({ kind }) => IN_TIME.has(kind)) ?? null
}
