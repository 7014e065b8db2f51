import type { StorageFault } from './storage-fault.ts'

/** So long must small writes have gone well before a disk that refused a larger one counts as healthy again. */
const QUIET_MS = 3_000

/** Whether the storage can be relied upon, from what became of the writes. */
export interface StorageHealth {
  /** In words what is wrong; null = healthy. */
  readonly fault: string | null
  /** A write of about so many bytes was refused. */
  failed(fault: StorageFault, bytes: number): void
  succeeded(bytes: number): void
}

export interface StorageHealthOptions {
  readonly monotonicMs: () => number
  readonly onChange: (fault: string | null) => void
}

/**
 * A full disk takes a small write now and then, so one success proves nothing: healthy is a storage that has
 * taken as much as it refused, or has refused nothing for a while.
 */
export function createStorageHealth({ monotonicMs, onChange }: StorageHealthOptions): StorageHealth {
  let current: string | null = null
  let failedBytes = 0
  let failedAtMs = 0

  function change(fault: string | null): void {
    if (fault === current) return
    current = fault
    onChange(fault)
  }

  return {
    get fault() {
      return current
    },
    failed({ reason, needsRoom }, bytes) {
      const room = needsRoom ? bytes : 0
      failedBytes = current === null ? room : Math.max(failedBytes, room)
      failedAtMs = monotonicMs()
      change(reason)
    },
    succeeded(bytes) {
      if (current === null) return
      if (bytes >= failedBytes || monotonicMs() - failedAtMs >= QUIET_MS) change(null)
    },
  }
}
