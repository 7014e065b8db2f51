import { Agent, request } from 'node:http'
import { performance } from 'node:perf_hooks'

/** What a load came to. */
export interface LoadResult {
  readonly seconds: number
  readonly answers: readonly unknown[]
  /** Of each request, in order of its end. */
  readonly latenciesMs: readonly number[]
}

/** Sends every body once over `connections` kept connections, each as soon as the one before is answered. */
export async function sendAll(url: string, bodies: readonly Buffer[], connections: number): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const target = new URL('/api/v1/batches', url)
  const answers: unknown[] = new Array(bodies.length)
  const latenciesMs: number[] = []
  let next = 0

  async function send(): Promise<void> {
    while (next < bodies.length) {
      const index = next++
      const sentMs = performance.now()
      answers[index] = await post(agent, target, bodies[index] as Buffer)
      latenciesMs.push(performance.now() - sentMs)
    }
  }

  const startedMs = performance.now()
  await Promise.all(Array.from({ length: connections }, send))
  const seconds = (performance.now() - startedMs) / 1000
  agent.destroy()
  return { seconds, answers, latenciesMs }
}

function post(agent: Agent, target: URL, body: Buffer): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.byteLength }
    const outgoing = request(target, { agent, method: 'POST', headers }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.once('end', () => {
        const text = Buffer.concat(chunks).toString()
        if (res.statusCode === 200) resolve(JSON.parse(text))
        else reject(new Error(`${res.statusCode}: ${text}`))
      })
    })
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}
