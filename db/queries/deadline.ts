/** The time box of a scan. */
export interface Deadline {
  leftMs(): number
  isOver(): boolean
  /** A deadline half way between now and this one. */
  half(): Deadline
}

/** A deadline `budgetMs` from now on the given monotonic clock. */
export function createDeadline(monotonicMs: () => number, budgetMs: number): Deadline {
  const endMs = monotonicMs() + budgetMs
  return {
    leftMs: () => endMs - monotonicMs(),
    isOver: () => monotonicMs() >= endMs,
    half: () => createDeadline(monotonicMs, Math.max(0, endMs - monotonicMs()) / 2),
  }
}
