import { channelInputSchema } from '#lib/contract/channels.ts'
import { parseBody, readJson } from './body.ts'
import type { Route } from './context.ts'
import { requireSameOrigin } from './origin.ts'
import { readIdAfter } from './path-id.ts'
import { respondJson } from './respond.ts'

const MAX_BODY_BYTES = 64 << 10
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
  const id = readIdAfter(url, 'channels')
  const input = parseBody(channelInputSchema, await readJson(req, MAX_BODY_BYTES, context.budget))
  respondJson(res, 200, await context.writer.putChannel(id, input, Date.now()))
}

/** `DELETE /api/v1/channels/{channel_id}`: its log goes with it. */
export const deleteChannel: Route = async (req, res, url, context) => {
  requireSameOrigin(req, context.publicUrl)
  await context.writer.removeChannel(readIdAfter(url, 'channels'))
  res.writeHead(204).end()
}

/** `POST /api/v1/channels/{channel_id}/test`: sends a test now; the answer is the log with how it went. */
export const postChannelTest: Route = async (req, res, url, context) => {
  requireSameOrigin(req, context.publicUrl)
  const id = readIdAfter(url, 'channels')
  await context.notifier.test(id)
  respondJson(res, 200, await context.reads.listDeliveries(id, DELIVERIES))
}
