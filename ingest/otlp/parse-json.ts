import { type DecodedSpans, SpanCollector, toLinkId, toParentId, toRequestError } from './collect.ts'
import {
  type AttributeMap,
  createAttributeMap,
  draftSpan,
  NO_ATTRIBUTES,
  NO_SCOPE,
  type Surroundings,
  toStatusCode,
} from './draft.ts'
import { OtlpFault, within } from './fault.ts'
import {
  asObject,
  type JsonObject,
  listOf,
  readBytes,
  readDouble,
  readEnum,
  readFixed64,
  readHex,
  readInt64,
} from './json-fields.ts'
import { boundCount, boundDepth, boundText, OTLP_LIMITS } from './limits.ts'
import type { OtlpAttributes, OtlpEvent, OtlpLink, OtlpSpan, OtlpValue } from './span.ts'

/*
 * Protobuf's JSON mapping with the deviations of OTLP: ids in hexadecimal, enums as integers, fields by their
 * lowerCamelCase names only. A field that is null is absent, and one that is unknown is ignored.
 */

/**
 * An ExportTraceServiceRequest in JSON, already parsed. A span at fault is rejected by itself.
 * Halves of surrogate pairs become U+FFFD, as bytes that are not UTF-8 do in protobuf.
 * @throws RequestError 400 when the objects around the spans can't be read
 */
export function parseJsonRequest(value: unknown): DecodedSpans {
  const parser = new Parser()
  try {
    return parser.request(value)
  } catch (error) {
    throw toRequestError(error)
  }
}

class Parser {
  readonly #collector = new SpanCollector()

  request(value: unknown): DecodedSpans {
    const { place } = this.#collector
    for (const item of listOf(asObject('', value), 'resourceSpans')) {
      place.resource += 1
      place.scope = -1
      try {
        this.#resourceSpans(asObject('', item))
      } catch (error) {
        throw within(error, `resourceSpans[${place.resource}]`)
      }
    }
    return this.#collector.finish()
  }

