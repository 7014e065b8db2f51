import { RequestError } from '#ingest/errors.ts'
import { channelInputSchema } from '#lib/contract/channels.ts'
import { parseBody, readJson } from './body.ts'
import type { Route } from './context.ts'
import { requireSameOrigin } from './origin.ts'
import { respondJson } from './respond.ts'

const MAX_BODY_BYTES = 64 << 10
const PATH = /^\/api\/v1\/channels\/([^/]+)/
/** Of the log that answers a test. */
const DELIVERIES = 20

/** `POST /api/v1/channels`: makes a channel; this answer alone holds its secret. */
export const postChannel: Route = async (req, res, _url, context) => {
  requireSameOrigin(req, context.publicUrl)
  const input = parseBody(channelInputSchema, await readJson(req, MAX_BODY_BYTES, context.budget))
  respondJson(res, 201, await context.writer.putChannel(null, input, Date.now()))
}

/** `PUT /api/v1/channels/{channel_id}`: replaces what it is; its secret stays. */
export const putChannel: Route = async (req, res, url, context) => {
  requireSameOrigin(req, context.publicUrl)
  const id = readId(url)
  const input = parseBody(channelInputSchema, await readJson(req, MAX_BODY_BYTES, context.budget))
  respondJson(res, 200, await context.writer.putChannel(id, input, Date.now()))
}

/** `DELETE /api/v1/channels/{channel_id}`: its log goes with it. */
export const deleteChannel: Route = async (req, res, url, context) => {
  requireSameOrigin(req, context.publicUrl)
  await context.writer.removeChannel(readId(url))
  res.writeHead(204).end()
}

/** `POST /api/v1/channels/{channel_id}/test`: sends a test now; the answer is the log with how it went. */
export const postChannelTest: Route = async (req, res, url, context) => {
  requireSameOrigin(req, context.publicUrl)
  const id = readId(url)
  await context.notifier.test(id)
  respondJson(res, 200, await context.reads.listDeliveries(id, DELIVERIES))
}

function readId(url: URL): string {
  const [, id = ''] = PATH.exec(url.pathname) ?? []
  try {
    return decodeURIComponent(id)
  } catch {
    throw new RequestError(400, 'The id in the path cannot be read.')
  }
}
