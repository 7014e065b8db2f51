import { get } from 'node:http'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { ModeState } from '#lib/contract/mode.ts'
import { quantile, type Row } from './lib/report.ts'
import { startServerChild } from './lib/server-child.ts'
import { withTempDir } from './lib/temp-dir.ts'

const FLIPS = 20
const BUDGET_MS = 250

/** From the request that flips the mode to the moment at which each connected executor holds the new revision. */
export async function benchFlip(): Promise<Row[]> {
  return [await flipWith(100), await flipWith(1_000)]
}

async function flipWith(clients: number): Promise<Row> {
  return await withTempDir(async (dir) => {
    const server = await startServerChild(join(dir, 'flip'))
    const executors = await Promise.all(
      Array.from({ length: clients }, (_, i) => connectExecutor(server.url, i)),
    )
    const delaysMs: number[] = []
    const lastMs: number[] = []
    for (let flip = 0; flip < FLIPS; flip++) {
      const sentMs = performance.now()
      const [{ revision }, ...arrivals] = await Promise.all([
        putMode(server.url, flip, flip % 2 === 0 ? 'serial' : 'parallel'),
        ...executors.map((executor) => executor.untilRevision(flip + 1)),
      ])
      if (revision !== flip + 1) throw new Error(`revision ${revision} after flip ${flip}`)
      const delays = arrivals.map((arrivedMs) => arrivedMs - sentMs)
      delaysMs.push(...delays)
      lastMs.push(Math.max(...delays))
    }
    for (const executor of executors) executor.close()
    await server.stop()
    const p99 = quantile(delaysMs, 0.99)
    return {
      what: `mode flip to ${clients.toLocaleString('en')} connected executors`,
      measured: `p50 ${quantile(delaysMs, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, the last of them ${Math.max(...lastMs).toFixed(0)} ms`,
      ratio: null,
      budget: `p99 ≤ ${BUDGET_MS} ms at 1,000`,
      met: p99 <= BUDGET_MS,
      varied: `${FLIPS} flips, each client saw each revision`,
    }
  })
}

async function putMode(url: string, revision: number, mode: string): Promise<ModeState> {
  const response = await fetch(new URL('/api/v1/mode', url), {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ revision, reason: 'bench', rules: [{ mode }] }),
  })
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
  return (await response.json()) as ModeState
}

interface StreamClient {
  /** Resolves with the time at which this client held the revision. */
  untilRevision(revision: number): Promise<number>
  close(): void
}

function connectExecutor(url: string, index: number): Promise<StreamClient> {
  const target = new URL(`/api/v1/mode/stream?agent=bench&environment=bench&executor_id=exec-${index}`, url)
  const arrivals = new Map<number, PromiseWithResolvers<number>>()
  const arrival = (revision: number) => {
    const known = arrivals.get(revision) ?? Promise.withResolvers<number>()
    arrivals.set(revision, known)
    return known
  }
  return new Promise((resolve, reject) => {
    const req = get(target, { agent: false }, (res) => {
      res.setEncoding('utf8')
      let received = ''
      res.on('data', (chunk: string) => {
        received += chunk
        for (const [, id] of received.matchAll(/id: (\d+)\ndata: .*\n\n/g))
          arrival(Number(id)).resolve(performance.now())
        received = received.slice(received.lastIndexOf('\n\n') + 2)
      })
      resolve({ untilRevision: (revision) => arrival(revision).promise, close: () => req.destroy() })
    })
    req.once('error', reject)
  })
}
