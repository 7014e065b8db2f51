import { performance } from 'node:perf_hooks'
import { trace } from '@opentelemetry/api'
import { RequestError } from '#ingest/errors.ts'
import { CONTENT_TYPES, encodeStatus, encodingOf, type OtlpEncoding } from '#ingest/otlp/response.ts'
import { readBody, requireJson } from './body.ts'
import type { Route } from './context.ts'
import { requireSameOrigin } from './origin.ts'
import { respondJson } from './respond.ts'

const tracer = trace.getTracer('parascope')

/**
 * `POST /v1/traces`, after https://opentelemetry.io/docs/specs/otlp/#otlphttp: answered in the encoding of the
 * request, after the commit; a refusal is a `google.rpc.Status`.
 */
export const postTraces: Route = async (req, res, _url, context) => {
  const contentType = req.headers['content-type'] ?? ''
  const respond = (
    status: number,
    encoding: OtlpEncoding,
    body: Uint8Array,
    headers: Record<string, string> = {},
  ) => {
    res.writeHead(status, {
      'content-type': CONTENT_TYPES[encoding],
      'content-length': body.byteLength,
      'cache-control': 'no-store',
      ...headers,
    })
    res.end(body)
  }
  const startedMs = performance.now()
  const span = tracer.startSpan('ingest spans')
  try {
    requireSameOrigin(req, context.publicUrl)
    const body = await readBody(req, context.maxBodyBytes, context.budget)
    const contentEncoding = (req.headers['content-encoding'] ?? '').trim().toLowerCase()
    const answer = await context.writer.takeSpans({ body, contentType, contentEncoding }, Date.now())
    respond(200, answer.encoding, answer.body)
    const count = (result: string, spans: number) => context.metrics.spans.inc({ result }, spans)
    count('accepted', answer.added)
    count('duplicate', answer.repeated)
    count('rejected', answer.rejected)
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    const { status, message, faults, retryAfterS } = error
    // What can't be read as either encoding is answered in the one that people can read.
    const encoding = encodingOf(contentType) ?? 'json'
    const headers: Record<string, string> = retryAfterS === null ? {} : { 'retry-after': String(retryAfterS) }
    respond(status, encoding, encodeStatus(encoding, { status, message, faults }), headers)
  } finally {
    span.end()
    context.metrics.ingestSeconds.observe((performance.now() - startedMs) / 1000)
  }
}

/** `GET /api/v1/otlp/receipt`: what became of the spans that senders exported. */
export const getOtlpReceipt: Route = async (_req, res, _url, context) => {
  respondJson(res, 200, await context.reads.getOtlpReceipt())
}

/** `POST /api/v1/otlp/settle`: batches of spans become final without waiting for quiet. */
export const postSettle: Route = async (req, res, _url, context) => {
  requireSameOrigin(req, context.publicUrl)
  requireJson(req)
  await readBody(req, 1024, context.budget)
  await context.writer.settleSpans()
  respondJson(res, 202, { settling: true })
}
