import { performance } from 'node:perf_hooks'
import { trace } from '@opentelemetry/api'
import type { DerivedEvent } from '../writer/protocol.ts'
import { readBody, requireJson } from './body.ts'
import type { Route } from './context.ts'
import { requireSameOrigin } from './origin.ts'
import { respondJson } from './respond.ts'

const tracer = trace.getTracer('parascope')

/** `POST /api/v1/batches`: answered after the commit. */
export const postBatches: Route = async (req, res, _url, context) => {
  requireSameOrigin(req, context.publicUrl)
  requireJson(req)
  const body = await readBody(req, context.maxBodyBytes, context.budget)
  const startedMs = performance.now()
  const span = tracer.startSpan('ingest batches', {
    attributes: { 'http.request.body.size': body.byteLength },
  })
  try {
    const encoding = (req.headers['content-encoding'] ?? '').toLowerCase()
    const answer = await context.writer.ingest(body, encoding, Date.now())
    respondJson(res, 200, answer)
    context.metrics.batches.inc({ result: 'accepted' }, answer.accepted)
    context.metrics.batches.inc({ result: 'duplicate' }, answer.duplicates)
    context.metrics.batches.inc({ result: 'rejected' }, answer.rejected.length)
  } finally {
    span.end()
    context.metrics.ingestSeconds.observe((performance.now() - startedMs) / 1000)
  }
}

/** `POST /api/v1/rebuild`: drops derived state and builds it anew from the log. */
export const postRebuild: Route = async (req, res, _url, context) => {
  requireSameOrigin(req, context.publicUrl)
  requireJson(req)
  await readBody(req, 1024, context.budget)
  context.state.derived = { ...context.state.derived, flushedSeq: 0, rebuilding: true, fault: null }
  await context.writer.rebuild()
  respondJson(res, 202, rebuildProgress(context.state.derived))
}

/** `GET /api/v1/rebuild`: how far derived state has come. */
export const getRebuild: Route = (_req, res, _url, context) => {
  respondJson(res, 200, rebuildProgress(context.state.derived))
}

function rebuildProgress({ rebuilding, flushedSeq, lastSeq, fault }: DerivedEvent) {
  return { rebuilding, flushed_seq: flushedSeq, last_seq: lastSeq, fault: fault?.message ?? null }
}
