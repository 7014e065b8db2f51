import type { TimedCall } from '#lib/model/batch.ts'
import { compareText } from './order.ts'

/** How often a tool was called in one batch. */
export interface ToolCount {
  readonly tool: string
  readonly count: number
}

type NamedCall = Pick<TimedCall, 'callId' | 'attempt' | 'tool'>

/** The multiset of tools of a batch, sorted by name; each call id counts once, under its first attempt's tool. */
export function computeSignature(calls: readonly NamedCall[]): ToolCount[] {
  const signature: { tool: string; count: number }[] = []
  for (const tool of listTools(calls).sort(compareText)) {
    const last = signature.at(-1)
    if (last?.tool === tool) last.count++
    else signature.push({ tool, count: 1 })
  }
  return signature
}

/** The tool names in order, each as often as it was called, joined by `+`. */
export function formatSignature(signature: readonly ToolCount[]): string {
  let text = ''
  for (const { tool, count } of signature) {
    for (let i = 0; i < count; i++) text += text === '' ? tool : `+${tool}`
  }
  return text
}

function listTools(calls: readonly NamedCall[]): string[] {
  if (calls.every((call) => call.attempt === 1)) return calls.map((call) => call.tool)
  const first = new Map<string, NamedCall>()
  for (const call of calls) {
    const known = first.get(call.callId)
    if (known === undefined || call.attempt < known.attempt) first.set(call.callId, call)
  }
  return Array.from(first.values(), (call) => call.tool)
}
