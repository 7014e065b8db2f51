import type { Executors, ModeState } from '#lib/contract/mode.ts'
import type { StoreReads } from './store.ts'

/*
 * A module imported by the front, by a Next route and by a page is three instances. What must be one for
 * the process is made by the server, published here, and reached through this accessor alone.
 */

/** What one Parascope process shares with its pages and routes. */
export interface ParascopeRuntime {
  readonly reads: StoreReads
  /** The mode in force, from memory. */
  readonly mode: () => ModeState
  readonly listExecutors: () => Executors
  /** What to do at 03:00, as Markdown: docs/mode-runbook.md. */
  readonly readModeRunbook: () => Promise<string>
  /** Expected false alarms per agent and month, as configured: lib/detectors/sensitivity.ts. */
  readonly falseAlarms: number
}

const KEY = Symbol.for('parascope')
type Holder = { [KEY]?: ParascopeRuntime }

/** Called once by the server before it listens. */
export function publishRuntime(runtime: ParascopeRuntime): void {
  ;(globalThis as Holder)[KEY] = runtime
}

/** The runtime of this process. @throws when no Parascope server runs in it, as under a bare `next dev` */
export function getRuntime(): ParascopeRuntime {
  const runtime = (globalThis as Holder)[KEY]
  if (runtime === undefined)
    throw new Error('No Parascope server runs in this process: start it with `npm start` or `npm run dev`.')
  return runtime
}
