import type { OtlpEvent, OtlpSpan, OtlpValue } from '../../otlp/span.ts'
import { nameOf, readName, readRaw } from '../attributes.ts'
import { type Fields, firstOf, isFields, member, tell } from '../json.ts'
import { readMessages, type Told } from './read-messages.ts'
import type { ToldCall } from './told-call.ts'

const INPUTS = [
  'gen_ai.input.messages',
  'gen_ai.request.messages',
  'pydantic_ai.all_messages',
  'all_messages_events',
  'gcp.vertex.agent.llm_request',
  'gen_ai.prompt',
] as const
const OUTPUTS = [
  'gen_ai.output.messages',
  'gen_ai.response.messages',
  'gcp.vertex.agent.llm_response',
  'gen_ai.completion',
] as const

export interface GenAiMessages {
  /** What the model emitted; null when the span does not tell. */
  readonly calls: readonly ToldCall[] | null
  /** The messages before the answer. */
  readonly history: Told
  /** Of an `execute_tool` span that tells its input as a message: that, and whose it is. */
  readonly toolInput: unknown
  readonly toolCallId: string | null
  /** What the last `gen_ai.choice` holds: the result of a tool, where a tool has one. */
  readonly choice: unknown
}

/** The messages of a span in every form that the convention has had. */
export function readGenAiMessages(span: OtlpSpan): GenAiMessages {
  const { attributes } = span
  const events = [...span.events.map(messageOf), ...listed(attributes.events)].filter((one) => one !== null)
  const input = tell(readRaw(attributes, ...INPUTS) ?? readOfEvents(span, INPUTS))
  const output = tell(readRaw(attributes, ...OUTPUTS) ?? readOfEvents(span, OUTPUTS))
  const choices = events.filter((event) => event.isChoice).map((event) => event.message)
  const history = events.filter((event) => !event.isChoice).map((event) => event.message)
  const toolMessage = history.findLast((message) => member(message, 'role') === 'tool') ?? {}
  const before = readMessages(input)
  return {
    calls: emittedOf(span, output, choices),
    history: before.calls.length + before.results.length > 0 ? before : readMessages(history),
    toolInput: firstOf(toolMessage, 'content'),
    toolCallId: nameOf(firstOf(toolMessage, 'id', 'tool_call_id')),
    choice: firstOf(choices.at(-1) ?? {}, 'message', 'content'),
  }
}

/**
 * The same attributes on an event: `gen_ai.content.prompt` and `gen_ai.content.completion` of the first generation,
 * `gen_ai.client.inference.operation.details` of the latest.
 */
function readOfEvents(span: OtlpSpan, keys: readonly string[]): OtlpValue | undefined {
  return span.events
    .map((event) => readRaw(event.attributes, ...keys))
    .findLast((value) => value !== undefined)
}

function emittedOf(span: OtlpSpan, output: unknown, choices: readonly Fields[]): readonly ToldCall[] | null {
  // Sentry tells the calls apart from the text.
  const apart = tell(readRaw(span.attributes, 'gen_ai.response.tool_calls'))
  if (apart !== undefined) return readMessages({ tool_calls: apart }).calls
  if (output !== undefined) return readMessages(output).calls
  const calls = readMessages(choices).calls
  if (calls.length > 0) return calls
  const reasons = [
    ...reasonsOf(span.attributes['gen_ai.response.finish_reasons']),
    ...choices.map((choice) => nameOf(member(choice, 'finish_reason')) ?? ''),
  ]
  return reasons.length > 0 && reasons.every((reason) => endsAnswer(reason, span)) ? [] : null
}

function reasonsOf(value: unknown): string[] {
  const reasons = tell(value)
  return (Array.isArray(reasons) ? reasons : [reasons])
    .map((reason) => nameOf(reason))
    .filter((one) => one !== null)
}

/** Gemini stops with STOP also when it asks for tools; there the reason tells nothing. */
function endsAnswer(reason: string, { attributes }: OtlpSpan): boolean {
  const provider = readName(attributes, 'gen_ai.provider.name', 'gen_ai.system') ?? ''
  return /^(?:stop|end_turn)$/.test(reason) && !/gemini|google|vertex|gcp/i.test(provider)
}

interface EventMessage {
  readonly isChoice: boolean
  readonly message: Fields
}

const EVENT = /^gen_ai\.(?:(system|user|assistant|tool)\.message|choice)$/

/** `gen_ai.tool.message` and its kin: the message in attributes, or as JSON in one of them. */
function messageOf(event: OtlpEvent): EventMessage | null {
  const kind = EVENT.exec(event.name)
  if (kind === null) return null
  const body = tell(readRaw(event.attributes, 'gen_ai.event.content', 'event.body', 'body'))
  const own = Object.fromEntries(Object.entries(event.attributes).map(([key, value]) => [key, tell(value)]))
  const message = { ...own, ...(isFields(body) ? body : {}) }
  return { isChoice: kind[1] === undefined, message: { role: kind[1] ?? 'assistant', ...message } }
}

/** The same events as one JSON attribute, as Pydantic's Logfire writes them. */
function listed(attribute: unknown): EventMessage[] {
  const events = tell(attribute)
  if (!Array.isArray(events)) return []
  return events.filter(isFields).map((event) => ({
    isChoice: member(event, 'event.name') === 'gen_ai.choice',
    message: event,
  }))
}
