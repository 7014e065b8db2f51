import { type DecodedSpans, SpanCollector, toLinkId, toParentId, toRequestError } from './collect.ts'
import {
  createAttributeMap,
  type Draft,
  draftSpan,
  NO_ATTRIBUTES,
  NO_SCOPE,
  type Surroundings,
  toStatusCode,
} from './draft.ts'
import { OtlpFault, within } from './fault.ts'
import { boundCount, boundText, OTLP_LIMITS } from './limits.ts'
import type { OtlpAttributes, OtlpEvent, OtlpLink, OtlpSpan } from './span.ts'
import { ValueReader } from './value-reader.ts'
import { WireReader } from './wire.ts'

/*
 * Reads only the fields that an OtlpSpan has, by their numbers in opentelemetry-proto 1.x, and passes over all
 * others. Fields may come in any order: a resource after its spans too.
 */

/**
 * An ExportTraceServiceRequest in protobuf. A span at fault is rejected by itself: its length says where the next
 * one begins.
 * @throws RequestError 400 when the messages around the spans can't be read
 */
export function decodeProtobuf(bytes: Uint8Array): DecodedSpans {
  const decoder = new Decoder(bytes)
  try {
    return decoder.request()
  } catch (error) {
    throw toRequestError(error)
  }
}

class Decoder {
  readonly #reader: WireReader
  readonly #collector = new SpanCollector()
  readonly #values: ValueReader

  constructor(bytes: Uint8Array) {
    this.#reader = new WireReader(bytes)
    this.#values = new ValueReader(this.#reader, this.#collector)
  }

