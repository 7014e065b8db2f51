import type { BatchMeasures } from '#lib/intervals/measure-batch.ts'

/** Less than this to be gained in all batches of a signature is the jitter of starting calls, and is not judged. */
const MIN_POSSIBLE_US = 20_000

/** How well the calls of one agent and signature overlapped, over all batches that could have overlapped. */
export interface SignatureOverlap {
  readonly agent: string
  readonly signature: string
  readonly batches: number
  /** What overlap could have saved at most, within the declared intent. */
  readonly possibleUs: number
  /** What of it was not saved. */
  readonly lostUs: number
  /** 1 - serialization, each batch weighted by what it could have saved: 1 = as parallel as intended. */
  readonly efficiency: number
  /** The batch that lost most. */
  readonly worst: WorstBatch
}

export interface WorstBatch {
  readonly batchId: string
  readonly line: number
  readonly lostUs: number
}

type Sums = {
  agent: string
  signature: string
  batches: number
  possibleUs: number
  lostUs: number
  worst: WorstBatch
}

/** Sums up overlap by agent and signature. */
export class OverlapTally {
  readonly #sums = new Map<string, Sums>()

  /** A batch that could not have overlapped, because it is alone, serial or too short, changes nothing. */
  add(
    batch: { agent: string; signature: string; batchId: string; line: number },
    measures: BatchMeasures,
  ): void {
    const { serialization, sumUs, idealUs } = measures
    if (serialization === null || sumUs === null || idealUs === null) return
    const possibleUs = sumUs - idealUs
    const lostUs = serialization * possibleUs
    const worst = { batchId: batch.batchId, line: batch.line, lostUs }
    const { agent, signature } = batch
    const key = JSON.stringify([agent, signature])
    const sums = this.#sums.get(key) ?? { agent, signature, batches: 0, possibleUs: 0, lostUs: 0, worst }
    sums.batches += 1
    sums.possibleUs += possibleUs
    sums.lostUs += lostUs
    if (lostUs > sums.worst.lostUs) sums.worst = worst
    this.#sums.set(key, sums)
  }

  /** Those with something to gain; the least overlapped first. */
  list(): SignatureOverlap[] {
    return [...this.#sums.values()]
      .filter(({ possibleUs }) => possibleUs >= MIN_POSSIBLE_US)
      .map((sums) => ({ ...sums, efficiency: 1 - sums.lostUs / sums.possibleUs }))
      .sort((a, b) => a.efficiency - b.efficiency || b.lostUs - a.lostUs)
  }
}
