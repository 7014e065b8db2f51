import type { OtlpSpan } from '../otlp/span.ts'
import { readCount, readFlag, readName, readRaw } from './attributes.ts'
import type { ModelFacts, ScopeFacts, ToolFacts } from './facts.ts'
import type { Fingerprint } from './fingerprint.ts'
import { isFields, member, tell } from './json.ts'
import { printCall, printHistory } from './messages/print-told.ts'
import type { Told } from './messages/read-messages.ts'
import type { ToldCall } from './messages/told-call.ts'
import { readFailure, tellsFailure, unwrapResult } from './outcome.ts'

/** What a dialect reads; where it names neither agent nor run, the attributes common to all are looked at. */
export interface Reading {
  readonly facts: ModelFacts | ToolFacts | ScopeFacts
  readonly agent?: string | null
  readonly runId?: string | null
}

/** The span speaks the dialect, but does not say what it must. */
export interface Missing {
  readonly missing: readonly string[]
}

/** One way of telling an agent's turn in attributes. */
export interface Dialect {
  readonly name: string
  /** The attributes by which it is known: told to people whose spans have none of them. */
  readonly markers: readonly string[]
  /** Whether the span speaks it, by its own attributes. */
  readonly claims: (span: OtlpSpan) => boolean
  readonly read: (span: OtlpSpan, print: Fingerprint) => Reading | Missing
}

export function readScope(isAgent: boolean, agent: string | null = null): Reading {
  return { facts: { role: 'scope', isAgent }, agent }
}

/** What a dialect found of a tool's execution; arguments and result as they came, undefined where not told. */
export interface FoundTool {
  readonly tool: string | null
  /** The attribute that would have named it. */
  readonly nameAttribute: string
  readonly callId: string | null
  readonly args: unknown
  readonly result: unknown
}

export function readTool(span: OtlpSpan, print: Fingerprint, found: FoundTool): Reading | Missing {
  if (found.tool === null) return { missing: [found.nameAttribute] }
  const args = print(found.args)
  const value = tell(found.result)
  const result = print(unwrapResult(value))
  const told = tellsFailure(value) === true ? ({ outcome: 'error', errorCode: 'error' } as const) : null
  const failure = readFailure(span) ?? told
  const error = failure === null ? null : print(span.status.message || undefined).excerpt
  const captured = { args: args.excerpt, result: result.excerpt, error }
  const isCaptured = Object.values(captured).some((excerpt) => excerpt !== null)
  const facts: ToolFacts = {
    role: 'tool',
    tool: found.tool,
    callId: found.callId,
    argumentsKey: args.key,
    argsFp: args.fp,
    argsBytes: args.bytes,
    resultFp: result.fp,
    resultBytes: result.bytes,
    outcome: failure?.outcome ?? 'ok',
    errorCode: failure?.errorCode ?? null,
    ...(isCaptured ? { captured } : {}),
  }
  return { facts }
}

/** What a dialect found of a model call; null and undefined where it is not told. */
export interface FoundModel {
  readonly model: string | null
  readonly provider: string | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  /** The parameters of the request, as far as they are told in one value. */
  readonly parameters?: unknown
  readonly calls: readonly ToldCall[] | null
  /** The messages before the answer. */
  readonly history: Told
}

export function readModel(span: OtlpSpan, print: Fingerprint, found: FoundModel): Reading {
  const facts: ModelFacts = {
    role: 'model',
    model: found.model,
    provider: found.provider,
    inputTokens: found.inputTokens,
    outputTokens: found.outputTokens,
    parallelRequested: readParallel(span, found.parameters),
    emitted: isWithheld(span, found) ? null : (found.calls?.map((call) => printCall(call, print)) ?? null),
    ...printHistory(found.history, print),
    failed: readFailure(span) !== null,
  }
  return { facts }
}

const FINISH = [
  'gen_ai.response.finish_reasons',
  'gen_ai.completion.0.finish_reason',
  'llm.finish_reason',
  'ai.response.finishReason',
] as const

const ASKS_FOR_TOOLS = /\b(?:tool[_-]?(?:calls?|use)|function_call)\b/

/** It stopped to have tools called, and yet none is told: the calls were left out. */
function isWithheld(span: OtlpSpan, { calls }: FoundModel): boolean {
  if (calls === null || calls.length > 0) return false
  const reason = readRaw(span.attributes, ...FINISH)
  const reasons: readonly unknown[] = Array.isArray(reason) ? reason : [reason]
  return reasons.some((one) => typeof one === 'string' && ASKS_FOR_TOOLS.test(one))
}

const PARALLEL = [
  'gen_ai.request.parallel_tool_calls',
  'gen_ai.openai.request.parallel_tool_calls',
  'llm.request.parallel_tool_calls',
  'parallel_tool_calls',
] as const

/** OpenAI asks for parallel calls, Anthropic asks for none within the tool choice. */
function readParallel(span: OtlpSpan, parameters: unknown): boolean | null {
  const flag = readFlag(span.attributes, ...PARALLEL)
  if (flag !== null) return flag
  // Requests hold the definitions of all tools, and few say this: only those are parsed.
  const request = typeof parameters === 'string' && !parameters.includes('parallel') ? null : tell(parameters)
  if (!isFields(request)) return null
  const asked = member(request, 'parallel_tool_calls') ?? member(request, 'parallelToolCalls')
  if (typeof asked === 'boolean') return asked
  const choice = member(request, 'tool_choice') ?? member(request, 'toolChoice')
  const disabled = isFields(choice) ? member(choice, 'disable_parallel_tool_use') : undefined
  return typeof disabled === 'boolean' ? !disabled : null
}

/** Tokens by the names of all generations of the conventions, the newest first. */
export function readTokens(span: OtlpSpan): { inputTokens: number | null; outputTokens: number | null } {
  return {
    inputTokens: readCount(
      span.attributes,
      'gen_ai.usage.input_tokens',
      'gen_ai.usage.prompt_tokens',
      'llm.token_count.prompt',
      'llm.usage.prompt_tokens',
    ),
    outputTokens: readCount(
      span.attributes,
      'gen_ai.usage.output_tokens',
      'gen_ai.usage.completion_tokens',
      'llm.token_count.completion',
      'llm.usage.completion_tokens',
    ),
  }
}

/** The model that answered, else the one that was asked. */
export function readModelName(span: OtlpSpan): string | null {
  return readName(span.attributes, 'gen_ai.response.model', 'gen_ai.request.model', 'llm.model_name')
}

export function readProvider(span: OtlpSpan): string | null {
  return readName(span.attributes, 'gen_ai.provider.name', 'gen_ai.system', 'llm.provider', 'llm.system')
}
