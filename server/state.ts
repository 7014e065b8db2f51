import type { DerivedEvent } from './writer/protocol.ts'

/** What the process knows of its own health; changed by the writer's events. */
export interface ServerState {
  /** In words what is wrong with the storage; null = healthy. */
  storageFault: string | null
  /** True from the call to stop on: nothing new is taken. */
  stopping: boolean
  /** False until the pages can be served. */
  pagesReady: boolean
  derived: DerivedEvent
  /** Batches over which a detector has thrown, by detector. */
  readonly detectorFaults: Map<string, number>
}

export function createServerState(): ServerState {
  return {
    storageFault: null,
    stopping: false,
    pagesReady: false,
    derived: { flushedSeq: 0, lastSeq: 0, rebuilding: false, fault: null },
    detectorFaults: new Map(),
  }
}

/** Why the process can't take traffic now; null when it can. */
export function describeUnreadiness(state: ServerState): string | null {
  if (state.stopping) return 'The server is stopping.'
  if (!state.pagesReady) return 'The server is starting.'
  return state.storageFault
}
