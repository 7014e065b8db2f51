/** The time box of a scan. */
export interface Deadline {
  leftMs(): number
  isOver(): boolean
}

/** How long a read may scan before it answers with what it has. */
export const SCAN_BUDGET_MS = 25

/** A deadline `budgetMs` from now on the given monotonic clock. */
export function createDeadline(monotonicMs: () => number, budgetMs: number): Deadline {
  const endMs = monotonicMs() + budgetMs
  return {
    leftMs: () => endMs - monotonicMs(),
    isOver: () => monotonicMs() >= endMs,
  }
}
