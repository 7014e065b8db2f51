import type * as Api from '@opentelemetry/api'
import type { CallObservation, ObservedCall, Observer } from './types.ts'

/** What is used of `@opentelemetry/api`: pass the module itself. */
export type OpenTelemetryApi = Pick<typeof Api, 'trace' | 'context' | 'createContextKey' | 'SpanStatusCode'>

/** Batches whose spans are remembered for links, and links a span may carry. */
const MAX_BATCHES = 200
const MAX_LINKS = 32
/** The key by which OpenTelemetry's instrumentations know what not to trace (`@opentelemetry/core`). */
const SUPPRESS_TRACING = 'OpenTelemetry SDK Context Key SUPPRESS_TRACING'
const INVALID_TRACE_ID = '0'.repeat(32)

/**
 * An observer that makes one `execute_tool {tool}` span a call by the GenAI semantic conventions, with the
 * batch's id as `parascope.batch.id` and links to the siblings that started before. A tool runs inside its
 * span. A batch without a `runId` takes the id of the active trace.
 */
export function openTelemetry(api: OpenTelemetryApi, tracer?: Api.Tracer): Observer {
  const { trace, context } = api
  const spanMaker = tracer ?? trace.getTracer('@parascope/sdk')
  const suppressed = api.createContextKey(SUPPRESS_TRACING)
  const siblings = new Map<string, Api.Link[]>()

  const linksOf = (batchId: string) => {
    const known = siblings.get(batchId)
    if (known !== undefined) return known
    const links: Api.Link[] = []
    siblings.set(batchId, links)
    for (const oldest of siblings.keys()) {
      if (siblings.size <= MAX_BATCHES) break
      siblings.delete(oldest)
    }
    return links
  }

  return {
    call({ batchId, callId, tool }: ObservedCall): CallObservation {
      const links = linksOf(batchId)
      const span = spanMaker.startSpan(`execute_tool ${tool}`, {
        links: links.slice(-MAX_LINKS),
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': tool,
          'gen_ai.tool.call.id': callId,
          'parascope.batch.id': batchId,
        },
      })
      links.push({ context: span.spanContext() })
      return {
        run: (invoke) => context.with(trace.setSpan(context.active(), span), invoke),
        end({ outcome, errorCode }) {
          if (outcome !== 'ok' && outcome !== 'unknown') {
            span.setAttribute('error.type', errorCode ?? outcome)
            span.setStatus({ code: api.SpanStatusCode.ERROR, message: outcome })
          }
          span.end()
        },
      }
    },
    runId() {
      const traceId = trace.getActiveSpan()?.spanContext().traceId
      return traceId === INVALID_TRACE_ID ? undefined : traceId
    },
    quiet: (invoke) => context.with(context.active().setValue(suppressed, true), invoke),
  }
}
