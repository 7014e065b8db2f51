import type { BatchDetail, WireCall } from '#lib/contract/reads.ts'
import { makeDetail, makeWireCall } from '#lib/timeline/testing/detail.ts'
import { createRandom } from './workload.ts'

const TOOLS = 12
const CAP = 64
const OUTCOMES = [
  [0.94, 'ok'],
  [0.97, 'error'],
  [0.985, 'timeout'],
  [0.995, 'cancelled'],
  [1, 'never-ran'],
] as const

/** One batch of so many calls on 64 workers: a dozen tools, every outcome, one retry in fifty. */
export function makeLargeBatch(count: number): BatchDetail {
  const random = createRandom(7)
  const freeAtMs = new Array<number>(CAP).fill(0)
  const calls: WireCall[] = []
  for (let seq = 0; seq < count; seq++) {
    const worker = freeAtMs.indexOf(Math.min(...freeAtMs))
    const outcome = outcomeOf(random())
    const given = { call_id: `toolu_${seq}`, seq, tool: `tool_${Math.floor(random() ** 2 * TOOLS)}` }
    if (outcome === 'never-ran') {
      calls.push(makeWireCall({ ...given, outcome, start_ms: null, duration_ms: null }))
      continue
    }
    const retried = random() < 0.02
    if (retried) calls.push(runOn(worker, { ...given, outcome: 'error', error_code: '503' }))
    calls.push(runOn(worker, { ...given, attempt: retried ? 2 : 1, outcome }))
  }
  return makeDetail({ calls, concurrency: CAP, size: count, context: contextOf(calls) })

  function runOn(worker: number, given: Partial<WireCall>): WireCall {
    const startMs = (freeAtMs[worker] ?? 0) + random() * 4
    const durationMs = 20 + random() * random() * 900
    freeAtMs[worker] = startMs + durationMs
    const [start_ms, duration_ms] = [startMs, durationMs].map((ms) => Math.round(ms * 1000) / 1000)
    return makeWireCall({ ...given, start_ms: start_ms ?? 0, duration_ms: duration_ms ?? 0, args_bytes: 412 })
  }
}

function outcomeOf(draw: number): WireCall['outcome'] {
  return OUTCOMES.find(([below]) => draw < below)?.[1] ?? 'ok'
}

function contextOf(calls: readonly WireCall[]): BatchDetail['context'] {
  const tools = [...new Set(calls.map((call) => call.tool))]
  return {
    ...makeDetail({}).context,
    tools: tools.map((tool) => ({ tool, p50_ms: 190, p95_ms: 640, n: 1000, low_sample: false })),
  }
}
