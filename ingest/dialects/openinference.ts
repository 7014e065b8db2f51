import type { OtlpSpan, OtlpValue } from '../otlp/span.ts'
import { nameOf, readName, readRaw, unflatten } from './attributes.ts'
import {
  type Dialect,
  type Reading,
  readModel,
  readModelName,
  readProvider,
  readScope,
  readTokens,
  readTool,
} from './dialect.ts'
import type { Fingerprint } from './fingerprint.ts'
import { firstOf, isFields, member, tell } from './json.ts'
import { splitMerged } from './messages/merged-calls.ts'
import { answerIn, callIn } from './messages/own-messages.ts'
import { readMessages, type Told } from './messages/read-messages.ts'
import { readToolNames } from './messages/tool-names.ts'

/** OpenInference (Arize): `openinference.span.kind`, messages flattened into attributes. */
export const openInference: Dialect = {
  name: 'openinference',
  markers: ['openinference.span.kind'],
  claims: ({ attributes }) => readName(attributes, 'openinference.span.kind') !== null,
  read: (span, print) => {
    const kind = readName(span.attributes, 'openinference.span.kind')?.toUpperCase()
    if (kind === 'TOOL') return readExecution(span, print)
    if (kind === 'LLM') return readCall(span, print)
    const isAgent = kind === 'AGENT'
    return readScope(isAgent, isAgent ? (readName(span.attributes, 'agent.name') ?? nameOf(span.name)) : null)
  },
}

function readExecution(span: OtlpSpan, print: Fingerprint) {
  const { attributes } = span
  const input = tell(attributes['input.value'])
  const output = tell(attributes['output.value'])
  // LangChain hands a tool its call and gets a message back; both carry the id.
  const call = callIn(input)
  const answer = answerIn(output)
  const parameters = readRaw(attributes, 'tool_call.function.arguments', 'tool.parameters')
  return readTool(span, print, {
    tool: readName(attributes, 'tool.name', 'tool_call.function.name') ?? nameOf(span.name),
    nameAttribute: 'tool.name',
    callId:
      readName(attributes, 'tool_call.id', 'tool.call_id', 'tool.id', 'gen_ai.tool.call.id') ??
      call?.callId ??
      answer?.callId ??
      null,
    args: call?.args ?? firstArgument(input === undefined ? parameters : input),
    result: output,
  })
}

/** A traced function's arguments come as a list; the first is what the model asked for, the rest is the runtime's. */
function firstArgument(input: unknown): unknown {
  return Array.isArray(input) && input.length > 1 && isFields(input[0]) ? input[0] : input
}

function readCall(span: OtlpSpan, print: Fingerprint): Reading {
  const { attributes } = span
  const parameters = attributes['llm.invocation_parameters']
  const flat = unflatten(attributes, 'llm.output_messages.')
  const calls = richer(readMessages(flat), attributes['output.value']).calls
  const output = attributes['output.value']
  const isTold = flat !== null || calls.length > 0 || (output !== '' && typeof tell(output) === 'object')
  return readModel(span, print, {
    model: readName(attributes, 'llm.model_name') ?? readModelName(span),
    provider: readProvider(span),
    ...readTokens(span),
    parameters,
    calls: isTold ? splitMerged(calls, () => toolsOf(span)) : null,
    history: richer(readMessages(unflatten(attributes, 'llm.input_messages.')), attributes['input.value']),
  })
}

/**
 * Flattened messages may leave out ids, or calls altogether, that the whole value has; else they are the better
 * kept of the two, and the whole value, which is long, need not be parsed.
 */
function richer(flat: Told, value: OtlpValue | undefined): Told {
  const all = (told: Told) => [...told.calls, ...told.results]
  const ids = (told: Told) => all(told).filter((one) => one.callId !== null).length
  if (ids(flat) > 0 && ids(flat) === all(flat).length) return flat
  const whole = readMessages(tell(value))
  if (ids(whole) !== ids(flat)) return ids(whole) > ids(flat) ? whole : flat
  return all(whole).length > all(flat).length ? whole : flat
}

function toolsOf({ attributes }: OtlpSpan): ReadonlySet<string> {
  const parameters = tell(attributes['llm.invocation_parameters'])
  const listed = unflatten(attributes, 'llm.tools.')
  const schemas = Array.isArray(listed)
    ? listed.map((entry) => {
        const tool = isFields(entry) ? member(entry, 'tool') : undefined
        return isFields(tool) ? tell(firstOf(tool, 'json_schema')) : undefined
      })
    : []
  return readToolNames([...schemas, isFields(parameters) ? member(parameters, 'tools') : undefined])
}
