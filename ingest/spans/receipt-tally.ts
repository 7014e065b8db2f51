import type { SpanReceipt } from '#db/span-receipts.ts'
import type { SpanFacts, Unrecognised } from '../dialects/facts.ts'
import { isRecognised } from '../dialects/registry.ts'

/** Spans of a request that are alike to those who look for what is missing. */
export type ReceiptKind = Omit<SpanReceipt, 'lastSeenMs'>

/** Counts the spans of a request by kind. */
export interface ReceiptTally {
  add(read: SpanFacts | Unrecognised): void
  kinds(): ReceiptKind[]
}

export function createReceiptTally(): ReceiptTally {
  const counts = new Map<string, { kind: Omit<ReceiptKind, 'spans'>; spans: number }>()
  return {
    add(read) {
      const kind = kindOf(read)
      const key = `${kind.dialect}\0${kind.scope}\0${kind.spanName}`
      const counted = counts.get(key)
      if (counted === undefined) counts.set(key, { kind, spans: 1 })
      else counted.spans += 1
    },
    kinds: () => [...counts.values()].map(({ kind, spans }) => ({ ...kind, spans })),
  }
}

function kindOf(read: SpanFacts | Unrecognised): Omit<ReceiptKind, 'spans'> {
  if (isRecognised(read)) return { dialect: read.dialect, scope: '', spanName: '', missing: [] }
  const { scopeName, spanName, missing } = read
  return {
    dialect: '',
    scope: scopeName.slice(0, MAX_NAME_CHARS),
    spanName: maskIds(spanName.slice(0, MAX_NAME_CHARS)),
    missing: missing.slice(0, MAX_MISSING),
  }
}

const MAX_NAME_CHARS = 120
const MAX_MISSING = 12

/** Runs of hexadecimal digits as in ids, and numbers. */
const IDS = /\b(?:[0-9a-f]{4,}(?:-[0-9a-f]{4,}){2,}|[0-9a-f]{8,}|\d+)\b/gi

/** A span's name without what differs from one span of its kind to the next. */
function maskIds(name: string): string {
  return name.replace(IDS, '*')
}
