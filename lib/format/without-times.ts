import type { WireBatch } from '#lib/contract/reads.ts'

/** Why a batch has no wall time, as a clause: not one of its calls ran, or nobody told when they did. */
export function explainNoTimes({ size, outcomes }: Pick<WireBatch, 'size' | 'outcomes'>): string {
  return outcomes['never-ran'] === size ? 'none ran' : 'no times'
}
