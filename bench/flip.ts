import { Agent, get, request } from 'node:http'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { ModeState } from '#lib/contract/mode.ts'
import { quantile, type Row } from './lib/report.ts'
import { startServerChild } from './lib/server-child.ts'
import { withTempDir } from './lib/temp-dir.ts'

const BUDGET_MS = 250
/** A revision that has not come by then is lost. */
const LOST_MS = 30_000
/** Connections on which the words of those who obey go back. */
const WORD_CONNECTIONS = 64

/**
 * From the request that flips the mode to the moment at which the last connected executor holds the new revision,
 * and to the one at which the server has the word of all.
 */
export async function benchFlip(): Promise<Row[]> {
  return [await flipWith(100, 50), await flipWith(1_000, 200)]
}

async function flipWith(clients: number, flips: number): Promise<Row> {
  return await withTempDir(async (dir) => {
    const server = await startServerChild(join(dir, 'flip'))
    const executors = await Promise.all(
      Array.from({ length: clients }, (_, i) => connectExecutor(server.url, i)),
    )
    const agent = new Agent({ keepAlive: true, maxSockets: WORD_CONNECTIONS })
    const eachMs: number[] = []
    const lastMs: number[] = []
    const wordMs: number[] = []
    for (let flip = 0; flip < flips; flip++) {
      const revision = flip + 1
      const sentMs = performance.now()
      const [mode, ...arrivals] = await Promise.all([
        putMode(server.url, flip, flip % 2 === 0 ? 'serial' : 'parallel'),
        ...executors.map((executor) => executor.untilRevision(revision)),
      ])
      if (mode.revision !== revision) throw new Error(`revision ${mode.revision} after flip ${flip}`)
      await Promise.all(executors.map((_, i) => tellApplied(server.url, agent, i, revision)))
      wordMs.push(performance.now() - sentMs)
      const delays = arrivals.map((arrivedMs) => arrivedMs - sentMs)
      eachMs.push(...delays)
      lastMs.push(Math.max(...delays))
    }
    const heard = executors.reduce((sum, executor) => sum + executor.heard, 0)
    for (const executor of executors) executor.close()
    agent.destroy()
    await server.stop()
    return describeFlips(clients, flips, heard, { eachMs, lastMs, wordMs })
  })
}

function describeFlips(
  clients: number,
  flips: number,
  heard: number,
  times: Readonly<Record<'eachMs' | 'lastMs' | 'wordMs', readonly number[]>>,
): Row {
  // One more each: the mode that was in force when it came.
  const expected = clients * (flips + 1)
  if (heard !== expected) throw new Error(`${expected} events were due and ${heard} came`)
  const pair = (ms: readonly number[]) =>
    `p50 ${quantile(ms, 0.5).toFixed(0)} ms, p99 ${quantile(ms, 0.99).toFixed(0)} ms`
  const p99 = quantile(times.lastMs, 0.99)
  return {
    what: `mode flip to the last of ${clients.toLocaleString('en')} connected executors`,
    measured: `${pair(times.lastMs)} (each executor ${pair(times.eachMs)}; all words back ${pair(times.wordMs)})`,
    ratio: null,
    budget: `p99 ≤ ${BUDGET_MS} ms at 1,000`,
    met: p99 <= BUDGET_MS,
    varied: `${flips} flips; ${(clients * flips).toLocaleString('en')} deliveries, none lost, none twice`,
  }
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

function tellApplied(url: string, agent: Agent, index: number, revision: number): Promise<void> {
  const body = JSON.stringify({
    executor_id: `exec-${index}`,
    agent: 'bench',
    environment: 'bench',
    revision,
    applied_at: Date.now(),
  })
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const req = request(new URL('/api/v1/mode/applied', url), { method: 'POST', headers, agent }, (res) => {
      res.resume()
      res.once('end', () => (res.statusCode === 204 ? resolve() : reject(new Error(`${res.statusCode}`))))
    })
    req.once('error', reject)
    req.end(body)
  })
}

interface StreamClient {
  /** Resolves with the time at which this client held the revision; rejects when it is lost. */
  untilRevision(revision: number): Promise<number>
  /** How many modes have come. */
  readonly heard: number
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
  let heard = 0
  return new Promise((resolve, reject) => {
    const req = get(target, { agent: false }, (res) => {
      res.setEncoding('utf8')
      let received = ''
      res.on('data', (chunk: string) => {
        received += chunk
        for (const [, id] of received.matchAll(/id: (\d+)\ndata: .*\n\n/g)) {
          heard += 1
          arrival(Number(id)).resolve(performance.now())
        }
        received = received.slice(received.lastIndexOf('\n\n') + 2)
      })
      resolve({
        untilRevision(revision) {
          const waiting = arrival(revision)
          const timer = setTimeout(
            () => waiting.reject(new Error(`executor ${index} lost revision ${revision}`)),
            LOST_MS,
          )
          return waiting.promise.finally(() => clearTimeout(timer))
        },
        get heard() {
          return heard
        },
        close: () => req.destroy(),
      })
    })
    req.once('error', reject)
  })
}
