import type { IngestBatch } from '#lib/contract/ingest.ts'

export interface LostOverlapOptions {
  /** When the first batch started, epoch ms; they are a minute apart. */
  readonly fromMs: number
  /** Runs of version 1.6, whose calls overlap, then of version 1.7, whose calls wait for one another, then of 1.8, which is mended. */
  readonly good: number
  readonly bad: number
  readonly mended: number
  readonly agent?: string
}

const MINUTE_MS = 60_000
const CALL_MS = 200

/** The runs of an agent that a deploy makes serial, and another mends: enough of each for the evidence. */
export function loseOverlap(options: LostOverlapOptions): IngestBatch[] {
  const { fromMs, good, bad, mended, agent = 'support' } = options
  return Array.from({ length: good + bad + mended }, (_, i) => {
    const isSerial = i >= good && i < good + bad
    return {
      batch_id: `${agent}-${fromMs}-${i}`,
      run_id: `${agent}-run-${i}`,
      turn: 1,
      agent,
      environment: 'production',
      version: i < good ? '1.6' : isSerial ? '1.7' : '1.8',
      model: 'm-1',
      mode: 'parallel',
      started_at: fromMs + i * MINUTE_MS,
      model_ms: 800,
      calls: ['get_order', 'get_payment', 'get_customer'].map((tool, n) => ({
        call_id: `c${n}`,
        tool,
        outcome: 'ok',
        effect: 'read',
        start_ms: isSerial ? n * (CALL_MS + 20) : 0,
        duration_ms: CALL_MS + ((i * 7 + n) % 20),
      })),
    }
  })
}
