import type { LogWriter } from '#db/write.ts'
import type { StorageFault } from './storage-fault.ts'

/** A write in two steps: what can be done outside of the transaction, and what must be done within. */
export interface Write<P, T> {
  /** Runs when the write's turn comes, so that no more than one group of what it makes is ever in memory. */
  readonly prepare: () => P
  /** Runs inside a transaction that it shares with others; again when another of them made that fail. */
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

  function commit(group: readonly Prepared[]): void {
    const outcome = runTogether(group, log)
    const groupBytes = group.reduce((sum, { bytes }) => sum + bytes, 0)
    if (outcome.ok) {
      onCommit(groupBytes)
      for (const [i, { pending }] of group.entries()) pending.resolve(outcome.values[i])
      return
    }
    const fault = describeFault(outcome.error)
    if (fault === null) refuse(group, outcome)
    else {
      onFault(fault, groupBytes)
      for (const { pending } of group) pending.reject(toError(fault))
    }
  }

  /** A write that is wrong in itself fails alone; those that happened to stand beside it are tried again. */
  function refuse(group: readonly Prepared[], { error, wrong }: Failure): void {
    const rest = wrong === null ? [] : group.filter((prepared) => prepared !== wrong)
    for (const prepared of group) if (!rest.includes(prepared)) prepared.pending.reject(error)
    if (rest.length > 0) commit(rest)
  }

  function drain(): void {
    scheduled = false
    const { group, taken } = prepareGroup(queue)
    queue = queue.slice(taken)
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

/** Takes from the front of the queue what makes a group. What cannot be prepared is answered at once. */
function prepareGroup(queue: readonly Pending[]): { group: Prepared[]; taken: number } {
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
  return { group, taken }
}

interface Failure {
  readonly ok: false
  readonly error: unknown
  /** The write whose work threw; null when it was the commit itself. */
  readonly wrong: Prepared | null
}

function runTogether(
  group: readonly Prepared[],
  log: GroupCommitOptions['log'],
): { readonly ok: true; readonly values: unknown[] } | Failure {
  let working: Prepared | null = null
  try {
    const values = log.transaction(() => {
      const results: unknown[] = []
      for (const prepared of group) {
        working = prepared
        results.push(prepared.work())
      }
      working = null
      return results
    })
    return { ok: true, values }
  } catch (error) {
    return { ok: false, error, wrong: working }
  }
}
