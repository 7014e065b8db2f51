import type { OtlpSpan } from '../otlp/span.ts'
import { nameOf, readCount, readName } from './attributes.ts'
import type { Declared } from './facts.ts'
import { firstOf, isFields, tell } from './json.ts'

/** Under these a conversation is named; `thread.id` is not among them, it is the operating system's thread. */
const RUN_KEYS = [
  'gen_ai.conversation.id',
  'session.id',
  'langsmith.metadata.thread_id',
  'langsmith.metadata.conversation_id',
  'langsmith.metadata.session_id',
  'traceloop.association.properties.thread_id',
  'traceloop.association.properties.conversation_id',
  'traceloop.association.properties.chat_id',
  'traceloop.association.properties.session_id',
  'ai.telemetry.metadata.threadId',
  'ai.telemetry.metadata.conversationId',
  'ai.telemetry.metadata.chatId',
  'ai.telemetry.metadata.sessionId',
  'mastra.metadata.threadId',
  'gcp.vertex.agent.session_id',
  'langfuse.session.id',
  'openai.agents.group_id',
  'agent.group_id',
  'conversation_id',
  'threadId',
  'thread_id',
  'session_id',
] as const

const AGENT_KEYS = [
  'gen_ai.agent.name',
  'agent.name',
  'langsmith.metadata.lc_agent_name',
  'ai.telemetry.functionId',
  'traceloop.workflow.name',
  'agent_name',
] as const

/** What every span can say, whatever its dialect. */
export interface Identity {
  readonly agent: string | null
  readonly service: string | null
  readonly environment: string | null
  readonly version: string | null
  readonly runId: string | null
  readonly declared?: Declared
}

export function readIdentity({ attributes, resource }: OtlpSpan): Identity {
  const metadata = tell(attributes.metadata)
  const more = isFields(metadata) ? metadata : {}
  const service = readName(resource, 'service.name')
  return {
    agent: readName(attributes, ...AGENT_KEYS) ?? nameOf(firstOf(more, 'lc_agent_name', 'agent_name')),
    // What OpenTelemetry's SDKs put in when nobody named the service.
    service: service?.startsWith('unknown_service') === true ? null : service,
    environment:
      readName(attributes, 'deployment.environment.name', 'deployment.environment') ??
      readName(resource, 'deployment.environment.name', 'deployment.environment'),
    version: readName(attributes, 'service.version') ?? readName(resource, 'service.version'),
    runId:
      readName(attributes, ...RUN_KEYS) ??
      nameOf(firstOf(more, 'thread_id', 'threadId', 'conversation_id', 'session_id', 'sessionId')),
    ...readDeclared(attributes),
  }
}

function readDeclared(attributes: OtlpSpan['attributes']): { declared?: Declared } {
  const batchId = readName(attributes, 'parascope.batch.id')
  return batchId === null ? {} : { declared: { batchId, turn: readCount(attributes, 'parascope.turn') } }
}
