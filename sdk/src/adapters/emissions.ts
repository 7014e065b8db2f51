import type { Emission } from './step.ts'

/** Responses whose calls never came: beyond so many ids, the oldest are let go of. */
const MAX_IDS = 10_000

/** What models emitted, told by the framework before it runs the first tool, until each call has come. */
export class Emissions {
  readonly #byId = new Map<string, Emission>()

  note(emission: Emission): void {
    for (const id of emission.ids) this.#byId.set(id, emission)
    for (const oldest of this.#byId.keys()) {
      if (this.#byId.size <= MAX_IDS) break
      this.#byId.delete(oldest)
    }
  }

  /** The response that a call is of; null when nobody told of it. */
  take(callId: string): Emission | null {
    const emission = this.#byId.get(callId) ?? null
    this.#byId.delete(callId)
    return emission
  }
}
