import { RunAssembler } from '../assemble/run-assembler.ts'
import type { SpanFacts } from '../dialects/facts.ts'

/** An assembler with what came for it since it last worked. */
export interface CachedAssembler {
  readonly assembler: RunAssembler
  pending: SpanFacts[]
  spans: number
  /** True when all of the component was assembled together since the last span. */
  isSettled: boolean
}

/** Spans that the assemblers in memory may hold together, 2 kB each; the one at work is kept whatever it holds. */
const MAX_SPANS = 10_000

/** Keeps the assemblers of the components at work, by component; the least recently used go first. */
export class AssemblerCache {
  readonly #entries = new Map<number, CachedAssembler>()
  #spans = 0

  get(component: number): CachedAssembler | undefined {
    const entry = this.#entries.get(component)
    if (entry === undefined) return undefined
    this.#entries.delete(component)
    this.#entries.set(component, entry)
    return entry
  }

  has(component: number): boolean {
    return this.#entries.has(component)
  }

  create(component: number): CachedAssembler {
    const entry = { assembler: new RunAssembler(), pending: [], spans: 0, isSettled: false }
    this.#entries.set(component, entry)
    return entry
  }

  /** Remembers spans for an assembler that is in memory; others will read them from the buffer. */
  feed(component: number, facts: readonly SpanFacts[]): void {
    const entry = this.#entries.get(component)
    if (entry === undefined) return
    // One by one: a spread of very many would overflow the stack.
    for (const fact of facts) entry.pending.push(fact)
    this.count(entry, facts.length)
  }

  count(entry: CachedAssembler, spans: number): void {
    entry.spans += spans
    entry.isSettled = false
    this.#spans += spans
    for (const [component, oldest] of this.#entries) {
      if (this.#spans <= MAX_SPANS || oldest === entry) break
      this.drop(component)
    }
  }

  drop(component: number): void {
    const entry = this.#entries.get(component)
    if (entry === undefined) return
    this.#spans -= entry.spans
    this.#entries.delete(component)
  }

  clear(): void {
    this.#entries.clear()
    this.#spans = 0
  }
}
