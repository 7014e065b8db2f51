import type { OtlpAttributes, OtlpSpan, OtlpValue } from '#ingest/otlp/span.ts'
import type { RenamedRun } from './rename-ids.ts'

/*
 * Spans without what many instrumentations leave out or users switch off. What is taken away is found by what it
 * is, not by the names of any dialect, so that it works for recordings that nobody here has seen.
 */

export function withoutParents(span: OtlpSpan): OtlpSpan {
  return { ...span, parentSpanId: null }
}

/** Without the ids of calls, wherever they stand: in attributes, in events, in JSON within texts. */
export function withoutCallIds(span: OtlpSpan, { callIds }: RenamedRun): OtlpSpan {
  const ids = new Set(callIds.values())
  return withAttributes(span, (attributes) => dropIds(attributes, ids))
}

function dropIds(attributes: OtlpAttributes, ids: ReadonlySet<string>): OtlpAttributes {
  const kept = Object.entries(attributes).filter(([, value]) => !isIn(value, ids))
  return Object.fromEntries(kept.map(([key, value]) => [key, dropIdsIn(value, ids)]))
}

function dropIdsIn(value: OtlpValue, ids: ReadonlySet<string>): OtlpValue {
  if (typeof value === 'string') return dropIdsInText(value, ids)
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value
  if (isList(value)) return value.filter((item) => !isIn(item, ids)).map((item) => dropIdsIn(item, ids))
  return dropIds(value, ids)
}

/** JSON stays JSON, without the fields that held an id; in any other text the id leaves a gap. */
function dropIdsInText(text: string, ids: ReadonlySet<string>): string {
  const held = [...ids].filter((id) => text.includes(id))
  if (held.length === 0) return text
  if (text.startsWith('{') || text.startsWith('[')) {
    const parsed = parseOrNull(text)
    if (parsed !== null) return JSON.stringify(dropIdsIn(parsed, ids))
  }
  return held.reduce((rest, id) => rest.replaceAll(id, ''), text)
}

function isIn(value: OtlpValue, ids: ReadonlySet<string>): boolean {
  return typeof value === 'string' && ids.has(value)
}

function parseOrNull(text: string): OtlpValue {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Words of a key whose value is what people or models said, or what tools took and gave. */
const CONTENT =
  /messages?|content|schema|prompt|completion|arguments?|args|result|responses?\.(?:text|object|tool)|input|output|toolcalls?$|tool_calls|definitions?|instructions|parameters|payload|body|tools?$/i
/** Those that are of a call or its model all the same. */
const NOT_CONTENT = /tokens?|usage|mime|[._]type$|[._]id$|[._]name$|finish|count|cost/i

/** Without messages, arguments and results, as with content capture switched off. Names, ids and numbers stay. */
export function withoutContents(span: OtlpSpan): OtlpSpan {
  return withAttributes(span, (attributes) =>
    Object.fromEntries(Object.entries(attributes).filter(([key, value]) => !isContent(key, value))),
  )
}

function isContent(key: string, value: OtlpValue): boolean {
  const isLong = typeof value === 'string' || (typeof value === 'object' && value !== null)
  if (!isLong) return false
  // A field of a message is part of it, whatever its own name.
  if (/messages?\.\d|prompts?\.\d|completions?\.\d|candidates?\.\d/i.test(key)) return true
  return CONTENT.test(key) && !NOT_CONTENT.test(key)
}

function withAttributes(span: OtlpSpan, change: (attributes: OtlpAttributes) => OtlpAttributes): OtlpSpan {
  return {
    ...span,
    attributes: change(span.attributes),
    events: span.events.map((event) => ({ ...event, attributes: change(event.attributes) })),
  }
}

function isList(value: OtlpValue): value is readonly OtlpValue[] {
  return Array.isArray(value)
}
