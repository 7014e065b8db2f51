import { Agent, type IncomingHttpHeaders, request } from 'node:http'

/** What a server answered. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The answer as JSON, null when it is none. */
  readonly json: unknown
  /** Our end of the connection that it came on. */
  readonly localPort: number
}

export interface HttpQuestion {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | number>>
  readonly body?: string | Uint8Array
}

/** A client on kept connections, as an SDK has one. It says exactly what it is told to, wrong or not. */
export class HttpClient {
  readonly #agent: Agent
  readonly #url: string

  constructor(url: string, connections = 8) {
    this.#url = url
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
  }

  /** Resolves with any answer; rejects when there is none. */
  ask(path: string, { method = 'GET', headers = {}, body }: HttpQuestion = {}): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const req = request(new URL(path, this.#url), { method, headers, agent: this.#agent }, (res) => {
        const chunks: Buffer[] = []
        const localPort = res.socket.localPort ?? 0
        res.on('data', (chunk: Buffer) => chunks.push(chunk))
        res.once('error', reject)
        res.once('end', () => {
          const text = Buffer.concat(chunks).toString()
          const status = res.statusCode ?? 0
          resolve({ status, headers: res.headers, text, json: parseOrNull(text), localPort })
        })
      })
      req.once('error', reject)
      req.end(body)
    })
  }

  /** Posts to the ingest endpoint; a value that is neither text nor bytes goes as JSON. */
  postBatches(body: unknown, headers: HttpQuestion['headers'] = {}): Promise<HttpAnswer> {
    const bytes = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
    return this.ask('/api/v1/batches', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: bytes,
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