  #resourceSpans(value: JsonObject): void {
    const { place } = this.#collector
    const resource = this.#orFault('resource', value.resource, NO_ATTRIBUTES, (item) =>
      this.#attributes(item),
    )
    for (const item of listOf(value, 'scopeSpans')) {
      place.scope += 1
      place.span = -1
      try {
        this.#scopeSpans(asObject('', item), resource)
      } catch (error) {
        throw within(error, `scopeSpans[${place.scope}]`)
      }
    }
  }

  #scopeSpans(value: JsonObject, resource: OtlpAttributes | OtlpFault): void {
    const scope = this.#orFault('scope', value.scope, NO_SCOPE, (item) => this.#scope(item))
    const fault = resource instanceof OtlpFault ? resource : scope instanceof OtlpFault ? scope : null
    const around = { resource, scope } as Surroundings
    for (const item of listOf(value, 'spans')) this.#spanOrFault(item, around, fault)
  }

  /** What is wrong with a resource or a scope is a fault of each of its spans, and not of the spans beside. */
  #orFault<T>(
    name: 'resource' | 'scope',
    value: unknown,
    none: T,
    read: (value: JsonObject) => T,
  ): T | OtlpFault {
    if (value == null) return none
    try {
      return read(asObject('', value))
    } catch (error) {
      const fault = within(error, this.#collector.pathOf(name))
      if (!(fault instanceof OtlpFault)) throw error
      return fault
    }
  }

  #scope(value: JsonObject): OtlpSpan['scope'] {
    return {
      name: this.#text('name', value.name),
      version: this.#text('version', value.version),
      attributes: this.#attributes(value),
    }
  }

  #spanOrFault(value: unknown, around: Surroundings, fault: OtlpFault | null): void {
    const collector = this.#collector
    if (!collector.begin()) return
    try {
      if (fault !== null) collector.rejectWith(fault)
      else collector.add(this.#span(asObject('', value), around))
    } catch (error) {
      collector.rejectFor(error)
    }
  }

  #span(value: JsonObject, around: Surroundings): OtlpSpan {
    const span = draftSpan(around)
    span.traceId = readHex('traceId', value.traceId)
    span.spanId = readHex('spanId', value.spanId)
    span.parentSpanId = toParentId(readHex('parentSpanId', value.parentSpanId))
    span.name = this.#text('name', value.name)
    span.kind = readEnum('kind', value.kind)
    span.startUnixNano = readFixed64('startTimeUnixNano', value.startTimeUnixNano)
    span.endUnixNano = readFixed64('endTimeUnixNano', value.endTimeUnixNano)
    span.attributes = this.#attributes(value)
    span.events = this.#events(value)
    span.links = this.#links(value)
    if (value.status != null) span.status = this.#status(asObject('status', value.status))
    return span
  }

  #status(value: JsonObject): OtlpSpan['status'] {
    try {
      return {
        code: toStatusCode(readEnum('code', value.code)),
        message: this.#text('message', value.message),
      }
    } catch (error) {
      throw within(error, 'status')
    }
  }

  #events(value: JsonObject): readonly OtlpEvent[] {
    const items = listOf(value, 'events')
    boundCount('events', items.length, OTLP_LIMITS.eventsPerSpan)
    return items.map((item, index) => {
      try {
        const event = asObject('', item)
        this.#collector.takeContainer('')
        return {
          name: this.#text('name', event.name),
          timeUnixNano: readFixed64('timeUnixNano', event.timeUnixNano),
          attributes: this.#attributes(event),
        }
      } catch (error) {
        throw within(error, `events[${index}]`)
      }
    })
  }

  #links(value: JsonObject): readonly OtlpLink[] {
    const items = listOf(value, 'links')
    boundCount('links', items.length, OTLP_LIMITS.linksPerSpan)
    return items.map((item, index) => {
      try {
        const link = asObject('', item)
        this.#collector.takeContainer('')
        return {
          traceId: toLinkId('traceId', readHex('traceId', link.traceId)),
          spanId: toLinkId('spanId', readHex('spanId', link.spanId)),
          attributes: this.#attributes(link),
        }
      } catch (error) {
        throw within(error, `links[${index}]`)
      }
    })
  }

  #attributes(holder: JsonObject): AttributeMap {
    const items = listOf(holder, 'attributes')
    boundCount('attributes', items.length, OTLP_LIMITS.attributesPerList)
    const attributes = createAttributeMap()
    for (let index = 0; index < items.length; index++) {
      try {
        this.#keyValue(attributes, items[index], 0)
      } catch (error) {
        throw within(error, `attributes[${index}]`)
      }
    }
    return attributes
  }

  #keyValue(into: AttributeMap, item: unknown, depth: number): void {
    const pair = asObject('', item)
    const key = this.#text('key', pair.key, OTLP_LIMITS.keyChars)
    try {
      into[key] = pair.value == null ? null : this.#value(pair.value, depth)
    } catch (error) {
      throw within(error, 'value')
    }
  }

  #value(item: unknown, depth: number): OtlpValue {
    const value = asObject('', item)
    if (value.stringValue != null) return this.#text('stringValue', value.stringValue)
    if (value.intValue != null) return readInt64('intValue', value.intValue)
    if (value.doubleValue != null) return readDouble('doubleValue', value.doubleValue)
    if (value.arrayValue != null) return this.#list(asObject('arrayValue', value.arrayValue), depth + 1)
    if (value.kvlistValue != null) return this.#map(asObject('kvlistValue', value.kvlistValue), depth + 1)
    if (value.bytesValue != null) return readBytes('bytesValue', value.bytesValue)
    if (value.boolValue == null) return null
    if (typeof value.boolValue !== 'boolean') throw new OtlpFault('boolValue', 'must be true or false')
    return value.boolValue
  }

  #list(holder: JsonObject, depth: number): OtlpValue {
    boundDepth('arrayValue', depth)
    this.#collector.takeContainer('arrayValue')
    const values: OtlpValue[] = []
    for (const item of valuesOf('arrayValue', holder)) {
      try {
        values.push(this.#value(item, depth))
      } catch (error) {
        throw within(error, `arrayValue.values[${values.length}]`)
      }
    }
    return values
  }

  #map(holder: JsonObject, depth: number): OtlpValue {
    boundDepth('kvlistValue', depth)
    this.#collector.takeContainer('kvlistValue')
    const values = createAttributeMap()
    for (const [index, item] of valuesOf('kvlistValue', holder).entries()) {
      try {
        this.#collector.takeContainer('')
        this.#keyValue(values, item, depth)
      } catch (error) {
        throw within(error, `kvlistValue.values[${index}]`)
      }
    }
    return values
  }

  #text(field: string, value: unknown, maxChars?: number): string {
    if (value == null) return ''
    if (typeof value !== 'string') throw new OtlpFault(field, 'must be text')
    return boundText(field, value, maxChars).toWellFormed()
  }
}

function valuesOf(field: string, holder: JsonObject): readonly unknown[] {
  try {
    return listOf(holder, 'values')
  } catch (error) {
    throw within(error, field)
  }
}
