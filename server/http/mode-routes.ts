import { randomUUID } from 'node:crypto'
import { RequestError } from '#ingest/errors.ts'
import { modeAppliedSchema, modePutSchema } from '#lib/contract/mode.ts'
import { parseBody, readJson } from './body.ts'
import type { Route } from './context.ts'
import { requireSameOrigin } from './origin.ts'
import { respondJson } from './respond.ts'

const MAX_BODY_BYTES = 1 << 20
const MAX_NAME_CHARS = 256
/** The same as in the executor's report, so that both are of one. */
const MAX_EXECUTOR_ID_CHARS = 128

/** `GET /api/v1/mode` */
export const getMode: Route = (_req, res, _url, context) => {
  respondJson(res, 200, context.mode())
}

/** `PUT /api/v1/mode`: replaces the list of rules. */
export const putMode: Route = async (req, res, _url, context) => {
  requireSameOrigin(req, context.publicUrl)
  const put = parseBody(modePutSchema, await readJson(req, MAX_BODY_BYTES, context.budget))
  const { mode } = await context.writer.putMode(put, 'local', Date.now())
  respondJson(res, 200, mode)
}

/** `POST /api/v1/mode/applied`: an executor obeys a revision. */
export const postApplied: Route = async (req, res, _url, context) => {
  requireSameOrigin(req, context.publicUrl)
  const report = parseBody(modeAppliedSchema, await readJson(req, MAX_BODY_BYTES, context.budget))
  const afterMs = context.executors.applied(report, Date.now())
  if (afterMs !== null) context.metrics.modeAppliedSeconds.observe(afterMs / 1000)
  context.executorsChanged()
  res.writeHead(204).end()
}

/** `GET /api/v1/mode/stream`: the rules that concern one executor, now and at each change. */
export const getModeStream: Route = (req, res, url, context) => {
  const scope = { agent: readName(url, 'agent'), environment: readName(url, 'environment') }
  const executorId = url.searchParams.has('executor_id')
    ? readName(url, 'executor_id', MAX_EXECUTOR_ID_CHARS)
    : `anonymous-${randomUUID()}`
  context.executorStreams.open(req, res, executorId, scope)
}

function readName(url: URL, name: string, maxChars = MAX_NAME_CHARS): string {
  const value = url.searchParams.get(name)
  if (value !== null && value !== '' && value.length <= maxChars) return value
  const reason = `is required, at most ${maxChars} characters`
  throw new RequestError(400, `\`${name}\` ${reason}.`, { faults: [{ path: name, reason }] })
}
