/** A state as it is kept. */
export interface StoredState {
  readonly key: string
  /** Place in the order of use: a count that only grows. */
  readonly used: number
  readonly json: string
}

/** What a flush has to write: states that changed, and keys to delete. */
export interface StateChanges {
  readonly written: readonly StoredState[]
  readonly deleted: readonly string[]
}

interface Entry {
  readonly value: unknown
  used: number
}

/**
 * Detector states in memory, bounded in number: the one not used longest is forgotten first. What is kept,
 * and in which order, depends on the uses alone and not on when it was written or read again.
 */
export class StateCache {
  readonly #entries = new Map<string, Entry>()
  readonly #changed = new Set<string>()
  readonly #deleted = new Set<string>()
  readonly #maxKeys: number
  #uses = 0

  /** `stored` in order of use, least recent first. */
  constructor(stored: Iterable<StoredState>, maxKeys: number) {
    this.#maxKeys = maxKeys
    for (const { key, used, json } of stored) {
      this.#entries.set(key, { value: JSON.parse(json), used })
      // The last one was used last of all: counting goes on where it stopped.
      this.#uses = used
    }
  }

  get size(): number {
    return this.#entries.size
  }

  /** How many states the next changes will write or delete. */
  get pending(): number {
    return this.#changed.size + this.#deleted.size
  }

  /** The state under `key`, now the most recently used, and marked as changed. */
  use<S>(key: string, create: () => S): S {
    let entry = this.#entries.get(key)
    if (entry === undefined) {
      entry = { value: create(), used: 0 }
      this.#deleted.delete(key)
      this.#forgetOldest()
    } else {
      this.#entries.delete(key)
    }
    entry.used = ++this.#uses
    this.#entries.set(key, entry)
    this.#changed.add(key)
    return entry.value as S
  }

  peek<S>(key: string): S | null {
    return (this.#entries.get(key)?.value as S | undefined) ?? null
  }

  /** What has changed since the last call. */
  takeChanges(): StateChanges {
    const written: StoredState[] = []
    for (const key of this.#changed) {
      const { value, used } = this.#entries.get(key) as Entry
      written.push({ key, used, json: JSON.stringify(value) })
    }
    const deleted = [...this.#deleted]
    this.#changed.clear()
    this.#deleted.clear()
    return { written, deleted }
  }

  #forgetOldest(): void {
    if (this.#entries.size < this.#maxKeys) return
    const oldest = this.#entries.keys().next()
    if (oldest.done) return
    this.#entries.delete(oldest.value)
    this.#changed.delete(oldest.value)
    this.#deleted.add(oldest.value)
  }
}
