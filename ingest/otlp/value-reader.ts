import type { SpanCollector } from './collect.ts'
import { type AttributeMap, createAttributeMap } from './draft.ts'
import { within } from './fault.ts'
import { boundCount, boundDepth, boundText, OTLP_LIMITS } from './limits.ts'
import type { OtlpValue } from './span.ts'
import type { WireReader } from './wire.ts'

/** Reads attributes, and the values in them, from protobuf. */
export class ValueReader {
  readonly #reader: WireReader
  readonly #collector: SpanCollector

  constructor(reader: WireReader, collector: SpanCollector) {
    this.#reader = reader
    this.#collector = collector
  }

  /** Reads one attribute of a list, the `index`th, into a map. */
  attribute(attributes: AttributeMap, index: number): void {
    boundCount('attributes', index + 1, OTLP_LIMITS.attributesPerList)
    try {
      this.#keyValue(attributes, 0)
    } catch (error) {
      throw within(error, `attributes[${index}]`)
    }
  }

  /** Of two values under one key the last is taken, in both encodings. */
  #keyValue(into: AttributeMap, depth: number): void {
    const reader = this.#reader
    const outer = reader.enter('')
    let key = ''
    let value: OtlpValue = null
    for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
      if (field === 1) key = boundText('key', reader.key('key'), OTLP_LIMITS.keyChars)
      else if (field === 2) value = this.#valueOf(depth)
      else reader.skip()
    }
    reader.leave(outer)
    into[key] = value
  }

  /** The value of a key. */
  #valueOf(depth: number): OtlpValue {
    try {
      return this.#value(depth)
    } catch (error) {
      throw within(error, 'value')
    }
  }

  #value(depth: number): OtlpValue {
    const reader = this.#reader
    const outer = reader.enter('')
    let value: OtlpValue = null
    for (let field = reader.nextField(); field !== 0; field = reader.nextField())
      value = this.#valueField(field, value, depth)
    reader.leave(outer)
    return value
  }

  #valueField(field: number, before: OtlpValue, depth: number): OtlpValue {
    const reader = this.#reader
    switch (field) {
      case 1:
        return boundText('stringValue', reader.text('stringValue'))
      case 2:
        return reader.bool('boolValue')
      case 3:
        return reader.int64('intValue')
      case 4:
        return reader.double('doubleValue')
      case 5:
        return this.#list(depth + 1)
      case 6:
        return this.#map(depth + 1)
      case 7:
        return reader.bytes('bytesValue')
      default:
        reader.skip()
        return before
    }
  }

  #list(depth: number): OtlpValue {
    const reader = this.#reader
    const outer = reader.enter('arrayValue')
    boundDepth('arrayValue', depth)
    this.#collector.takeContainer('arrayValue')
    const values: OtlpValue[] = []
    try {
      for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
        if (field === 1) values.push(this.#value(depth))
        else reader.skip()
      }
    } catch (error) {
      throw within(error, `arrayValue.values[${values.length}]`)
    }
    reader.leave(outer)
    return values
  }

  #map(depth: number): OtlpValue {
    const reader = this.#reader
    const outer = reader.enter('kvlistValue')
    boundDepth('kvlistValue', depth)
    this.#collector.takeContainer('kvlistValue')
    const values = createAttributeMap()
    let index = 0
    try {
      for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
        if (field !== 1) {
          reader.skip()
          continue
        }
        this.#collector.takeContainer('')
        this.#keyValue(values, depth)
        index += 1
      }
    } catch (error) {
      throw within(error, `kvlistValue.values[${index}]`)
    }
    reader.leave(outer)
    return values
  }
}
