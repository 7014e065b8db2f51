import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRandom, type Random } from '../random.ts'
import type { World } from '../world.ts'
import { drawAnswer, ENDPOINTS, type EndpointName, type EndpointProfile } from './endpoints.ts'
import { type MatchedRoute, matchRoute, type ServiceRequest } from './routes.ts'
import { ShopState } from './state.ts'

export interface ServiceOptions {
  readonly seed: number | string
  readonly world: World
  /** Multiplies every answer time; 1 by default, small in tests. */
  readonly latencyScale?: number
}

/** The shop's HTTP service while it runs. */
export interface Service {
  /** Base address, `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string
  /** Changes how an endpoint behaves from the next request on. */
  readonly tune: (endpoint: EndpointName, change: Partial<EndpointProfile>) => void
  /** Stops listening and cuts what is under way. */
  readonly close: () => Promise<void>
}

interface Endpoint {
  profile: EndpointProfile
  readonly random: Random
  inFlight: number
}

const MAX_BODY_BYTES = 64 * 1024

/**
 * Starts the shop on a free loopback port. Each endpoint draws from a source of its own, so that the
 * n-th request to it fares the same in every run with the same seed.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const state = new ShopState(options.world)
  const scale = options.latencyScale ?? 1
  const endpoints = createEndpoints(options.seed)
  const server = createServer((request, response) => {
    readRequest(request).then(
      (parsed) => serve(parsed, response, { endpoints, state, scale }),
      () => send(response, 400, { code: 'body_invalid' }),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the demo service has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    tune: (name, change) => {
      const endpoint = endpoints.get(name)
      if (endpoint) endpoint.profile = { ...endpoint.profile, ...change }
    },
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function createEndpoints(seed: number | string): Map<EndpointName, Endpoint> {
  const random = createRandom(`${seed}/service`)
  const names = Object.keys(ENDPOINTS) as EndpointName[]
  return new Map(
    names.map((name) => [name, { profile: ENDPOINTS[name], random: random.fork(name), inFlight: 0 }]),
  )
}

interface Shop {
  readonly endpoints: ReadonlyMap<EndpointName, Endpoint>
  readonly state: ShopState
  readonly scale: number
}

function serve(request: ServiceRequest, response: ServerResponse, shop: Shop): void {
  const route = matchRoute(request)
  const endpoint = route && shop.endpoints.get(route.endpoint)
  if (!route || !endpoint) {
    send(response, 404, { code: 'no_such_route' })
    return
  }
  endpoint.inFlight += 1
  const draw = drawAnswer(endpoint.profile, endpoint.random, Date.now(), endpoint.inFlight)
  const timer = setTimeout(
    () => answer(route, draw.status, response, shop.state),
    draw.latencyMs * shop.scale,
  )
  // Covers both ends: the answer was sent, or the client gave up and nothing must happen any more.
  response.once('close', () => {
    clearTimeout(timer)
    endpoint.inFlight -= 1
  })
}

function answer(
  route: MatchedRoute,
  status: 200 | 429 | 503,
  response: ServerResponse,
  state: ShopState,
): void {
  if (status === 429) {
    send(response, 429, { code: 'rate_limited' }, { 'retry-after': '1' })
  } else if (status === 503) {
    send(response, 503, { code: 'unavailable' })
  } else {
    const result = route.answer(state)
    send(response, result.status, result.body)
  }
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

async function readRequest(request: IncomingMessage): Promise<ServiceRequest> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) throw new RangeError('body too large')
    chunks.push(chunk)
  }
  const parsed: unknown = bytes === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString('utf8'))
  const body = typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {}
  return { method: request.method ?? 'GET', path: url.pathname, query: url.searchParams, body }
}
