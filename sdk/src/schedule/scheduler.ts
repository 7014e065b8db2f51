import type { Mode } from '../types.ts'

/** What the scheduler knows of a call. `state` and `next` are its own marks, nobody else's to set. */
export interface Task {
  readonly tool: string
  readonly kind: Kind
  /** How many of its prerequisites have not ended. */
  waits: number
  state: 'waiting' | 'running' | 'ended'
  next: Task | null
  /** The last to be asked before it starts: false keeps it waiting until a `pump` finds it true. */
  gate?: (() => boolean) | undefined
}

/**
 * Calls by what they may overlap:
 *   0  a read, unrestricted         anything but 3
 *   1  a write, unrestricted        anything but 2 and 3
 *   2  a read in `reads-only`       reads: 0 and 2
 *   3  serial, or a write in        nothing
 *      `reads-only`
 */
export type Kind = 0 | 1 | 2 | 3

/** For each kind the kinds it must not overlap, as bits. */
const APART = [0b1000, 0b1100, 0b1010, 0b1111] as const

const MODES: readonly Mode[] = ['parallel', 'reads-only', 'serial']

/** The narrower of two modes. */
export function tighter(a: Mode, b: Mode): Mode {
  return MODES.indexOf(a) < MODES.indexOf(b) ? b : a
}

/** In a serial batch one worker keeps all calls apart, so there their kind says nothing more. */
export function kindOf(batchMode: Mode, toolMode: Mode, reads: boolean): Kind {
  const mode = tighter(batchMode, toolMode)
  if (batchMode === 'serial') return 0
  if (mode === 'parallel') return reads ? 0 : 1
  return mode === 'reads-only' && reads ? 2 : 3
}

/**
 * List scheduling of one batch: whenever a worker is free, the first waiting call in order that may start
 * does. A call may start when its prerequisites have ended, its tool is below its cap, and neither a
 * running call nor an earlier waiting one must be kept apart from it. A call that waits holds no worker.
 *
 * It has no clock, no timers and no promises: whoever owns it says when a call ended, and is told which to
 * start. Calls may be added while others run.
 */
export class Scheduler<T extends Task> {
  readonly #workers: number
  readonly #toolCaps: ReadonlyMap<string, number>
  readonly #start: (task: T) => void
  readonly #runningOf: [number, number, number, number] = [0, 0, 0, 0]
  readonly #runningTools = new Map<string, number>()
  #running = 0
  #head: Task | null = null
  #tail: Task | null = null
  #pumping = false
  #again = false

  constructor(
    mode: Mode,
    concurrency: number | null,
    toolCaps: ReadonlyMap<string, number>,
    start: (task: T) => void,
  ) {
    this.#workers = mode === 'serial' ? 1 : (concurrency ?? Number.POSITIVE_INFINITY)
    this.#toolCaps = toolCaps
    this.#start = start
  }

  /** Appends a call to the order. It starts at the first `pump` that finds it startable. */
  add(task: T): void {
    if (this.#tail === null) this.#head = task
    else this.#tail.next = task
    this.#tail = task
  }

  /** Notes that a running call ended or that a waiting one never will start. To be followed by `pump`. */
  end(task: T): void {
    if (task.state === 'running') this.#count(task, -1)
    task.state = 'ended'
  }

  /** Starts every call that may start now. May be called from inside `start`. */
  pump(): void {
    this.#again = true
    if (this.#pumping) return
    this.#pumping = true
    while (this.#again) {
      this.#again = false
      this.#scan()
    }
    this.#pumping = false
  }

  #scan(): void {
    let heldBack = 0
    let kept: Task | null = null
    let task = this.#head
    while (task !== null && this.#running < this.#workers) {
      if (task.state === 'waiting' && !this.#mayStart(task, heldBack)) {
        heldBack |= 1 << task.kind
        // Behind a call that overlaps nothing, nothing starts.
        if (task.kind === 3) return
        kept = task
        task = task.next
        continue
      }
      const next: Task | null = task.next
      if (kept === null) this.#head = next
      else kept.next = next
      if (next === null) this.#tail = kept
      if (task.state === 'waiting') {
        task.state = 'running'
        this.#count(task, 1)
        this.#start(task as T)
      }
      // From the list, not from `next`: starting a call may have added further ones.
      task = kept === null ? this.#head : kept.next
    }
  }

  #mayStart(task: Task, heldBack: number): boolean {
    if (task.waits > 0) return false
    const cap = this.#toolCaps.get(task.tool)
    if (cap !== undefined && (this.#runningTools.get(task.tool) ?? 0) >= cap) return false
    return (APART[task.kind] & (this.#runningKinds() | heldBack)) === 0 && task.gate?.() !== false
  }

  #runningKinds(): number {
    const [a, b, c, d] = this.#runningOf
    return (a && 1) | (b && 2) | (c && 4) | (d && 8)
  }

  #count(task: Task, change: 1 | -1): void {
    this.#running += change
    this.#runningOf[task.kind] += change
    if (!this.#toolCaps.has(task.tool)) return
    this.#runningTools.set(task.tool, (this.#runningTools.get(task.tool) ?? 0) + change)
  }
}
