import { nameOf } from '../attributes.ts'
import { type Fields, isFields, member, parseJson } from '../json.ts'
import { CALL_MEMBERS, CALL_TYPES, type ToldCall, toldCall } from './told-call.ts'
import { RESULT_MEMBERS, RESULT_ROLES, RESULT_TYPES, type ToldResult, toldResult } from './told-result.ts'

/** The calls and results in messages, in the order in which they stand. */
export interface Told {
  readonly calls: readonly ToldCall[]
  readonly results: readonly ToldResult[]
  /** The calls again, a list for each answer: a result ends the answer before it. */
  readonly answers: readonly (readonly ToldCall[])[]
}

/** Where messages are found in requests, responses and serialised message objects, in this order. Nothing else is entered. */
const CONTAINERS: readonly string[] = [
  'messages',
  'message',
  'choices',
  'generations',
  'candidates',
  'kwargs',
  'data',
  'payload',
  'output',
  'outputs',
  'input',
  'inputs',
  'response',
  'content',
  'contents',
  'message_content',
  'parts',
  'items',
  'tool_call',
  'tool_calls',
  'toolCalls',
  'additional_kwargs',
]
const PLACES = new Map(CONTAINERS.map((name, place) => [name, place]))
const TELLING: ReadonlySet<string> = new Set([...CALL_MEMBERS, ...RESULT_MEMBERS])

const MAX_DEPTH = 24
const MAX_NODES = 50_000

/**
 * Finds tool calls and results in messages of any published form: OTel parts, OpenAI chat and responses,
 * Anthropic, Gemini and Bedrock blocks, AI SDK parts, Genkit parts, serialised LangChain messages. A call told
 * twice under one id is one call.
 */
export function readMessages(told: unknown): Told {
  const reader = new MessageReader()
  reader.visit(told, 0, false)
  const names = new Map(reader.calls.map((call) => [call.callId, call.tool]))
  const named = reader.results.map((result) =>
    result.tool === null && result.callId !== null
      ? { ...result, tool: names.get(result.callId) ?? null }
      : result,
  )
  return { calls: reader.calls, results: named, answers: reader.answers }
}

/** Whether it may be a call or a result: most of what messages consist of is neither, and is told so at once. */
function isTelling(node: Fields): boolean {
  const { type, role } = node
  if (typeof type === 'string' && (CALL_TYPES.has(type) || RESULT_TYPES.has(type.trim()))) return true
  if (typeof role === 'string' && RESULT_ROLES.has(role.trim())) return true
  for (const name in node) if (TELLING.has(name)) return true
  return false
}

/** Whether a text is JSON in which a call or a result may be told: outside of lists of calls, none is without these words. */
function mayHoldBlocks(text: string, inCalls: boolean): boolean {
  return /^\s*(\[\s*\{|\{\s*")/.test(text) && (inCalls || text.includes('tool') || text.includes('function'))
}

function containersOf(node: Fields): readonly string[] {
  const names = Object.keys(node).filter((name) => PLACES.has(name))
  return names.length < 2 ? names : names.sort((a, b) => (PLACES.get(a) ?? 0) - (PLACES.get(b) ?? 0))
}

class MessageReader {
  readonly calls: ToldCall[] = []
  readonly results: ToldResult[] = []
  readonly answers: ToldCall[][] = []
  #isAnswered = true
  readonly #callIds = new Set<string>()
  readonly #resultIds = new Set<string>()
  #nodesLeft = MAX_NODES

  visit(node: unknown, depth: number, inCalls: boolean): void {
    if (depth > MAX_DEPTH || this.#nodesLeft-- <= 0) return
    if (typeof node === 'string') {
      // Blocks written into a message's text, as older instrumentations do.
      if (mayHoldBlocks(node, inCalls)) this.#enter(parseJson(node), depth, inCalls)
    } else {
      this.#enter(node, depth, inCalls)
    }
  }

  #enter(node: unknown, depth: number, inCalls: boolean): void {
    if (Array.isArray(node)) {
      for (const item of node) this.visit(item, depth + 1, inCalls)
    } else if (isFields(node) && member(node, 'providerExecuted') !== true) {
      const mayTell = inCalls || isTelling(node)
      const call = mayTell ? toldCall(node, inCalls) : null
      if (call !== null) this.#addCall(call)
      else if (!(mayTell && this.#readResult(node, depth))) this.#enterContainers(node, depth)
    }
  }

  #enterContainers(node: Fields, depth: number): void {
    const calls = member(node, 'tool_calls')
    if (Array.isArray(calls) && calls.length > 0) {
      // The same calls stand once more in a LangChain message's content and additional_kwargs, without names.
      this.visit(calls, depth + 1, true)
      return
    }
    for (const name of containersOf(node)) {
      const inner = member(node, name)
      if (inner !== undefined && inner !== null) this.visit(inner, depth + 1, /^tool_?calls?$/i.test(name))
    }
  }

  /** A tool's message may hold results with ids of their own, or be the result itself. */
  #readResult(node: Fields, depth: number): boolean {
    const result = toldResult(node)
    if (result === null) return false
    if (result.isMessage) {
      const known = this.results.length
      this.#enterContainers(node, depth)
      if (this.results.length > known) return true
    }
    this.#addResult(result.told)
    return true
  }

  #addCall(call: ToldCall): void {
    if (call.callId !== null && this.#callIds.has(call.callId)) return
    if (call.callId !== null) this.#callIds.add(call.callId)
    this.calls.push(call)
    if (this.#isAnswered) this.answers.push([])
    this.#isAnswered = false
    this.answers.at(-1)?.push(call)
  }

  #addResult(result: ToldResult): void {
    this.#isAnswered = true
    const id = nameOf(result.callId)
    if (id !== null && this.#resultIds.has(id)) return
    if (id !== null) this.#resultIds.add(id)
    this.results.push(result)
  }
}
