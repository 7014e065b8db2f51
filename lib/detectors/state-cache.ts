/** States as they are kept: JSON by key, least recently used first. */
export type StoredState = readonly [key: string, json: string]

/** What a flush has to write: states that changed, and keys to delete. */
export interface StateChanges {
  readonly written: readonly { readonly key: string; readonly json: string; readonly used: number }[]
  readonly deleted: readonly string[]
}

interface Entry {
  readonly value: unknown
  dirty: boolean
  /** Order of use: a count that only grows. */
  used: number
}

/**
 * Detector states in memory, bounded in number: the one not used longest is forgotten first. What is kept,
 * and in which order, depends on the uses alone and not on when it was flushed.
 */
export class StateCache {
  readonly #entries = new Map<string, Entry>()
  readonly #deleted = new Set<string>()
  readonly #maxKeys: number
  #uses = 0

  constructor(stored: Iterable<StoredState>, maxKeys: number) {
    this.#maxKeys = maxKeys
    for (const [key, json] of stored)
      this.#entries.set(key, { value: JSON.parse(json), dirty: false, used: ++this.#uses })
  }

  get size(): number {
    return this.#entries.size
  }

  /** The state under `key`, now the most recently used, and marked as changed. */
  use<S>(key: string, create: () => S): S {
    let entry = this.#entries.get(key)
    if (entry === undefined) {
      entry = { value: create(), dirty: true, used: 0 }
      this.#deleted.delete(key)
      this.#forgetOldest()
    } else {
      this.#entries.delete(key)
      entry.dirty = true
    }
    entry.used = ++this.#uses
    this.#entries.set(key, entry)
    return entry.value as S
  }

  peek<S>(key: string): S | null {
    return (this.#entries.get(key)?.value as S | undefined) ?? null
  }

  /** What has changed since the last call. */
  takeChanges(): StateChanges {
    const written: { key: string; json: string; used: number }[] = []
    for (const [key, entry] of this.#entries) {
      if (!entry.dirty) continue
      written.push({ key, json: JSON.stringify(entry.value), used: entry.used })
      entry.dirty = false
    }
    const deleted = [...this.#deleted]
    this.#deleted.clear()
    return { written, deleted }
  }

  #forgetOldest(): void {
    if (this.#entries.size < this.#maxKeys) return
    const oldest = this.#entries.keys().next()
    if (oldest.done) return
    this.#entries.delete(oldest.value)
    this.#deleted.add(oldest.value)
  }
}
