import type { Task } from './scheduler.ts'

/** A call with its place in the order of emission and its edges. */
export interface Linked extends Task {
  readonly seq: number
  /** Calls that it waits for, and calls that wait for it; null is none. */
  prerequisites: Linked[] | null
  dependents: Linked[] | null
}

/** Steps that the search for cycles may take in one batch, so that no graph can hold up the host. */
const MAX_STEPS = 1_000_000

/**
 * Links `tasks`, which come in order of emission, by the ids that each declares. An edge to an unknown id,
 * to the call itself, or closing a cycle with the edges taken before it is ignored; once the search for
 * cycles is used up, so is every edge that would need it. `find` gives the call of an id.
 */
export function link<T extends Linked>(
  tasks: readonly T[],
  declared: (task: T) => readonly string[],
  find: (id: string) => T | undefined,
): void {
  const budget = { steps: MAX_STEPS }
  let forward = false
  for (const task of tasks) {
    for (const id of new Set(declared(task))) {
      const target = find(id)
      if (target === undefined || target === task) continue
      forward ||= target.seq > task.seq
      // While every edge points back, none can close a cycle.
      if (forward && reaches(target, task, budget)) continue
      task.prerequisites ??= []
      task.prerequisites.push(target)
      target.dependents ??= []
      target.dependents.push(task)
      task.waits++
    }
  }
}

function reaches(from: Linked, goal: Linked, budget: { steps: number }): boolean {
  const seen = new Set<Linked>([from])
  for (const node of seen) {
    for (const next of node.prerequisites ?? []) {
      if (next === goal || --budget.steps < 0) return true
      seen.add(next)
    }
  }
  return false
}

/**
 * The order nearest to that of emission in which every call comes after its prerequisites: repeatedly the
 * first whose prerequisites are all placed. Needed where calls hold others back, lest one hold back what it
 * waits for itself.
 */
export function orderAfterPrerequisites<T extends Linked>(tasks: readonly T[]): readonly T[] {
  const missing = new Map<Linked, number>(tasks.map((task) => [task, task.waits]))
  const placed: T[] = []
  for (const task of tasks) {
    // `ready` holds what was passed over and has become placeable, the last to be placed first.
    const ready = missing.get(task) === 0 ? [task] : []
    for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
      placed.push(next)
      for (const dependent of next.dependents ?? []) {
        const left = (missing.get(dependent) ?? 0) - 1
        missing.set(dependent, left)
        if (left > 0 || dependent.seq > task.seq) continue
        const at = ready.findLastIndex((other) => other.seq > dependent.seq)
        ready.splice(at + 1, 0, dependent as T)
      }
    }
  }
  return placed
}
