import { setTimeout as sleep } from 'node:timers/promises'
import type { OtlpRequest } from '#ingest/otlp/pipeline.ts'
import type { BatchDetail, BatchList, Run, WireBatch } from '#lib/contract/reads.ts'

const PAGE = 500
const ATTEMPTS = 20

/** What became of the spans of a run when they were posted. */
export interface Posted {
  /** One line for each request that was refused, in whole or in part. */
  readonly refusals: readonly string[]
}

/** Posts the requests one after another, as an exporter does, and comes back when it is asked to. */
export async function postAll(url: string, requests: readonly OtlpRequest[]): Promise<Posted> {
  const refusals: string[] = []
  for (const request of requests) {
    const refusal = await post(url, request)
    if (refusal !== null) refusals.push(refusal)
  }
  return { refusals }
}

async function post(url: string, request: OtlpRequest): Promise<string | null> {
  const headers: Record<string, string> = { 'content-type': request.contentType }
  if (request.contentEncoding !== '') headers['content-encoding'] = request.contentEncoding
  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers,
      body: Buffer.from(request.body),
    })
    const body = Buffer.from(await answer.arrayBuffer())
    // Nothing to say is an empty message, or an empty object.
    if (answer.status === 200) return body.length <= '{}'.length ? null : `partly refused: ${printable(body)}`
    const mayComeBack = answer.status === 429 || answer.status === 503
    if (!mayComeBack || attempt === ATTEMPTS) return `answered ${answer.status}: ${printable(body)}`
    await sleep(Number(answer.headers.get('retry-after') ?? 1) * 1000)
  }
}

function printable(body: Buffer): string {
  return body
    .toString()
    .replace(/[^ -~]+/g, ' ')
    .trim()
    .slice(0, 300)
}

/** Every batch that spans have made so far, provisional or not. */
export async function listBatches(url: string): Promise<WireBatch[]> {
  const batches: WireBatch[] = []
  let cursor: string | null = null
  do {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page: BatchList = await read(`${url}/api/v1/batches?source=otlp&limit=${PAGE}${query}`)
    batches.push(...page.batches)
    cursor = page.next_cursor
  } while (cursor !== null)
  return Promise.all(batches.map((batch) => (batch.calls_truncated ? readBatch(url, batch.batch_id) : batch)))
}

/** A batch with all of its calls. */
export function readBatch(url: string, batchId: string): Promise<BatchDetail> {
  return read(`${url}/api/v1/batches/${encodeURIComponent(batchId)}`)
}

/** The batches of a run, turn by turn. */
export async function readRun(url: string, runId: string): Promise<WireBatch[]> {
  const { turns } = await read<Run>(`${url}/api/v1/runs/${encodeURIComponent(runId)}`)
  return turns.flatMap(({ batches }) => batches)
}

async function read<T>(address: string): Promise<T> {
  const answer = await fetch(address)
  if (!answer.ok)
    throw new Error(`${address} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`)
  return (await answer.json()) as T
}
