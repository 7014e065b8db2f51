import {
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  noJitterGenerator,
} from 'cockatiel'

/** What is told to the breaker of a call that says nothing of the tool's health. */
const NO_VERDICT = Symbol('no verdict')

/** A call that the circuit let through, to be told how it ended. Only the first word counts. */
export interface Admission {
  ok(): void
  failed(error: unknown): void
  /** It was called off, and nobody knows how it would have ended. */
  cancelled(): void
}

export interface Breaker {
  /** Lets a call through, or not; while a trial runs, no other call passes. */
  admit(): Admission | null
}

export interface BreakerPlan {
  readonly failures: number
  readonly openMs: number
  readonly maxOpenMs: number
  readonly counts: (error: unknown) => boolean
}

/** One tool's circuit: closed until so many failures in a row, then open for a growing time, then on trial. */
export function createBreaker({ failures, openMs, maxOpenMs, counts }: BreakerPlan): Breaker {
  const circuit = circuitBreaker(
    handleWhen((error) => error !== NO_VERDICT && counts(error)),
    {
      breaker: new ConsecutiveBreaker(failures),
      halfOpenAfter: new ExponentialBackoff({
        initialDelay: openMs,
        maxDelay: maxOpenMs,
        generator: noJitterGenerator,
      }),
    },
  )
  return {
    admit() {
      let ok = () => {}
      let fail = (_: unknown) => {}
      let admitted = false
      let refused = false
      const verdict = new Promise<void>((resolve, reject) => {
        ok = resolve
        fail = reject
      })
      // Runs at once what it lets through. What comes while a trial runs it would let through after it.
      const watched = circuit.execute(() => {
        admitted = true
        return refused ? Promise.reject(NO_VERDICT) : verdict
      })
      watched.catch(() => {})
      if (!admitted) {
        refused = true
        return null
      }
      const isTrial = circuit.state !== 0
      return {
        ok,
        failed: fail,
        // A trial that was called off has not shown that the tool is well again.
        cancelled: () => fail(isTrial ? new Error('the trial was cancelled') : NO_VERDICT),
      }
    },
  }
}
