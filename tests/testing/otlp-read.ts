import { parseListQuery } from '#lib/contract/parse-query.ts'
import type { WireBatch } from '#lib/contract/reads.ts'
import type { LocalServer } from './local-server.ts'
import type { MadeRun } from './otlp-runs.ts'
import { waitUntil } from './wait-until.ts'

/** Every batch that spans have made, as the public list has them. */
export async function listSpanBatches({ runtime }: LocalServer): Promise<WireBatch[]> {
  const batches: WireBatch[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const params = new URLSearchParams({ source: 'otlp', limit: '500', ...(cursor === '' ? {} : { cursor }) })
    const parsed = parseListQuery(params)
    if (!parsed.ok) throw new Error('the query is wrong')
    const page = await runtime.reads.listBatches(parsed.query, Date.now())
    batches.push(...page.batches)
    cursor = page.next_cursor
  }
  return batches
}

/** Waits until there are so many batches and none of them may still change. */
export async function waitForFinal(server: LocalServer, count: number): Promise<WireBatch[]> {
  let batches: WireBatch[] = []
  await waitUntil(`${count} batches are final`, async () => {
    batches = await listSpanBatches(server)
    return batches.length >= count && batches.every(({ provisional }) => !provisional)
  })
  return batches
}

/** What of a run its batches have to say, for comparison with what was made. */
export function tellTurns(batches: readonly WireBatch[]): unknown[] {
  return batches
    .toSorted((a, b) => (a.turn ?? 0) - (b.turn ?? 0))
    .map(({ turn, started_at, calls }) => ({
      turn,
      calls: calls.map(({ call_id, tool, start_ms, duration_ms, outcome }) => ({
        callId: call_id,
        tool,
        startedAtMs: start_ms === null ? null : started_at + start_ms,
        durationMs: duration_ms,
        outcome,
      })),
    }))
}

/** The same of the run as it was made. */
export function expectedTurns({ turns }: MadeRun): unknown[] {
  return turns.map((calls, i) => ({ turn: i + 1, calls }))
}
