import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { IngestBatch } from '../../lib/contract/ingest.ts'
import type { Mode } from './types.ts'

/** One request as it came in. */
export interface Heard {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
  readonly body: string
  readonly at: number
}

export interface FarRule {
  readonly id?: string
  readonly environment?: string
  readonly agent?: string
  readonly tool?: string
  readonly mode: Mode
  readonly percentage?: number
  readonly expires_at?: number
}

type Answer = (request: Heard, response: ServerResponse) => void

/** A real HTTP server that speaks as much of the contract as an executor hears; what it says can be changed. */
export class FarEnd {
  readonly heard: Heard[] = []
  readonly batches: IngestBatch[] = []
  /** What comes of `POST /api/v1/batches`, and of the mode's addresses. */
  onBatches: Answer = (request, response) => this.accept(request, response)
  onStream: Answer = (_, response) => this.openStream(response)
  onMode: Answer = (_, response) => json(response, 200, this.#mode())
  revision = 1
  rules: FarRule[] = []
  readonly #streams = new Set<ServerResponse>()
  readonly #server: Server
  #waiting: (() => void)[] = []

  private constructor(server: Server) {
    this.#server = server
    server.on('request', (request, response) => this.#take(request, response))
  }

  static async open(port = 0): Promise<FarEnd> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    return new FarEnd(server)
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get streams(): number {
    return this.#streams.size
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** Resolves when `condition` holds; it is looked at whenever anything is heard. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** Changes the mode and tells the open streams. */
  flip(rules: FarRule[], revision = this.revision + 1): void {
    this.rules = rules
    this.revision = revision
    for (const stream of this.#streams) this.#tell(stream)
  }

  dropStreams(): void {
    for (const stream of this.#streams) stream.destroy()
  }

  accept(request: Heard, response: ServerResponse): void {
    const { batches } = JSON.parse(request.body) as { batches: IngestBatch[] }
    this.batches.push(...batches)
    json(response, 200, { accepted: batches.length, duplicates: 0, rejected: [] })
  }

  openStream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    this.#streams.add(response)
    response.on('close', () => {
      this.#streams.delete(response)
      this.#wake()
    })
    this.#tell(response)
  }

  applied(): {
    executor_id: string
    agent: string
    environment: string
    revision: number
    applied_at: number
  }[] {
    return this.heard
      .filter(({ path }) => path === '/api/v1/mode/applied')
      .map(({ body }) => JSON.parse(body))
  }

  #mode() {
    const rules = this.rules.map((rule, index) => ({
      id: `rule${index}`,
      environment: null,
      agent: null,
      tool: null,
      percentage: null,
      expires_at: null,
      reason: null,
      set_by: 'test',
      set_at: 0,
      ...rule,
    }))
    return { revision: this.revision, default: 'parallel', rules }
  }

  #tell(stream: ServerResponse): void {
    stream.write(`:beat\n\nevent: mode\nid: ${this.revision}\ndata: ${JSON.stringify(this.#mode())}\n\n`)
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (text) => {
      body += text
    })
    request.on('end', () => {
      const { pathname: path } = new URL(request.url ?? '/', this.url)
      const { authorization } = request.headers
      const heard: Heard = { method: request.method ?? '', path, authorization, body, at: performance.now() }
      this.heard.push(heard)
      if (path === '/api/v1/batches') this.onBatches(heard, response)
      else if (path === '/api/v1/mode/stream') this.onStream(heard, response)
      else if (path === '/api/v1/mode') this.onMode(heard, response)
      else json(response, 200, {})
      this.#wake()
    })
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

export function json(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}
