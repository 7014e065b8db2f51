import 'server-only'
import { getRuntime } from '#db/runtime.ts'

/** The runbook of the mode, as Markdown. @throws when no Parascope server runs in this process */
export function readModeRunbook(): Promise<string> {
  return getRuntime().readModeRunbook()
}
