import { mkdirSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import type { ToolArgs, ToolName } from '../catalogue.ts'
import type { ToolClock } from './clock.ts'
import { createFileTools } from './file-tools.ts'
import { createHttpTools, createServiceClient } from './http-tools.ts'
import { createLedgerTools, formatLostUpdates } from './ledger-tools.ts'
import type { ToolBody, ToolContext } from './tool.ts'

export interface ToolboxOptions {
  /** A folder of the demo's own; created, and everything the tools touch lies below it. */
  readonly dir: string
  readonly serviceUrl: string
  readonly clock: ToolClock
  /** Told, in one line, of every update that an audit found lost. */
  readonly onConflict: (line: string) => void
}

/** Every tool of the demo over its real resources. */
export interface Toolbox {
  /** Runs one call; rejects as the tool does. The tool's own clock runs inside, around its work. */
  readonly run: (tool: ToolName, args: ToolArgs, context: ToolContext) => Promise<unknown>
  readonly close: () => void
}

export function createToolbox({ dir, serviceUrl, clock, onConflict }: ToolboxOptions): Toolbox {
  mkdirSync(dir, { recursive: true })
  const database = new Database(path.join(dir, 'ledger.db'))
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  const ask = createServiceClient(serviceUrl)
  const bodies: Record<ToolName, ToolBody> = {
    ...createHttpTools(ask),
    ...createFileTools(dir),
    ...createLedgerTools({
      database,
      ask,
      onLostUpdates: (customerId, audit) => onConflict(formatLostUpdates(customerId, audit)),
    }),
  }
  return {
    run: async (tool, args, context) => {
      const startedAtMs = clock.nowMs()
      try {
        return await bodies[tool](args, context)
      } finally {
        const { callId, trace } = context
        clock.record({ ...trace, callId, tool, startedAtMs, endedAtMs: clock.nowMs() })
      }
    },
    close: () => database.close(),
  }
}
