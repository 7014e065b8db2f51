import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OtlpRequest } from '#ingest/otlp/pipeline.ts'
import type { OtlpReceipt } from '#lib/contract/otlp.ts'

const POLL_MS = 50

/** Posts every request once over kept connections, each as soon as the one before is answered. Returns its seconds. */
export async function sendSpans(
  url: string,
  requests: Iterable<OtlpRequest>,
  connections: number,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const source = requests[Symbol.iterator]()
  const send = async () => {
    for (let next = source.next(); !next.done; next = source.next()) await post(agent, url, next.value)
  }
  const startedMs = performance.now()
  await Promise.all(Array.from({ length: connections }, send))
  const seconds = (performance.now() - startedMs) / 1000
  agent.destroy()
  return seconds
}

/** @throws when anything but the whole request was taken */
function post(agent: Agent, url: string, { body, contentType }: OtlpRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': contentType, 'content-length': body.byteLength }
    const req = request(`${url}/v1/traces`, { method: 'POST', agent, headers }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.once('end', () => {
        const text = Buffer.concat(chunks).toString()
        if (res.statusCode === 200 && text.length <= '{}'.length) resolve()
        else reject(new Error(`spans were answered ${res.statusCode}: ${text.slice(0, 300)}`))
      })
    })
    req.once('error', reject)
    req.end(body)
  })
}

export async function readReceipt(url: string): Promise<OtlpReceipt> {
  const answer = await fetch(`${url}/api/v1/otlp/receipt`)
  if (!answer.ok) throw new Error(`the receipt was answered ${answer.status}`)
  return (await answer.json()) as OtlpReceipt
}

/** Resolves when every span that was taken is in a batch, if it tells of a call at all. */
export async function waitForAssembly(url: string): Promise<void> {
  while ((await readReceipt(url)).unassembled_runs > 0) await sleep(POLL_MS)
}

/** Makes every batch final without waiting for quiet, and resolves when they are. */
export async function settleSpans(url: string): Promise<void> {
  await waitForAssembly(url)
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}/api/v1/otlp/settle`, { method: 'POST', headers, body: '{}' })
  if (!answer.ok) throw new Error(`settling was answered ${answer.status}`)
  while ((await readReceipt(url)).provisional_batches > 0) await sleep(POLL_MS)
}
