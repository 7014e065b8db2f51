import { generateHistory } from './history/generate.ts'
import { FLIP_RULE } from './history/timeline.ts'
import type { WireBatch } from './history/wire.ts'
import { createServerClient, type ServerClient, type ServerOptions } from './server-client.ts'

/** Batches a request: large enough that the round trip vanishes, small enough for a lively progress bar. */
const BATCHES_PER_REQUEST = 400

export interface HistoryProgress {
  /** How much of the history has been stored, 0 to 1. */
  readonly fraction: number
  readonly batches: number
}

export interface HistoryOptions extends ServerOptions {
  /** How many days to tell. */
  readonly days: number
  readonly seed: number | string
  /** The end of the history. The same seed, days and end give the same batches, which a server stores once. */
  readonly nowMs: number
  readonly onProgress?: ((progress: HistoryProgress) => void) | undefined
}

export interface HistoryResult {
  readonly accepted: number
  /** Stored before, by an earlier and interrupted writing of the same history. */
  readonly duplicates: number
}

/**
 * Writes the demo's past through the public ingest endpoint. Rejects when the server stays away, answers
 * with an error, or rejects a batch.
 */
export async function writeHistory(options: HistoryOptions): Promise<HistoryResult> {
  const client = createServerClient(options)
  const total = { accepted: 0, duplicates: 0 }
  let waiting: WireBatch[] = []
  let sending: Promise<void> = Promise.resolve()
  const send = async (batches: readonly WireBatch[], fraction: number): Promise<void> => {
    const answer = await postBatches(client, batches)
    total.accepted += answer.accepted
    total.duplicates += answer.duplicates
    options.onProgress?.({ fraction, batches: total.accepted + total.duplicates })
  }
  for (const hour of generateHistory(options)) {
    waiting.push(...hour.batches)
    while (waiting.length >= BATCHES_PER_REQUEST || (hour.fraction === 1 && waiting.length > 0)) {
      const next = waiting.slice(0, BATCHES_PER_REQUEST)
      waiting = waiting.slice(BATCHES_PER_REQUEST)
      // One request under way while the next hours are imagined; the order of the log is that of time.
      await sending
      sending = send(next, hour.fraction)
    }
  }
  await sending
  return total
}

async function postBatches(client: ServerClient, batches: readonly WireBatch[]): Promise<HistoryResult> {
  const { status, body } = await client.request('POST', '/api/v1/batches', {
    sdk: { name: 'parascope-demo', version: '0.1.0' },
    sent_at: Date.now(),
    batches,
  })
  if (status !== 200) throw new Error(`the server refused the history with ${status}: ${summarise(body)}`)
  const answer = body as HistoryResult & { rejected: readonly unknown[] }
  if (answer.rejected.length > 0) {
    throw new Error(`the server rejected ${answer.rejected.length} batches: ${summarise(answer.rejected[0])}`)
  }
  return answer
}

/** True when the server holds any batch: then it has a past, whoever wrote it. */
export async function hasBatches(options: ServerOptions): Promise<boolean> {
  const { status, body } = await createServerClient(options).request('GET', '/api/v1/batches?limit=1')
  if (status !== 200) throw new Error(`the server would not list batches: ${status} ${summarise(body)}`)
  return (body as { batches: readonly unknown[] }).batches.length > 0
}

/**
 * Sets and lifts the rule that the history tells of, so that a fresh server's revision agrees with the one
 * in its batches, and its audit says why. Does nothing and answers false when rules were ever changed.
 */
export async function replayModeFlip(options: ServerOptions): Promise<boolean> {
  const client = createServerClient(options)
  const current = await client.request('GET', '/api/v1/mode')
  if (current.status !== 200 || (current.body as { revision?: unknown }).revision !== 0) return false
  const reason = 'Replayed from the demo history: serial for 40 minutes while the carrier was slow'
  const set = await client.request('PUT', '/api/v1/mode', {
    revision: 0,
    reason,
    rules: [{ ...FLIP_RULE, reason }],
  })
  if (set.status !== 200) return false
  const lifted = await client.request('PUT', '/api/v1/mode', { revision: 1, reason, rules: [] })
  if (lifted.status === 200) return true
  throw new Error(`the demo's rule could not be lifted again: ${lifted.status} ${summarise(lifted.body)}`)
}

function summarise(body: unknown): string {
  return (typeof body === 'string' ? body : (JSON.stringify(body) ?? '')).slice(0, 300)
}
