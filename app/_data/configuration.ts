import 'server-only'
import { getRuntime } from '#db/runtime.ts'

/** Expected false alarms per agent and month, as this process was started with. */
export function falseAlarms(): number {
  return getRuntime().falseAlarms
}
