import { performance } from 'node:perf_hooks'

/** Parts are timed in one run of the whole in so many: looking at the clock costs too. */
const PARTS_EVERY = 16

type Work<Args extends unknown[]> = (...args: Args) => void

/**
 * What a piece of work costs in processor time, which other programs on the machine do not change, and how
 * that is shared out among its parts.
 */
export class Stopwatch {
  #cpuUs = 0
  #runs = 0
  #wholeMs = 0
  readonly #partMs = new Map<string, number>()

  /** Times the whole. */
  whole<Args extends unknown[]>(work: Work<Args>): Work<Args> {
    return (...args) => {
      const cpu = process.cpuUsage()
      const beganMs = performance.now()
      work(...args)
      if (this.#isTimingParts()) this.#wholeMs += performance.now() - beganMs
      const spent = process.cpuUsage(cpu)
      this.#cpuUs += spent.user + spent.system
      this.#runs += 1
    }
  }

  /** Times what is done within the whole. */
  part<Args extends unknown[]>(name: string, work: Work<Args>): Work<Args> {
    return (...args) => {
      if (!this.#isTimingParts()) {
        work(...args)
        return
      }
      const beganMs = performance.now()
      work(...args)
      this.#partMs.set(name, (this.#partMs.get(name) ?? 0) + performance.now() - beganMs)
    }
  }

  /** Microseconds of processor time for each of `count` things that were worked on. */
  read(count: number): { total: number; parts: Record<string, number> } {
    const total = count === 0 ? 0 : this.#cpuUs / count
    const share = (ms: number) => (this.#wholeMs === 0 ? 0 : (total * ms) / this.#wholeMs)
    return { total, parts: Object.fromEntries([...this.#partMs].map(([name, ms]) => [name, share(ms)])) }
  }

  #isTimingParts(): boolean {
    return this.#runs % PARTS_EVERY === 0
  }
}
