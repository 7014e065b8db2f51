import type { TakenBatch } from '#lib/contract/ingest.ts'

/** How many batches are looked ahead: most of them would have to be wrong together to mislead the clock. */
const LOOK_AHEAD = 20

/**
 * When each batch of a file arrived. The file does not say: a live server would have received a batch when it
 * ended, one that came late no earlier than those before it, and one that a wrong clock dates into the future
 * no later than those after it. So the clock follows the ends of batches, never goes back, and does not pass
 * the middle of the next ones.
 */
export class ArrivalClock {
  readonly #onArrival: (batch: TakenBatch, arrivedAtMs: number) => void
  readonly #waiting: { readonly batch: TakenBatch; readonly endMs: number }[] = []
  #nowMs = Number.NEGATIVE_INFINITY

  constructor(onArrival: (batch: TakenBatch, arrivedAtMs: number) => void) {
    this.#onArrival = onArrival
  }

  push(batch: TakenBatch): void {
    this.#waiting.push({ batch, endMs: endOf(batch) })
    if (this.#waiting.length > LOOK_AHEAD) this.#release()
  }

  /** No more batches follow. */
  end(): void {
    while (this.#waiting.length > 0) this.#release()
  }

  #release(): void {
    const ends = this.#waiting.map(({ endMs }) => endMs).sort((a, b) => a - b)
    const middle = ends[Math.floor(ends.length / 2)] as number
    const first = this.#waiting.shift()
    if (first === undefined) return
    this.#nowMs = Math.max(this.#nowMs, Math.min(first.endMs, middle))
    this.#onArrival(first.batch, this.#nowMs)
  }
}

function endOf(batch: TakenBatch): number {
  let endMs = 0
  for (const { start_ms, duration_ms } of batch.calls)
    if (start_ms != null && duration_ms != null) endMs = Math.max(endMs, start_ms + duration_ms)
  return batch.started_at + endMs
}
