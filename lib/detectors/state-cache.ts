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
  readonly key: string
  readonly value: unknown
  used: number
  changed: boolean
}

/** When an entry was last used, as it was looked at. */
interface Snapshot {
  readonly entry: Entry
  readonly used: number
}

/**
 * Detector states in memory, bounded in number: the one not used longest is forgotten first. What is kept,
 * and in which order, depends on the uses alone and not on when it was written or read again.
 */
export class StateCache {
  readonly #entries = new Map<string, Entry>()
  readonly #deleted = new Set<string>()
  readonly #maxKeys: number
  #changed: Entry[] = []
  /** Those that were not used longest when last looked for, the oldest last; some may have been used since. */
  #oldest: Snapshot[] = []
  #uses = 0

  /** `stored` in order of use, least recent first. */
  constructor(stored: Iterable<StoredState>, maxKeys: number) {
    this.#maxKeys = maxKeys
    for (const { key, used, json } of stored) {
      this.#entries.set(key, { key, value: JSON.parse(json), used, changed: false })
      // The last one was used last of all: counting goes on where it stopped.
      this.#uses = used
    }
  }

  get size(): number {
    return this.#entries.size
  }

  /** How many states the next changes will write or delete. */
  get pending(): number {
    return this.#changed.length + this.#deleted.size
  }

  /** The state under `key`, now the most recently used, and marked as changed. */
  use<S>(key: string, create: () => S): S {
    const entry = this.#entries.get(key) ?? this.#add(key, create())
    entry.used = ++this.#uses
    if (!entry.changed) {
      entry.changed = true
      this.#changed.push(entry)
    }
    return entry.value as S
  }

  peek<S>(key: string): S | null {
    return (this.#entries.get(key)?.value as S | undefined) ?? null
  }

  /** What has changed since the last call. */
  takeChanges(): StateChanges {
    const written: StoredState[] = []
    for (const entry of this.#changed) {
      const { key, used, value } = entry
      entry.changed = false
      if (this.#entries.get(key) === entry) written.push({ key, used, json: JSON.stringify(value) })
    }
    const deleted = [...this.#deleted]
    this.#changed = []
    this.#deleted.clear()
    return { written, deleted }
  }

  #add(key: string, value: unknown): Entry {
    if (this.#entries.size >= this.#maxKeys) this.#forgetOldest()
    const entry = { key, value, used: 0, changed: false }
    this.#entries.set(key, entry)
    this.#deleted.delete(key)
    return entry
  }

  /**
   * The order of use is looked for when it is needed, and lasts: whatever was used since is younger than all
   * that was not, so that the next one that was not is still the oldest. O(log n) each on average.
   */
  #forgetOldest(): void {
    for (;;) {
      if (this.#oldest.length === 0) {
        this.#oldest = Array.from(this.#entries.values(), (entry) => ({ entry, used: entry.used }))
        this.#oldest.sort((a, b) => b.used - a.used)
      }
      const { entry, used } = this.#oldest.pop() as Snapshot
      if (entry.used !== used) continue
      this.#entries.delete(entry.key)
      this.#deleted.add(entry.key)
      return
    }
  }
}