  request(): DecodedSpans {
    const reader = this.#reader
    const { place } = this.#collector
    for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
      if (field !== 1) {
        reader.skip()
        continue
      }
      place.resource += 1
      place.scope = -1
      try {
        this.#resourceSpans()
      } catch (error) {
        throw within(error, `resourceSpans[${place.resource}]`)
      }
    }
    return this.#collector.finish()
  }

  #resourceSpans(): void {
    const reader = this.#reader
    const { place } = this.#collector
    const outer = reader.enter('')
    const resource = this.#lookAhead('resource', NO_ATTRIBUTES, () => this.#resource())
    for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
      if (field !== 2) {
        reader.skip()
        continue
      }
      place.scope += 1
      place.span = -1
      try {
        this.#scopeSpans(resource)
      } catch (error) {
        throw within(error, `scopeSpans[${place.scope}]`)
      }
    }
    reader.leave(outer)
  }

  #scopeSpans(resource: OtlpAttributes | OtlpFault): void {
    const reader = this.#reader
    const outer = reader.enter('')
    const scope = this.#lookAhead('scope', NO_SCOPE, () => this.#scope())
    const fault = resource instanceof OtlpFault ? resource : scope instanceof OtlpFault ? scope : null
    const around = { resource, scope } as Surroundings
    for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
      if (field === 2) this.#spanOrFault(around, fault)
      else reader.skip()
    }
    reader.leave(outer)
  }

  /**
   * Reads field 1 of a message before all its others, which need it. What is wrong within it is a fault of each
   * span that needs it, and not of the spans beside.
   */
  #lookAhead<T>(name: 'resource' | 'scope', none: T, read: () => T): T | OtlpFault {
    const reader = this.#reader
    const { position, limit } = reader
    let found: T | OtlpFault = none
    for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
      if (field !== 1) {
        reader.skip()
        continue
      }
      const outer = reader.enter(name)
      const end = reader.limit
      try {
        found = read()
      } catch (error) {
        const fault = within(error, this.#collector.pathOf(name))
        if (!(fault instanceof OtlpFault)) throw error
        found = fault
      }
      reader.seek(end, outer)
    }
    reader.seek(position, limit)
    return found
  }

  #resource(): OtlpAttributes {
    const reader = this.#reader
    const attributes = createAttributeMap()
    let count = 0
    for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
      if (field === 1) this.#values.attribute(attributes, count++)
      else reader.skip()
    }
    return attributes
  }

  #scope(): OtlpSpan['scope'] {
    const reader = this.#reader
    const attributes = createAttributeMap()
    let count = 0
    let name = ''
    let version = ''
    for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
      if (field === 1) name = boundText('name', reader.key('name'))
      else if (field === 2) version = boundText('version', reader.key('version'))
      else if (field === 3) this.#values.attribute(attributes, count++)
      else reader.skip()
    }
    return { name, version, attributes }
  }

  #spanOrFault(around: Surroundings, fault: OtlpFault | null): void {
    const reader = this.#reader
    const collector = this.#collector
    const outer = reader.enter('spans')
    const end = reader.limit
    try {
      if (!collector.begin()) return
      if (fault !== null) collector.rejectWith(fault)
      else collector.add(this.#span(around))
    } catch (error) {
      collector.rejectFor(error)
    } finally {
      reader.seek(end, outer)
    }
  }

  #span(around: Surroundings): OtlpSpan {
    const reader = this.#reader
    const span = draftSpan(around)
    const attributes = createAttributeMap()
    const events: OtlpEvent[] = []
    const links: OtlpLink[] = []
    let count = 0
    for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
      switch (field) {
        case 9:
          this.#values.attribute(attributes, count++)
          break
        case 11:
          events.push(this.#event(events.length))
          break
        case 13:
          links.push(this.#link(links.length))
          break
        default:
          this.#spanField(span, field)
      }
    }
    span.attributes = attributes
    span.events = events
    span.links = links
    return span
  }

  #spanField(span: Draft<OtlpSpan>, field: number): void {
    const reader = this.#reader
    switch (field) {
      case 1:
        span.traceId = reader.hex('traceId')
        break
      case 2:
        span.spanId = reader.hex('spanId')
        break
      case 4:
        span.parentSpanId = toParentId(reader.hex('parentSpanId'))
        break
      case 5:
        span.name = boundText('name', reader.key('name'))
        break
      case 6:
        span.kind = reader.int32('kind')
        break
      case 7:
        span.startUnixNano = reader.fixed64('startTimeUnixNano')
        break
      case 8:
        span.endUnixNano = reader.fixed64('endTimeUnixNano')
        break
      case 15:
        span.status = this.#status()
        break
      default:
        reader.skip()
    }
  }

  #status(): OtlpSpan['status'] {
    const reader = this.#reader
    const outer = reader.enter('status')
    const status: Draft<OtlpSpan['status']> = { code: 0, message: '' }
    try {
      for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
        if (field === 2) status.message = boundText('message', reader.text('message'))
        else if (field === 3) status.code = toStatusCode(reader.int32('code'))
        else reader.skip()
      }
    } catch (error) {
      throw within(error, 'status')
    }
    reader.leave(outer)
    return status
  }

  #event(index: number): OtlpEvent {
    const reader = this.#reader
    boundCount('events', index + 1, OTLP_LIMITS.eventsPerSpan)
    const event: Draft<OtlpEvent> = { name: '', timeUnixNano: 0n, attributes: NO_ATTRIBUTES }
    const attributes = createAttributeMap()
    let count = 0
    try {
      const outer = reader.enter('')
      this.#collector.takeContainer('')
      for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
        if (field === 1) event.timeUnixNano = reader.fixed64('timeUnixNano')
        else if (field === 2) event.name = boundText('name', reader.key('name'))
        else if (field === 3) this.#values.attribute(attributes, count++)
        else reader.skip()
      }
      reader.leave(outer)
    } catch (error) {
      throw within(error, `events[${index}]`)
    }
    event.attributes = attributes
    return event
  }

  #link(index: number): OtlpLink {
    const reader = this.#reader
    boundCount('links', index + 1, OTLP_LIMITS.linksPerSpan)
    const attributes = createAttributeMap()
    let count = 0
    let traceId = ''
    let spanId = ''
    try {
      const outer = reader.enter('')
      this.#collector.takeContainer('')
      for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
        if (field === 1) traceId = reader.hex('traceId')
        else if (field === 2) spanId = reader.hex('spanId')
        else if (field === 4) this.#values.attribute(attributes, count++)
        else reader.skip()
      }
      reader.leave(outer)
      return { traceId: toLinkId('traceId', traceId), spanId: toLinkId('spanId', spanId), attributes }
    } catch (error) {
      throw within(error, `links[${index}]`)
    }
  }
}
