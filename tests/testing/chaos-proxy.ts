import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Random } from './random.ts'

/** What becomes of whoever asks now. A `silent` network takes everything and answers nothing. */
export type Weather = 'clear' | 'refusing' | 'silent'

interface Line {
  readonly res: ServerResponse
  readonly held: string[]
  readonly sent: string[]
  isDead: boolean
}

/** A network between executors and a server, on sockets of its own, which can be made to fail in every way. */
export class ChaosProxy {
  weather: Weather = 'clear'
  /** Where the server is; it may come back elsewhere. */
  upstream: string
  /** 0 to 1: how likely an event of a stream is sent twice, or held back until after the next. */
  disorder = 0
  readonly #random: Random
  readonly #server: Server
  readonly #lines = new Set<Line>()

  private constructor(server: Server, upstream: string, random: Random) {
    this.#server = server
    this.upstream = upstream
    this.#random = random
    server.on('request', (req, res) => this.#take(req, res))
  }

  static async open(upstream: string, random: Random): Promise<ChaosProxy> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new ChaosProxy(server, upstream, random)
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Resets this share of the open streams, chosen at random. */
  drop(share: number): void {
    for (const { res } of this.#lines) if (this.#random.chance(share)) res.destroy()
  }

  /** Makes about half of the open streams half-open ones: nothing more comes, nor does an end. */
  halfOpen(): void {
    for (const line of this.#lines) if (this.#random.chance(0.5)) line.isDead = true
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #take(req: IncomingMessage, res: ServerResponse): void {
    if (this.weather === 'refusing') req.socket.destroy()
    else if (this.weather === 'clear') this.#forward(req, res)
  }

  #forward(req: IncomingMessage, res: ServerResponse): void {
    const target = new URL(req.url ?? '/', this.upstream)
    const headers = { ...req.headers, host: target.host }
    const up = request(target, { method: req.method ?? 'GET', headers, agent: false }, (answer) => {
      const isStream = answer.headers['content-type'] === 'text/event-stream'
      res.writeHead(answer.statusCode ?? 502, answer.headers)
      if (isStream) this.#relay(answer, res)
      else answer.pipe(res)
    })
    up.once('error', () => res.destroy())
    res.once('close', () => up.destroy())
    req.pipe(up)
  }

  #relay(answer: IncomingMessage, res: ServerResponse): void {
    const line: Line = { res, held: [], sent: [], isDead: false }
    this.#lines.add(line)
    res.flushHeaders()
    let rest = ''
    answer.setEncoding('utf8')
    answer.on('data', (text: string) => {
      const frames = (rest + text).split('\n\n')
      rest = frames.pop() ?? ''
      if (line.isDead || this.weather === 'silent') return
      for (const frame of frames) res.write(this.#disturb(line, `${frame}\n\n`))
    })
    answer.once('error', () => undefined)
    answer.once('close', () => {
      if (!line.isDead) res.destroy()
    })
    res.once('close', () => this.#lines.delete(line))
  }

  #disturb(line: Line, frame: string): string {
    if (line.held.length === 0 && this.#random.chance(this.disorder)) {
      line.held.push(frame)
      return ''
    }
    const earlier = line.sent.length > 0 && this.#random.chance(this.disorder)
    const again = earlier ? this.#random.pick(line.sent) : ''
    line.sent.push(frame)
    return frame + line.held.splice(0).join('') + again
  }
}
