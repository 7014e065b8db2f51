import type { OtlpAttributes, OtlpSpan, OtlpValue } from './span.ts'
import { lengthField, message, varintField } from './write-wire.ts'

/*
 * Spans back to the requests that they could have come from, one resource and scope for each span. Written from
 * the .proto files, apart from the decoders, so that a round trip finds what either got wrong.
 */

export function encodeJson(spans: readonly OtlpSpan[]): Buffer {
  const resourceSpans = spans.map((span) => ({
    resource: { attributes: jsonAttributes(span.resource) },
    scopeSpans: [
      {
        scope: {
          name: span.scope.name,
          version: span.scope.version,
          attributes: jsonAttributes(span.scope.attributes),
        },
        spans: [jsonSpan(span)],
      },
    ],
  }))
  return Buffer.from(JSON.stringify({ resourceSpans }))
}

function jsonSpan(span: OtlpSpan) {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: String(span.startUnixNano),
    endTimeUnixNano: String(span.endUnixNano),
    attributes: jsonAttributes(span.attributes),
    events: span.events.map(({ name, timeUnixNano, attributes }) => ({
      name,
      timeUnixNano: String(timeUnixNano),
      attributes: jsonAttributes(attributes),
    })),
    links: span.links.map((link) => ({ ...link, attributes: jsonAttributes(link.attributes) })),
    status: span.status,
  }
}

function jsonAttributes(attributes: OtlpAttributes): unknown[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: jsonValue(value) }))
}

function jsonValue(value: OtlpValue): unknown {
  if (value === null) return {}
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'bigint') return { intValue: String(value) }
  if (typeof value === 'number') return isInteger(value) ? { intValue: value } : jsonDouble(value)
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') }
  if (isList(value)) return { arrayValue: { values: value.map(jsonValue) } }
  return { kvlistValue: { values: jsonAttributes(value) } }
}

function jsonDouble(value: number): unknown {
  return { doubleValue: Number.isFinite(value) && !Object.is(value, -0) ? value : toJsonText(value) }
}

function toJsonText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

/** An integer could have been sent as an int64; negative zero only as a double. */
function isInteger(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0)
}

function isList(value: OtlpValue): value is readonly OtlpValue[] {
  return Array.isArray(value)
}

export function encodeProtobuf(spans: readonly OtlpSpan[]): Buffer {
  return Buffer.concat(
    spans.map((span) => {
      const scope = message(
        lengthField(1, span.scope.name),
        lengthField(2, span.scope.version),
        ...protobufAttributes(3, span.scope.attributes),
      )
      const scopeSpans = message(lengthField(1, scope), lengthField(2, protobufSpan(span)))
      const resource = message(...protobufAttributes(1, span.resource))
      return lengthField(1, message(lengthField(1, resource), lengthField(2, scopeSpans)))
    }),
  )
}

export function protobufSpan(span: OtlpSpan): Uint8Array {
  return message(
    lengthField(1, Buffer.from(span.traceId, 'hex')),
    lengthField(2, Buffer.from(span.spanId, 'hex')),
    lengthField(4, Buffer.from(span.parentSpanId ?? '', 'hex')),
    lengthField(5, span.name),
    varintField(6, span.kind),
    fixed64Field(7, span.startUnixNano),
    fixed64Field(8, span.endUnixNano),
    ...protobufAttributes(9, span.attributes),
    ...span.events.map((event) =>
      lengthField(
        11,
        message(
          fixed64Field(1, event.timeUnixNano),
          lengthField(2, event.name),
          ...protobufAttributes(3, event.attributes),
        ),
      ),
    ),
    ...span.links.map((link) =>
      lengthField(
        13,
        message(
          lengthField(1, Buffer.from(link.traceId, 'hex')),
          lengthField(2, Buffer.from(link.spanId, 'hex')),
          ...protobufAttributes(4, link.attributes),
        ),
      ),
    ),
    lengthField(15, message(lengthField(2, span.status.message), varintField(3, span.status.code))),
  )
}

function protobufAttributes(fieldNumber: number, attributes: OtlpAttributes): Uint8Array[] {
  return Object.entries(attributes).map(([key, value]) =>
    lengthField(fieldNumber, message(lengthField(1, key), lengthField(2, protobufValue(value)))),
  )
}

function protobufValue(value: OtlpValue): Uint8Array {
  if (value === null) return message()
  if (typeof value === 'string') return lengthField(1, value)
  if (typeof value === 'boolean') return varintField(2, value ? 1 : 0)
  if (typeof value === 'bigint') return varintField(3, value)
  if (typeof value === 'number') return isInteger(value) ? varintField(3, value) : doubleField(4, value)
  if (value instanceof Uint8Array) return lengthField(7, value)
  if (isList(value))
    return lengthField(5, message(...value.map((item) => lengthField(1, protobufValue(item)))))
  return lengthField(6, message(...protobufAttributes(1, value)))
}

function fixed64Field(fieldNumber: number, value: bigint): Uint8Array {
  const bytes = Buffer.alloc(9)
  bytes[0] = fieldNumber * 8 + 1
  bytes.writeBigUInt64LE(value, 1)
  return bytes
}

function doubleField(fieldNumber: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(9)
  bytes[0] = fieldNumber * 8 + 1
  bytes.writeDoubleLE(value, 1)
  return bytes
}
