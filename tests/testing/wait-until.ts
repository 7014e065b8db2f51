import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 20
const LIMIT_MS = 60_000

/** Resolves once the condition holds; rejects when it does not come to hold. */
export async function waitUntil(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + LIMIT_MS
  while (!(await holds())) {
    if (performance.now() > untilMs) throw new Error(`it did not come to be that ${what}`)
    await sleep(POLL_MS)
  }
}
