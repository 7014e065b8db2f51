/** A value of an attribute. Integers beyond the safe range are bigints; bytes stay bytes; maps and lists nest. */
export type OtlpValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly OtlpValue[]
  | { readonly [key: string]: OtlpValue }

export type OtlpAttributes = Readonly<Record<string, OtlpValue>>

export interface OtlpEvent {
  readonly name: string
  readonly timeUnixNano: bigint
  readonly attributes: OtlpAttributes
}

export interface OtlpLink {
  readonly traceId: string
  readonly spanId: string
  readonly attributes: OtlpAttributes
}

/** Of the emitter: `STATUS_CODE_UNSET`, `_OK`, `_ERROR`. */
export type OtlpStatusCode = 0 | 1 | 2

/** A span as it came over OTLP, whichever encoding it had. Ids are lower-case hexadecimal. */
export interface OtlpSpan {
  readonly traceId: string
  readonly spanId: string
  /** Null for a root. */
  readonly parentSpanId: string | null
  readonly name: string
  readonly kind: number
  readonly startUnixNano: bigint
  readonly endUnixNano: bigint
  readonly attributes: OtlpAttributes
  readonly events: readonly OtlpEvent[]
  readonly links: readonly OtlpLink[]
  readonly status: { readonly code: OtlpStatusCode; readonly message: string }
  /** One object for all spans of a resource, and of a scope. */
  readonly resource: OtlpAttributes
  readonly scope: { readonly name: string; readonly version: string; readonly attributes: OtlpAttributes }
}
