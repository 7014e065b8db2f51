import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { RequestError } from '#ingest/errors.ts'
import { postAlertAction } from './alert-routes.ts'
import { deleteChannel, postChannel, postChannelTest, putChannel } from './channel-routes.ts'
import type { Route, RouteContext } from './context.ts'
import { getRebuild, postBatches, postRebuild } from './ingest-routes.ts'
import { getModeAuditExport } from './mode-audit-route.ts'
import { getMode, getModeStream, postApplied, putMode } from './mode-routes.ts'
import { postModeTrigger } from './mode-trigger-route.ts'
import { getFlagEvents, postEvaluateFlag, postEvaluateFlags } from './ofrep-routes.ts'
import { requireKnownHost } from './origin.ts'
import { getOtlpReceipt, postSettle, postTraces } from './otlp-routes.ts'
import { respondError } from './respond.ts'
import { getHealth, getMetrics, getReadiness, getStream } from './status-routes.ts'
import { putToolMarks } from './tool-routes.ts'

/** A sender that needs longer than this for its whole request is cut off. */
const REQUEST_TIMEOUT_MS = 30_000
const HEADERS_TIMEOUT_MS = 10_000
/** Longer than the idle time of common proxies, so that it is they who close. */
const KEEP_ALIVE_MS = 65_000
/** At a stop a request that has not been sent whole by then is cut off: supervisors kill after ten seconds. */
const DRAIN_MS = 5_000

type Methods = Readonly<Record<string, Route>>

/** The paths of this server by method: the hot ones, and those that write. Everything else belongs to the pages. */
const ROUTES: Readonly<Record<string, Methods>> = {
  '/api/v1/batches': { POST: postBatches },
  '/api/v1/rebuild': { GET: getRebuild, POST: postRebuild },
  '/api/v1/channels': { POST: postChannel },
  '/api/v1/mode': { GET: getMode, PUT: putMode },
  '/api/v1/mode/stream': { GET: getModeStream },
  '/api/v1/mode/applied': { POST: postApplied },
  '/api/v1/mode/trigger': { POST: postModeTrigger },
  '/api/v1/mode/audit/export': { GET: getModeAuditExport },
  '/api/v1/stream': { GET: getStream },
  '/ofrep/v1/evaluate/flags': { POST: postEvaluateFlags },
  '/ofrep/v1/events': { GET: getFlagEvents },
  '/api/v1/otlp/receipt': { GET: getOtlpReceipt },
  '/api/v1/otlp/settle': { POST: postSettle },
  '/v1/traces': { POST: postTraces },
  '/healthz': { GET: getHealth },
  '/readyz': { GET: getReadiness },
  '/metrics': { GET: getMetrics },
}
/** Those that hold an id. */
const ROUTES_BY_ID: readonly (readonly [path: RegExp, methods: Methods])[] = [
  [/^\/api\/v1\/alerts\/[^/]+\/actions$/, { POST: postAlertAction }],
  [/^\/api\/v1\/tools\/[^/]+\/marks$/, { PUT: putToolMarks }],
  [/^\/api\/v1\/channels\/[^/]+$/, { PUT: putChannel, DELETE: deleteChannel }],
  [/^\/api\/v1\/channels\/[^/]+\/test$/, { POST: postChannelTest }],
  // With slashes: there are clients that send a key as it is.
  [/^\/ofrep\/v1\/evaluate\/flags\/.+$/, { POST: postEvaluateFlag }],
]
/** Paths of which only some methods are hot; the others go on to the pages. */
const SHARED_PATHS = new Set(['/api/v1/batches', '/api/v1/channels'])

export type PageHandler = (req: IncomingMessage, res: ServerResponse) => Promise<void>

export interface FrontOptions {
  readonly context: RouteContext
  readonly allowedHosts: readonly string[]
  readonly pages: PageHandler
  /** Called with errors that are ours. */
  readonly onError: (error: unknown, req: IncomingMessage) => void
}

/** The HTTP server of the process. */
export interface Front {
  readonly server: Server
  /** Answers what has been asked, each as the last on its connection, and takes no new ones. */
  close(): Promise<void>
}

/** Hot paths at once, the rest to Next. */
export function createFront(options: FrontOptions): Front {
  /** Answers under way; those that begin after `close` are few, on connections that were open. */
  const open = new Set<ServerResponse>()
  let closing = false
  const server = createServer((req, res) => {
    open.add(res)
    res.once('close', () => open.delete(res))
    if (closing) endConnectionAfter(res)
    void handle(req, res, options)
  })
  server.requestTimeout = REQUEST_TIMEOUT_MS
  server.headersTimeout = HEADERS_TIMEOUT_MS
  server.keepAliveTimeout = KEEP_ALIVE_MS
  return {
    server,
    async close() {
      closing = true
      for (const res of open) endConnectionAfter(res)
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
      await closed
      clearTimeout(timer)
    },
  }
}

/** Without it a sender that keeps its connection busy would keep the server from ever stopping. */
function endConnectionAfter(res: ServerResponse): void {
  if (!res.headersSent) res.setHeader('connection', 'close')
}

async function handle(req: IncomingMessage, res: ServerResponse, options: FrontOptions): Promise<void> {
  try {
    requireKnownHost(req, options.allowedHosts)
    const url = parseUrl(req)
    const route = findRoute(req.method ?? 'GET', url.pathname, res)
    if (route) await route(req, res, url, options.context)
    else await options.pages(req, res)
  } catch (error) {
    if (!(error instanceof RequestError)) options.onError(error, req)
    if (res.headersSent) res.destroy()
    else respondError(res, error)
  }
}

function parseUrl(req: IncomingMessage): URL {
  const url = URL.parse(req.url ?? '/', 'http://parascope')
  if (url === null) throw new RequestError(400, 'The URL cannot be read.')
  return url
}

function findRoute(method: string, path: string, res: ServerResponse): Route | null {
  const methods = ROUTES[path] ?? ROUTES_BY_ID.find(([pattern]) => pattern.test(path))?.[1]
  if (methods === undefined) return null
  const route = methods[method === 'HEAD' ? 'GET' : method]
  if (route) return route
  if (SHARED_PATHS.has(path)) return null
  const allowed = Object.keys(methods).join(', ')
  res.setHeader('allow', allowed)
  throw new RequestError(405, `${path} takes ${allowed}, not ${method.slice(0, 20)}.`)
}
