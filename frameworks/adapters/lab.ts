import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import type { AdapterOptions } from '../../sdk/src/adapters/options.ts'
import type { Mode, Parascope } from '../../sdk/src/index.ts'

/*
 * What every adapter is tried with: a model that emits six calls in one response, tools that note when they
 * ran, and what the schedule of each mode looks like from inside the tools.
 */

/** A call as the scripted model emits it. */
export interface PlannedCall<A = { readonly n: number }> {
  readonly callId: string
  readonly tool: string
  readonly args: A
}

/** Two reads, a write, two reads, a write. */
export const PLAN: readonly PlannedCall[] = ['look', 'search', 'refund', 'look', 'search', 'refund'].map(
  (tool, n) => ({ callId: `call_${n}`, tool, args: { n } }),
)

export const POLICIES: NonNullable<AdapterOptions['policies']> = {
  look: { effect: 'read' },
  search: { effect: 'read' },
  refund: { effect: 'write' },
}

/** Which of the planned calls run beside each other, phase after phase. */
const PHASES: Readonly<Record<Mode, readonly (readonly number[])[]>> = {
  parallel: [[0, 1, 2, 3, 4, 5]],
  'reads-only': [[0, 1], [2], [3, 4], [5]],
  serial: [[0], [1], [2], [3], [4], [5]],
}

export interface Adapted {
  readonly scope: Parascope
  readonly options: AdapterOptions
}

/** What a tool is told of its call; a framework that tells nothing leaves the signal out. */
export type ToolFunction = (args: { n: number }, signal: AbortSignal | null | undefined) => Promise<unknown>

/** One run of an agent: its model emits the calls, is answered, and says that it is done. */
export interface Job {
  readonly calls: readonly PlannedCall[]
  readonly tools: Readonly<Record<string, ToolFunction>>
}

/** What became of a run: the answers as its model was sent them, or the error that it ended with. */
export interface Outcome {
  readonly answers: readonly unknown[]
  readonly failure: string | null
}

/** A framework with a scripted model. Without an adapter it is what its users have today. */
export interface Driver {
  readonly name: string
  /** An error thrown by a tool ends the run, rather than reaching the model. */
  readonly throws?: boolean
  run(job: Job, adapted: Adapted | null): Promise<Outcome>
}

interface Noted {
  readonly n: number
  readonly startMs: number
  readonly endMs: number
  readonly signal: AbortSignal | null | undefined
  /** What the call saw of the asynchronous contexts of its caller and its siblings. */
  readonly caller: string | undefined
  readonly mine: readonly (number | undefined)[]
}

const callerContext = new AsyncLocalStorage<string>()
const siblingContext = new AsyncLocalStorage<number>()

/** Tools that take their time and note it. */
export class Lab {
  readonly noted: Noted[] = []
  readonly tools: Readonly<Record<string, ToolFunction>>
  readonly #fails: (n: number) => boolean
  readonly #ms: number

  constructor({ fails = () => false, ms = 15 }: { fails?: (n: number) => boolean; ms?: number } = {}) {
    this.#fails = fails
    this.#ms = ms
    const tool: ToolFunction = (args, signal) => this.#work(args.n, signal)
    this.tools = { look: tool, search: tool, refund: tool }
  }

  run(driver: Driver, adapted: Adapted | null, calls = PLAN): Promise<Outcome> {
    return callerContext.run('caller', () => driver.run({ calls, tools: this.tools }, adapted))
  }

  async #work(n: number, signal: Noted['signal']): Promise<unknown> {
    const startMs = performance.now()
    const before = siblingContext.getStore()
    // As careless code does it: whoever runs in this context from now on sees it.
    siblingContext.enterWith(n)
    if (this.#ms > 0) await pause(this.#ms)
    const mine = [before, siblingContext.getStore()]
    this.noted.push({
      n,
      startMs,
      endMs: performance.now(),
      signal,
      caller: callerContext.getStore(),
      mine,
    })
    if (this.#fails(n)) throw Object.assign(new TypeError(`refused ${n}`), { code: 'E_REFUSED' })
    return `done ${n}`
  }

  /** What is wrong with the schedule as the tools saw it; null when it is the mode's. */
  wrongSchedule(mode: Mode): string | null {
    const of = (n: number) => this.noted.find((call) => call.n === n)
    let lastEndMs = Number.NEGATIVE_INFINITY
    for (const phase of PHASES[mode]) {
      const calls = phase.map(of).filter((call) => call !== undefined)
      if (calls.length !== phase.length) return `only ${calls.length} of ${phase} ran`
      const startsMs = calls.map(({ startMs }) => startMs)
      const endsMs = calls.map(({ endMs }) => endMs)
      if (Math.max(...startsMs) > Math.min(...endsMs)) return `${phase} did not overlap`
      if (Math.min(...startsMs) < lastEndMs) return `${phase} began before those before had ended`
      if (startsMs.some((startMs, index) => index > 0 && startMs < (startsMs[index - 1] ?? 0))) {
        return `${phase} began out of order`
      }
      lastEndMs = Math.max(...endsMs)
    }
    return this.noted.length === PLAN.length ? null : `${this.noted.length} runs`
  }
}
