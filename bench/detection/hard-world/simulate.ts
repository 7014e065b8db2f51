import type { Random } from '../../../tests/testing/random.ts'
import type { Bend } from './scenarios.ts'
import type { WireCall } from './wire.ts'
import type { HardAgent, HardWorld } from './world.ts'

export interface Simulated {
  readonly calls: WireCall[]
  readonly wallMs: number
  readonly cap: number | null
}

/** When each slot of a resource that all agents share is free again, epoch ms. */
export type SharedSlots = number[]

/** Runs the calls of one batch under its intent and whatever the scenario does to it. */
export function simulateBatch(
  world: HardWorld,
  agent: HardAgent,
  tools: readonly string[],
  bend: Bend,
  atMs: number,
  shared: SharedSlots,
  random: Random,
): Simulated {
  const cap = bend.cap === undefined ? agent.cap : bend.cap
  const isSerial = bend.serialize || bend.mode === 'serial' || bend.chained
  const workers = new Array<number>(isSerial ? 1 : (cap ?? tools.length)).fill(0)
  const slots = new Array<number>(bend.slots?.count ?? 0).fill(0)
  const toolEnds = new Map<string, number>()
  const calls: WireCall[] = []
  let handedMs = 0
  let barrierMs = 0
  let lastEndMs = 0
  for (const [seq, name] of tools.entries()) {
    const tool = world.tools.get(name)
    if (tool === undefined) throw new Error(`no tool ${name}`)
    handedMs += random.next() * 2
    const worker = workers.indexOf(Math.min(...workers))
    let startMs = Math.max(handedMs, workers[worker] ?? 0, barrierMs)
    if (bend.mode === 'reads-only' && tool.effect !== 'read') startMs = Math.max(startMs, lastEndMs)
    if (bend.toolCap) startMs = Math.max(startMs, toolEnds.get(name) ?? 0)
    let serviceMs = tool.serviceMs(random) * (bend.load ?? 1)
    if (bend.slow?.tool === name) serviceMs *= bend.slow.factor
    let endMs = startMs + serviceMs
    if (bend.slots?.tools.has(name)) {
      const slot = slots.indexOf(Math.min(...slots))
      endMs = Math.max(startMs, slots[slot] ?? 0) + serviceMs
      slots[slot] = endMs
    }
    if (bend.sharedSlots && tool.resource !== null) {
      while (shared.length < bend.sharedSlots) shared.push(0)
      const slot = shared.indexOf(Math.min(...shared))
      endMs = Math.max(atMs + startMs, shared[slot] ?? 0) + serviceMs - atMs
      shared[slot] = atMs + endMs
    }
    workers[worker] = endMs
    if (bend.mode === 'reads-only' && tool.effect !== 'read') barrierMs = endMs
    toolEnds.set(name, endMs)
    lastEndMs = Math.max(lastEndMs, endMs)
    calls.push({
      call_id: `${seq}`,
      attempt: 1,
      seq,
      tool: name,
      start_ms: round(startMs),
      duration_ms: round(endMs - startMs),
      outcome: 'ok',
      effect: tool.effect,
      resources: tool.resource === null ? [] : [`${tool.resource}/${random.int(1, 100_000)}`],
      depends_on: bend.chained && seq > 0 ? [`${seq - 1}`] : [],
      args_fp: [],
      result_fp: [],
    })
  }
  failCalls(world, calls, bend, random)
  nestResources(calls, bend, random)
  const wallMs = Math.max(...calls.map((call) => call.start_ms + call.duration_ms))
  return { calls, wallMs, cap: cap ?? null }
}

function failCalls(world: HardWorld, calls: WireCall[], bend: Bend, random: Random): void {
  for (const call of [...calls]) {
    let share = (world.tools.get(call.tool)?.errorShare ?? 0) + (bend.outage ?? 0)
    if (bend.fails?.tool === call.tool && overlapsTool(calls, call, bend.fails.sibling))
      share = bend.fails.share
    if (!random.chance(share)) continue
    call.outcome = 'error'
    call.error_code = 'UPSTREAM'
    if (bend.retries) retry(world, calls, call, random)
  }
}

/** The further attempt starts after the failed one and may outlast the batch as it was. */
function retry(world: HardWorld, calls: WireCall[], call: WireCall, random: Random): void {
  const durationMs = world.tools.get(call.tool)?.serviceMs(random) ?? 1
  calls.push({
    ...call,
    attempt: 2,
    start_ms: round(call.start_ms + call.duration_ms + 100),
    duration_ms: round(durationMs),
    outcome: 'ok',
  })
}

function overlapsTool(calls: readonly WireCall[], call: WireCall, sibling: string): boolean {
  const endMs = call.start_ms + call.duration_ms
  return calls.some(
    (other) =>
      other !== call &&
      other.tool === sibling &&
      other.start_ms < endMs &&
      call.start_ms < other.start_ms + other.duration_ms,
  )
}

function nestResources(calls: readonly WireCall[], bend: Bend, random: Random): void {
  const [first, second] = calls
  if (!bend.nested || !first || !second) return
  const folder = `tree/${random.int(1, 100_000)}`
  first.effect = 'write'
  first.resources = [folder]
  second.resources = [bend.nested === 'containing' ? `${folder}/leaf` : `${folder}leaf`]
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
