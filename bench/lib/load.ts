import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'

/*
 * A sender that costs little: it shares two cores with the server that it measures. Requests are put into
 * bytes beforehand and written to plain sockets; answers are cut at their content-length.
 */

/** What a load came to. */
export interface LoadResult {
  readonly seconds: number
  /** Parsed answers in the order of the bodies. */
  readonly answers: readonly unknown[]
  /** Of each request, in order of its end. */
  readonly latenciesMs: readonly number[]
}

/** Posts every body once over `connections` kept connections, each as soon as the one before is answered. */
export async function sendAll(
  url: string,
  path: string,
  bodies: readonly Buffer[],
  connections: number,
): Promise<LoadResult> {
  const { hostname, port, host } = new URL(url)
  const requests = bodies.map((body) => frame(host, path, body))
  const answers: unknown[] = new Array(bodies.length)
  const latenciesMs: number[] = []
  let next = 0

  async function send(socket: Socket): Promise<void> {
    const read = createAnswerReader(socket)
    while (next < requests.length) {
      const index = next++
      const sentMs = performance.now()
      socket.write(requests[index] as Buffer)
      answers[index] = await read()
      latenciesMs.push(performance.now() - sentMs)
    }
    socket.destroy()
  }

  const sockets = Array.from({ length: connections }, () => connect(Number(port), hostname).setNoDelay(true))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  const startedMs = performance.now()
  await Promise.all(sockets.map(send))
  return { seconds: (performance.now() - startedMs) / 1000, answers, latenciesMs }
}

function frame(host: string, path: string, body: Buffer): Buffer {
  const head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${body.byteLength}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}

/** Reads one answer after another from a connection. @throws at any status but 200 */
function createAnswerReader(socket: Socket): () => Promise<unknown> {
  let received = ''
  let waiting: PromiseWithResolvers<unknown> | null = null

  function deliver(): void {
    const headEnd = received.indexOf('\r\n\r\n')
    if (headEnd === -1 || waiting === null) return
    const head = received.slice(0, headEnd)
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1])
    const body = received.slice(headEnd + 4, headEnd + 4 + length)
    if (body.length < length) return
    received = received.slice(headEnd + 4 + length)
    if (head.startsWith('HTTP/1.1 200')) waiting.resolve(JSON.parse(body))
    else waiting.reject(new Error(`${head}\n${body}`))
    waiting = null
  }

  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    received += chunk
    deliver()
  })
  socket.once('close', () => waiting?.reject(new Error('the connection was closed')))
  return () => {
    const answer = Promise.withResolvers<unknown>()
    waiting = answer
    return answer.promise
  }
}
