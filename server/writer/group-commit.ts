import type { LogWriter } from '#db/write.ts'

/** One write waiting for its turn: `work` runs inside a transaction that it shares with others. */
interface Pending {
  readonly work: () => unknown
  readonly bytes: number
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** A group holds at most this much, so that the first of it does not wait long for the last. */
const GROUP_BYTES = 4 << 20
const GROUP_WRITES = 512

/** Runs writes in groups, each group in one durable transaction. */
export interface GroupCommit {
  /** Resolves with what `work` returned once the commit that holds it is on disk. */
  write<T>(work: () => T, bytes?: number): Promise<T>
  readonly pending: number
}

export interface GroupCommitOptions {
  readonly log: LogWriter
  /** Words for an error that lies with the storage; null for any other error. */
  readonly describeFault: (error: unknown) => string | null
  readonly toError: (fault: string) => Error
  /** Called after every group: null when it is on disk, else what was wrong. */
  readonly onCommit: (fault: string | null) => void
}

export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { log, describeFault, toError, onCommit } = options
  let queue: Pending[] = []
  let scheduled = false

  function takeGroup(): Pending[] {
    let bytes = 0
    let count = 0
    for (const pending of queue) {
      if (count > 0 && (bytes + pending.bytes > GROUP_BYTES || count === GROUP_WRITES)) break
      bytes += pending.bytes
      count += 1
    }
    const group = queue.slice(0, count)
    queue = queue.slice(count)
    return group
  }

  function commit(group: readonly Pending[]): void {
    try {
      const values = log.transaction(() => group.map((pending) => pending.work()))
      onCommit(null)
      group.forEach((pending, i) => {
        pending.resolve(values[i])
      })
    } catch (error) {
      const fault = describeFault(error)
      if (fault !== null) {
        onCommit(fault)
        for (const pending of group) pending.reject(toError(fault))
      } else if (group.length === 1) group[0]?.reject(error)
      // One write is wrong in itself: it alone shall fail, not those that happened to stand beside it.
      else for (const pending of group) commit([pending])
    }
  }

  function drain(): void {
    scheduled = false
    commit(takeGroup())
    if (queue.length > 0) schedule()
  }

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    // A turn of the loop lets writes that are already waiting in the port join the group.
    setImmediate(drain)
  }

  return {
    write<T>(work: () => T, bytes = 0): Promise<T> {
      return new Promise((resolve, reject) => {
        queue.push({ work, bytes, resolve: resolve as (value: unknown) => void, reject })
        schedule()
      })
    },
    get pending() {
      return queue.length
    },
  }
}
