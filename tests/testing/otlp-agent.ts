import { type Context, context, ROOT_CONTEXT, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'

/*
 * An agent as its instrumentation tells of it, by the GenAI conventions: made with the API that agents use, with
 * times that are said and not taken, so that they can be compared.
 */

export interface AgentCall {
  readonly id: string
  readonly tool: string
  /** From the end of the model call; whole milliseconds, as the SDK's own clock gives. */
  readonly startMs: number
  readonly durationMs: number
  readonly fails?: boolean
}

export interface AgentTurn {
  readonly agent: string
  readonly conversation: string
  readonly startedAtMs: number
  readonly modelMs: number
  readonly calls: readonly AgentCall[]
}

/** One turn: the agent, the model call that emits all calls, and a span for each call. */
export function traceTurn(tracer: Tracer, turn: AgentTurn): void {
  const { agent, conversation, startedAtMs, modelMs, calls } = turn
  const emittedAtMs = startedAtMs + modelMs
  const endMs = Math.max(
    ...calls.map(({ startMs, durationMs }) => emittedAtMs + startMs + durationMs),
    emittedAtMs,
  )
  const shared = { 'gen_ai.agent.name': agent, 'gen_ai.conversation.id': conversation }
  const root = tracer.startSpan(
    `invoke_agent ${agent}`,
    { startTime: startedAtMs, attributes: { 'gen_ai.operation.name': 'invoke_agent', ...shared } },
    ROOT_CONTEXT,
  )
  const inside: Context = trace.setSpan(context.active(), root)
  const chat = tracer.startSpan(
    'chat model-1',
    {
      startTime: startedAtMs,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'provider-1',
        'gen_ai.request.model': 'model-1',
        'gen_ai.output.messages': JSON.stringify([
          {
            role: 'assistant',
            parts: calls.map(({ id, tool }) => ({
              type: 'tool_call',
              id,
              name: tool,
              arguments: { of: id },
            })),
          },
        ]),
        ...shared,
      },
    },
    inside,
  )
  chat.end(emittedAtMs)
  for (const call of calls) traceCall(tracer, call, emittedAtMs, inside)
  root.end(endMs)
}

function traceCall(tracer: Tracer, call: AgentCall, emittedAtMs: number, inside: Context): void {
  const startTime = emittedAtMs + call.startMs
  const span = tracer.startSpan(
    `execute_tool ${call.tool}`,
    {
      startTime,
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': call.tool,
        'gen_ai.tool.call.id': call.id,
      },
    },
    inside,
  )
  if (call.fails) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'upstream is down' })
    span.setAttribute('error.type', 'upstream_down')
  }
  span.end(startTime + call.durationMs)
}
