import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseUntrusted } from '#ingest/describe-issue.ts'
import { RequestError } from '#ingest/errors.ts'
import {
  type OfrepBulk,
  type OfrepContext,
  type OfrepErrorCode,
  ofrepRequestSchema,
} from '#lib/contract/ofrep.ts'
import { logger } from '../log.ts'
import { evaluateFlag, evaluateFlags } from '../ofrep/evaluate-flags.ts'
import { configEtag, toNotice } from '../ofrep/notices.ts'
import { type BodyBudget, readBody, requireJson } from './body.ts'
import type { Route } from './context.ts'
import { respondJson } from './respond.ts'

const FLAGS_PATH = '/ofrep/v1/evaluate/flags'
const EVENTS_PATH = '/ofrep/v1/events'
/** A context is a few attributes. */
const MAX_BODY_BYTES = 64 << 10
/** How long a client in the background keeps its stream: what OFREP has as the default. */
const INACTIVITY_S = 120
/** Within which clients of a server that went away come back, each at a moment of its own. */
const RETRY_MIN_MS = 500
const RETRY_SPREAD_MS = 2_000

/** An error whose OFREP code is not that of its status. */
class EvaluationError extends RequestError {
  readonly code: OfrepErrorCode

  constructor(code: OfrepErrorCode, detail: string) {
    super(400, detail)
    this.code = code
  }
}

/** `POST /ofrep/v1/evaluate/flags/{key}` */
export const postEvaluateFlag: Route = async (req, res, url, context) => {
  let key = ''
  try {
    key = readKey(url)
    const evaluation = evaluateFlag(key, context.mode(), await readContext(req, context.budget), Date.now())
    const status = !('errorCode' in evaluation) ? 200 : evaluation.errorCode === 'FLAG_NOT_FOUND' ? 404 : 400
    respondJson(res, status, evaluation)
  } catch (error) {
    respondFailure(req, res, error, { key })
  }
}

/** `POST /ofrep/v1/evaluate/flags`: all of them, or 304 when they are as the asker has them. */
export const postEvaluateFlags: Route = async (req, res, url, context) => {
  try {
    const mode = context.mode()
    const body: OfrepBulk = {
      flags: evaluateFlags(mode, await readContext(req, context.budget), Date.now()),
      eventStreams: [describeEvents(context.publicUrl)],
      metadata: { revision: mode.revision },
    }
    const etag = `"${createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 22)}"`
    if (isFresh(req, url, etag, configEtag(mode)))
      res.writeHead(304, { etag, 'cache-control': 'no-store' }).end()
    else respondJson(res, 200, body, { etag })
  } catch (error) {
    respondFailure(req, res, error, {})
  }
}

/** `GET /ofrep/v1/events`: a word at each change of the rules, and one at once to who does not know of the last. */
export const getFlagEvents: Route = (req, res, _url, context) => {
  const stream = context.flagStreams.open(req, res)
  if (res.writableEnded) return
  res.write(`retry: ${Math.round(RETRY_MIN_MS + Math.random() * RETRY_SPREAD_MS)}\n\n`)
  const mode = context.mode()
  const revision = String(mode.revision)
  // Between an evaluation and the opening of the stream a change can pass unheard.
  if (req.headers['last-event-id'] !== revision) stream.send('message', toNotice(mode), revision)
}

function readKey(url: URL): string {
  try {
    return decodeURIComponent(url.pathname.slice(FLAGS_PATH.length + 1))
  } catch {
    throw new EvaluationError('PARSE_ERROR', 'The key of the flag cannot be read.')
  }
}

/** @throws RequestError */
async function readContext(req: IncomingMessage, budget: BodyBudget): Promise<OfrepContext> {
  const bytes = await readBody(req, MAX_BODY_BYTES, budget)
  if (bytes.byteLength === 0) return {}
  requireJson(req)
  const body = parseJson(bytes)
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new EvaluationError('PARSE_ERROR', 'The body must be an object.')
  const parsed = parseUntrusted(ofrepRequestSchema, body)
  if (parsed.ok) return parsed.value.context ?? {}
  const [{ path, reason }] = parsed.faults
  throw new EvaluationError('INVALID_CONTEXT', `\`${path}\` ${reason}.`)
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    throw new EvaluationError('PARSE_ERROR', 'The body is not JSON.')
  }
}

function describeEvents(publicUrl: string | null): OfrepBulk['eventStreams'][number] {
  const { origin, pathname } = new URL(publicUrl ?? 'http://localhost')
  const requestUri = `${pathname.replace(/\/+$/, '')}${EVENTS_PATH}`
  const endpoint = publicUrl === null ? { requestUri } : { origin, requestUri }
  return { type: 'sse', endpoint, inactivityDelaySec: INACTIVITY_S }
}

/**
 * True when the asker holds this very answer. One whom the stream told of other rules than these gets the
 * answer whatever he holds, as OFREP has it.
 */
function isFresh(req: IncomingMessage, url: URL, etag: string, config: string): boolean {
  const told = url.searchParams.get('flagConfigEtag')
  if (told !== null && opaque(told) !== opaque(config)) return false
  const held = (req.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim())
  return held.includes('*') || held.some((tag) => opaque(tag) === opaque(etag))
}

/** Weak comparison (RFC 9110, 8.8.3.2), and without quotes, which some leave out. */
function opaque(tag: string): string {
  return tag.replace(/^W\//, '').replace(/^"(.*)"$/, '$1')
}

/** In the shape that OFREP has for it; what is ours is logged here, because nobody else sees it. */
function respondFailure(
  req: IncomingMessage,
  res: ServerResponse,
  error: unknown,
  about: { readonly key?: string },
): void {
  if (!(error instanceof RequestError))
    logger.error({ err: error, url: req.url }, 'a flag could not be evaluated')
  const { status, code, details, retryAfterS } = describeFailure(error)
  const headers: Record<string, string> = retryAfterS === null ? {} : { 'retry-after': String(retryAfterS) }
  respondJson(res, status, { ...about, errorCode: code, errorDetails: details }, headers)
}

interface Failure {
  readonly status: number
  readonly code: OfrepErrorCode
  readonly details: string
  readonly retryAfterS: number | null
}

/** OFREP knows 400, 401, 403, 404, 429 and 500 alone. */
export function describeFailure(error: unknown): Failure {
  if (!(error instanceof RequestError))
    return {
      status: 500,
      code: 'GENERAL',
      details: 'Something failed here; the log of the server says what.',
      retryAfterS: null,
    }
  const { message: details, retryAfterS } = error
  if (error instanceof EvaluationError) return { status: 400, code: error.code, details, retryAfterS }
  if ([401, 403, 429].includes(error.status))
    return { status: error.status, code: 'GENERAL', details, retryAfterS }
  if (error.status >= 500) return { status: 500, code: 'GENERAL', details, retryAfterS }
  return { status: 400, code: 'PARSE_ERROR', details, retryAfterS }
}
