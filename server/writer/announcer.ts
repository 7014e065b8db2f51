import type { MeasuredBatch } from '#db/batch-columns.ts'
import type { CommittedEvent } from './protocol.ts'

/** A burst names at most this many of its batches; the count tells the rest. */
const MAX_IDS = 500

/** Gathers what one turn of the loop has put on disk into a single event. */
export interface Announcer {
  /** `changed`: ids of batches that were there and are told otherwise now. */
  announce(added: readonly MeasuredBatch[], changed?: readonly string[]): void
}

export function createAnnouncer(emit: (event: CommittedEvent) => void, lastSeq: () => number): Announcer {
  let gathered: MeasuredBatch[] = []
  let gatheredIds: string[] = []

  function tell(): void {
    const batches = gathered
    const changedIds = gatheredIds
    gathered = []
    gatheredIds = []
    let failing = 0
    let lastStartedAtUs = 0
    for (const { batch } of batches) {
      if (batch.calls.some(({ outcome }) => outcome === 'error' || outcome === 'timeout')) failing += 1
      lastStartedAtUs = Math.max(lastStartedAtUs, batch.startedAtUs)
    }
    emit({
      count: batches.length,
      batchIds: [...changedIds, ...batches.map(({ batch }) => batch.batchId)].slice(-MAX_IDS),
      failing,
      lastSeq: lastSeq(),
      lastStartedAtMs: lastStartedAtUs / 1000,
    })
  }

  return {
    announce(added, changed = []) {
      if (added.length + changed.length === 0) return
      if (gathered.length + gatheredIds.length === 0) setImmediate(tell)
      gathered = gathered.concat(added)
      gatheredIds = gatheredIds.concat(changed)
    },
  }
}
