import type { ComponentTable, ComponentTally } from '#db/components.ts'
import { type ComponentStore, joinComponents } from '../assemble/components.ts'

/** Past it a component takes in no more: a conversation id that never changes would hold everything together. */
const MAX_COMPONENT_SPANS = 100_000

/** What a span adds to its component. */
export interface Growth {
  readonly spans: number
  readonly bytes: number
  readonly isRecognised: boolean
}

/** Finds the components of the spans of one request, and counts those in memory until they are all known. */
export class ComponentIndex {
  readonly #table: ComponentTable
  readonly #nowMs: number
  readonly #onAbsorb: (component: number, into: number) => void
  readonly #store: ComponentStore
  readonly #keys = new Map<string, number>()
  /** Null = none has taken it in. */
  readonly #parents = new Map<number, number | null>()
  readonly #tallies = new Map<number, ComponentTally>()

  constructor(table: ComponentTable, nowMs: number, onAbsorb: (component: number, into: number) => void) {
    this.#table = table
    this.#nowMs = nowMs
    this.#onAbsorb = onAbsorb
    this.#store = {
      componentOf: (key) => this.#componentOf(key),
      setComponent: (key, component) => this.#setComponent(key, component),
      parentOf: (component) => this.#parentOf(component),
      setParent: (component, parent) => this.#setParent(component, parent),
      weightOf: (component) => this.#tally(component).spans,
      // The weight is the number of spans, which is counted as they are added.
      setWeight: () => undefined,
      newComponent: () => table.newComponent(nowMs),
    }
  }

  /** The component of a span with these keys; what they hold together is joined. */
  place(keys: readonly string[]): number {
    const { component, absorbed } = joinComponents(keys, this.#store)
    for (const taken of absorbed) this.#absorb(taken, component)
    if (this.#tally(component).spans < MAX_COMPONENT_SPANS) return component
    const next = this.#table.newComponent(this.#nowMs)
    for (const key of keys) this.#setComponent(key, next)
    return next
  }

  /** Counts a span that came now. */
  grow(component: number, { spans, bytes, isRecognised }: Growth): void {
    const tally = this.#tally(component)
    this.#tallies.set(component, {
      spans: tally.spans + spans,
      bytes: tally.bytes + bytes,
      isRecognised: tally.isRecognised || isRecognised,
      dirtySinceMs: tally.dirtySinceMs ?? this.#nowMs,
      lastSpanMs: Math.max(tally.lastSpanMs, this.#nowMs),
    })
  }

  flush(): void {
    for (const [component, tally] of this.#tallies) this.#table.setTally(component, tally)
  }

  #absorb(component: number, into: number): void {
    const [taken, tally] = [this.#tally(component), this.#tally(into)]
    this.#onAbsorb(component, into)
    this.#tallies.set(into, {
      spans: tally.spans + taken.spans,
      bytes: tally.bytes + taken.bytes,
      isRecognised: tally.isRecognised || taken.isRecognised,
      dirtySinceMs: tally.dirtySinceMs ?? taken.dirtySinceMs ?? this.#nowMs,
      lastSpanMs: Math.max(tally.lastSpanMs, taken.lastSpanMs),
    })
    this.#tallies.set(component, EMPTY)
  }

  #parentOf(component: number): number | undefined {
    const known = this.#parents.get(component)
    if (known !== undefined) return known ?? undefined
    const parent = this.#table.parentOf(component)
    this.#parents.set(component, parent ?? null)
    return parent
  }

  #setParent(component: number, parent: number): void {
    this.#parents.set(component, parent)
    this.#table.setParent(component, parent)
  }

  #componentOf(key: string): number | undefined {
    const known = this.#keys.get(key) ?? this.#table.componentOf(key)
    if (known !== undefined) this.#keys.set(key, known)
    return known
  }

  #setComponent(key: string, component: number): void {
    this.#keys.set(key, component)
    this.#table.setComponent(key, component)
  }

  #tally(component: number): ComponentTally {
    const tally = this.#tallies.get(component) ?? this.#table.tallyOf(component)
    this.#tallies.set(component, tally)
    return tally
  }
}

const EMPTY: ComponentTally = { spans: 0, bytes: 0, isRecognised: false, dirtySinceMs: null, lastSpanMs: 0 }
