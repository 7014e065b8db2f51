import { type FieldFault, RequestError } from '../errors.ts'
import { OtlpFault } from './fault.ts'
import { OTLP_LIMITS } from './limits.ts'
import type { OtlpSpan } from './span.ts'

/** Enough to see what is wrong, however many spans have it. */
const MAX_FAULTS = 20

/** A span that was refused: its place among all spans of the request, the field at fault, and why. */
export interface RejectedSpan extends FieldFault {
  readonly index: number
}

/** What a request held. */
export interface DecodedSpans {
  readonly spans: readonly OtlpSpan[]
  /** `faults` are the first of `count`. */
  readonly rejected: { readonly count: number; readonly faults: readonly RejectedSpan[] }
}

/** Where a span stands: `resourceSpans[i].scopeSpans[j].spans[k]`. */
export interface Place {
  resource: number
  scope: number
  span: number
}

/** Gathers the spans of a request, good and bad, and holds it to what a request may take. */
export class SpanCollector {
  readonly place: Place = { resource: -1, scope: -1, span: -1 }
  readonly #spans: OtlpSpan[] = []
  readonly #faults: RejectedSpan[] = []
  #index = -1
  #rejected = 0
  #containersLeft: number = OTLP_LIMITS.containersPerRequest

  /** To be called as each span begins; false when there were too many, and this one is refused already. */
  begin(): boolean {
    this.#index += 1
    this.place.span += 1
    if (this.#index < OTLP_LIMITS.spansPerRequest) return true
    this.reject('', `is beyond the first ${OTLP_LIMITS.spansPerRequest} of a request`)
    return false
  }

  /** Takes one list, map, event or link from what the request may have. @throws OtlpFault when it is used up */
  takeContainer(field: string): void {
    this.#containersLeft -= 1
    if (this.#containersLeft < 0)
      throw new OtlpFault(
        field,
        `is beyond the ${OTLP_LIMITS.containersPerRequest} lists and maps of a request`,
      )
  }

  /** Ends a span that was read: taken if it is a span by what it says. */
  add(span: OtlpSpan): void {
    const fault = findSpanFault(span)
    if (fault === null) this.#spans.push(span)
    else this.reject(fault.path, fault.reason)
  }

  /** Ends a span that could not be read. Errors that are not of the sender's making are thrown on. */
  rejectFor(error: unknown): void {
    if (!(error instanceof OtlpFault)) throw error
    this.reject(error.path, error.reason)
  }

  reject(field: string, reason: string): void {
    const { resource, scope, span } = this.place
    const path = `resourceSpans[${resource}].scopeSpans[${scope}].spans[${span}]`
    this.#refuse(field === '' ? path : `${path}.${field}`, reason)
  }

  /** Ends a span whose resource or scope could not be read: the fault has its whole path already. */
  rejectWith({ path, reason }: OtlpFault): void {
    this.#refuse(path, reason)
  }

  /** The path of the resource or the scope that is being read. */
  pathOf(holder: 'resource' | 'scope'): string {
    const { resource, scope } = this.place
    if (holder === 'resource') return `resourceSpans[${resource}].resource`
    return `resourceSpans[${resource}].scopeSpans[${scope}].scope`
  }

  #refuse(path: string, reason: string): void {
    this.#rejected += 1
    if (this.#faults.length < MAX_FAULTS) this.#faults.push({ index: this.#index, path, reason })
  }

  /** Everything that was gathered. */
  finish(): DecodedSpans {
    return { spans: this.#spans, rejected: { count: this.#rejected, faults: this.#faults } }
  }
}

/** A fault outside of any span leaves nothing to go on with: the request as a whole is refused. */
export function toRequestError(error: unknown): unknown {
  if (!(error instanceof OtlpFault)) return error
  const { path, reason } = error
  const detail = path === '' ? `The body ${reason}.` : `\`${path}\` ${reason}.`
  return new RequestError(400, detail, { faults: [{ path, reason }] })
}

const ZERO_TRACE_ID = '0'.repeat(32)
const ZERO_SPAN_ID = '0'.repeat(16)

function findSpanFault(span: OtlpSpan): FieldFault | null {
  return (
    findIdFault('traceId', span.traceId, ZERO_TRACE_ID) ??
    findIdFault('spanId', span.spanId, ZERO_SPAN_ID) ??
    findTimeFault('startTimeUnixNano', span.startUnixNano) ??
    findTimeFault('endTimeUnixNano', span.endUnixNano)
  )
}

function findIdFault(path: string, id: string, zero: string): FieldFault | null {
  if (id === '') return { path, reason: 'is required' }
  if (id.length !== zero.length) return { path, reason: describeLength(id, zero) }
  return id === zero ? { path, reason: 'must not be all zeros' } : null
}

/** The id of the parent, null for a root. @throws OtlpFault when it is no id */
export function toParentId(id: string): string | null {
  if (id === '' || id === ZERO_SPAN_ID) return null
  if (id.length !== ZERO_SPAN_ID.length) throw new OtlpFault('parentSpanId', describeLength(id, ZERO_SPAN_ID))
  return id
}

/** An id of a link, which may point nowhere: then it is all zeros. @throws OtlpFault when it is no id */
export function toLinkId(field: 'traceId' | 'spanId', id: string): string {
  const zero = field === 'traceId' ? ZERO_TRACE_ID : ZERO_SPAN_ID
  if (id === '') return zero
  if (id.length !== zero.length) throw new OtlpFault(field, describeLength(id, zero))
  return id
}

function describeLength(id: string, zero: string): string {
  return `must be ${zero.length} hexadecimal digits, not ${id.length}`
}

function findTimeFault(path: string, unixNano: bigint): FieldFault | null {
  if (unixNano === 0n) return { path, reason: 'is required' }
  if (unixNano < OTLP_LIMITS.unixNanoMin)
    return { path, reason: 'must be nanoseconds since 1970, after 2001' }
  if (unixNano > OTLP_LIMITS.unixNanoMax)
    return { path, reason: 'must be nanoseconds since 1970, before the year 2100' }
  return null
}
