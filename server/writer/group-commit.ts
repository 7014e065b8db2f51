import type { LogWriter } from '#db/write.ts'
import type { StorageFault } from './storage-fault.ts'

/** A write in two steps: what can be done outside of the transaction, and what must be done within. */
export interface Write<P, T> {
  /** Runs when the write's turn comes, so that no more than one group of what it makes is ever in memory. */
  readonly prepare: () => P
  /** Runs inside a transaction that it shares with others; again, and alone, when the shared one failed. */
  readonly work: (prepared: P) => T
  /** How much memory was prepared. */
  readonly size?: (prepared: P) => number
}

interface Pending {
  readonly write: Write<unknown, unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

interface Prepared {
  readonly pending: Pending
  readonly work: () => unknown
  readonly bytes: number
}

/** A group is closed when it holds this much, so that the first of it does not wait long for the last. */
const GROUP_BYTES = 4 << 20
const GROUP_WRITES = 512

/** Runs writes in groups, each group in one durable transaction. */
export interface GroupCommit {
  /** Resolves with what `work` returned once the commit that holds it is on disk; in the order of the calls. */
  write<P, T>(write: Write<P, T>): Promise<T>
}

export interface GroupCommitOptions {
  readonly log: Pick<LogWriter, 'transaction'>
  /** Null for an error that does not lie with the storage. */
  readonly describeFault: (error: unknown) => StorageFault | null
  readonly toError: (fault: StorageFault) => Error
  /** A group of this size is on disk. */
  readonly onCommit: (bytes: number) => void
  /** A group of this size was refused by the storage. */
  readonly onFault: (fault: StorageFault, bytes: number) => void
}

export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { log, describeFault, toError, onCommit, onFault } = options
  let queue: Pending[] = []
  let scheduled = false

  function prepareGroup(): Prepared[] {
    const group: Prepared[] = []
    let groupBytes = 0
    let taken = 0
    for (const pending of queue) {
      if (groupBytes >= GROUP_BYTES || group.length === GROUP_WRITES) break
      taken += 1
      try {
        const { prepare, work, size } = pending.write
        const prepared = prepare()
        const bytes = size?.(prepared) ?? 0
        groupBytes += bytes
        group.push({ pending, work: () => work(prepared), bytes })
      } catch (error) {
        pending.reject(error)
      }
    }
    queue = queue.slice(taken)
    return group
  }

  function commit(group: readonly Prepared[]): void {
    const groupBytes = group.reduce((sum, { bytes }) => sum + bytes, 0)
    try {
      const values = log.transaction(() => group.map(({ work }) => work()))
      onCommit(groupBytes)
      group.forEach(({ pending }, i) => {
        pending.resolve(values[i])
      })
    } catch (error) {
      const fault = describeFault(error)
      if (fault !== null) {
        onFault(fault, groupBytes)
        for (const { pending } of group) pending.reject(toError(fault))
      } else if (group.length === 1) group[0]?.pending.reject(error)
      // One write is wrong in itself: it alone shall fail, not those that happened to stand beside it.
      else for (const prepared of group) commit([prepared])
    }
  }

  function drain(): void {
    scheduled = false
    const group = prepareGroup()
    if (group.length > 0) commit(group)
    if (queue.length > 0) schedule()
  }

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    // A turn of the loop lets writes that are already waiting in the port join the group.
    setImmediate(drain)
  }

  return {
    write<P, T>(write: Write<P, T>): Promise<T> {
      const { promise, resolve, reject } = Promise.withResolvers<T>()
      queue.push({
        write: write as Write<unknown, unknown>,
        resolve: resolve as (value: unknown) => void,
        reject,
      })
      schedule()
      return promise
    },
  }
}
