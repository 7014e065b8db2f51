import { describeUnreadiness } from '../state.ts'
import type { Route } from './context.ts'
import { respondJson } from './respond.ts'

const RETRY_AFTER_S = '2'

/** `GET /healthz`: the process answers. */
export const getHealth: Route = (_req, res) => {
  respondJson(res, 200, { status: 'ok' })
}

/** `GET /readyz`: the process can take traffic, its storage included. */
export const getReadiness: Route = (_req, res, _url, context) => {
  const reason = describeUnreadiness(context.state)
  if (reason === null) respondJson(res, 200, { status: 'ready' })
  else respondJson(res, 503, { status: 'not ready', reason }, { 'retry-after': RETRY_AFTER_S })
}

/** `GET /metrics`: Prometheus text. */
export const getMetrics: Route = async (_req, res, _url, context) => {
  const { registry } = context.metrics
  res.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' })
  res.end(await registry.metrics())
}

/** `GET /api/v1/stream`: what happens, for people who watch. */
export const getStream: Route = (req, res, _url, context) => {
  const stream = context.people.open(req, res)
  stream.send('storage', { fault: context.state.storageFault })
}
