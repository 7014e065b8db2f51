import 'server-only'
import { getRuntime } from '#db/runtime.ts'
import type { StoreReads } from '#db/store.ts'

/** The reads of the process's store, for pages and routes. @throws when no Parascope server runs in this process */
export function reads(): StoreReads {
  return getRuntime().reads
}
