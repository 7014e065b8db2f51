import { LIMITS } from '#lib/contract/ingest.ts'
import { OtlpFault } from './fault.ts'

/**
 * What one request may hold. Far above what instrumentation sends (the SDKs' own defaults are 128 attributes,
 * events and links), because a span that is refused is a call that is missing. What they keep out is a body
 * of some bytes an item that would become gigabytes of objects.
 */
export const OTLP_LIMITS = {
  spansPerRequest: 100_000,
  /** OpenInference writes a conversation as an attribute for every field of every message. */
  attributesPerList: 10_000,
  eventsPerSpan: 10_000,
  linksPerSpan: 10_000,
  keyChars: 1_024,
  /** Of a name, a status message or an attribute's text; messages with pictures in them are long. */
  textChars: 4 << 20,
  /** Lists and maps in the value of an attribute. */
  nesting: 16,
  /** Lists, maps and their entries, events and links of all spans together. */
  containersPerRequest: 500_000,
  /** What the contract takes for the time of a batch, in nanoseconds. */
  unixNanoMin: BigInt(LIMITS.epochMsMin) * 1_000_000n,
  unixNanoMax: BigInt(LIMITS.epochMsMax) * 1_000_000n,
} as const

/** The text, if it is not too long. @throws OtlpFault */
export function boundText(field: string, text: string, maxChars: number = OTLP_LIMITS.textChars): string {
  if (text.length > maxChars)
    throw new OtlpFault(field, `has ${text.length} characters, more than ${maxChars}`)
  return text
}

/** @throws OtlpFault when a list has more than `max` items */
export function boundCount(field: string, count: number, max: number): void {
  if (count > max) throw new OtlpFault(field, `has more than ${max} items`)
}

/** @throws OtlpFault when a value is nested too deep */
export function boundDepth(field: string, depth: number): void {
  if (depth > OTLP_LIMITS.nesting)
    throw new OtlpFault(field, `nests deeper than ${OTLP_LIMITS.nesting} lists and maps`)
}
