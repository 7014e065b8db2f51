import type { OtlpAttributes, OtlpSpan, OtlpStatusCode, OtlpValue } from './span.ts'

/** A message while it is being read. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] }

/** Attributes by name. */
export type AttributeMap = Record<string, OtlpValue>

/**
 * Maps without names of their own: a sender may call an attribute `__proto__` or `constructor`. Made by a
 * constructor because V8 makes a hash table of every object that is created without a prototype, at once.
 */
function Bare() {}
Bare.prototype = Object.create(null)

export function createAttributeMap(): AttributeMap {
  return new (Bare as unknown as new () => AttributeMap)()
}

export const NO_ATTRIBUTES: OtlpAttributes = Object.freeze(createAttributeMap())
export const NO_SCOPE: OtlpSpan['scope'] = Object.freeze({ name: '', version: '', attributes: NO_ATTRIBUTES })

/** What all spans of a resource and of a scope share. */
export interface Surroundings {
  readonly resource: OtlpAttributes
  readonly scope: OtlpSpan['scope']
}

/** A span of which nothing was read yet: what protobuf takes for a field that is not there. */
export function draftSpan({ resource, scope }: Surroundings): Draft<OtlpSpan> {
  return {
    traceId: '',
    spanId: '',
    parentSpanId: null,
    name: '',
    kind: 0,
    startUnixNano: 0n,
    endUnixNano: 0n,
    attributes: NO_ATTRIBUTES,
    events: [],
    links: [],
    status: { code: 0, message: '' },
    resource,
    scope,
  }
}

/** A code that is not defined says nothing: unset. */
export function toStatusCode(code: number): OtlpStatusCode {
  return code === 1 || code === 2 ? code : 0
}
