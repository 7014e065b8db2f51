import type { PolicyCall, PolicyContext } from '../policies.ts'

export const turnOfLoop = () => new Promise((resolve) => setImmediate(resolve))

export const call = (callId: string, tool: string, rest: Partial<PolicyCall> = {}): PolicyCall => ({
  callId,
  tool,
  ...rest,
})

/** A tool that watches itself: who started, who was inside with whom, and the most at once. */
export function watched(turns = 3) {
  const open = new Set<string>()
  const seen = { order: [] as string[], overlaps: [] as string[], most: 0 }
  const run = async ({ callId = '' }: PolicyCall) => {
    seen.order.push(callId)
    for (const other of open) seen.overlaps.push(`${other}+${callId}`)
    open.add(callId)
    seen.most = Math.max(seen.most, open.size)
    for (let i = 0; i < turns; i++) await turnOfLoop()
    open.delete(callId)
    return callId
  }
  return { seen, run }
}

/** Fails as often as told, then gives its id. */
export function failing(times: Record<string, number>, error: () => unknown = () => ({ status: 503 })) {
  const contexts: PolicyContext[] = []
  const run = async ({ callId = '' }: PolicyCall, context: PolicyContext) => {
    contexts.push(context)
    const left = times[callId] ?? 0
    times[callId] = left - 1
    if (left > 0) throw error()
    return callId
  }
  return { contexts, run }
}
