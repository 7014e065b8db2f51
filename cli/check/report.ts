import type { SignatureOverlap } from './overlap-tally.ts'

/** What a file was found to hold. */
export interface CheckReport {
  readonly file: string
  /** Batches read, whether or not they could have overlapped. */
  readonly batches: number
  readonly minOverlap: number
  /** The least overlapped first. */
  readonly signatures: readonly SignatureOverlap[]
  /** Lines that hold no batch, as they were named on stderr. */
  readonly faults: readonly string[]
}

export function listFailing({ signatures, minOverlap }: CheckReport): SignatureOverlap[] {
  return signatures.filter(({ efficiency }) => efficiency < minOverlap)
}
