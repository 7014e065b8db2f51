import { type Attribution, createAttribution } from '../statistics/attribution.ts'
import type { Queue, QueueBatch } from './queue.ts'

/** A tool of an agent. */
export interface ToolEntry {
  readonly name: string
  /** In bins of the scale: by how much the last few calls took longer than usual that no sibling can have held up. */
  fast: number
  /** How many of those there were, as far as it matters. */
  free: number
  usedMs: number
  /** Of its reference, when that held `shapedN` calls: ln of the share of the likeliest bin, and its duration. */
  shapedN: number
  logPeak: number
  peakMs: number
}

/** What a queue did to the batches that met it. */
export interface QueueFacts {
  /** What the batches say for it. */
  log: number
  /** By tool: how much better it being slower by each of SLOWER_BINS explains the calls that seem to have waited. */
  readonly rivals: Record<string, number[]>
  batches: number
  /** What their calls waited, what the batches took, and by how much they would have been shorter without it. */
  waitMs: number
  wallMs: number
  lostMs: number
}

/** A hypothesis that is being followed. */
export interface Candidate {
  queue: Queue
  /** Evidence in nats since `onsetMs`, less what changes of the hypothesis have cost. */
  sum: number
  price: number
  onsetMs: number
  /** Of the sum: what the latest run gave, and what the run gave that gave most. */
  run: number
  ofRun: number
  ofBest: number
  /** Kept once the sum is worth it. */
  facts: QueueFacts | null
  /** Event time, epoch ms, and sum, while there are facts. */
  trail: [number, number][]
}

/** A convoy that was found, until it is over. What is found out about it later does not change its name. */
export interface OpenConvoy {
  readonly tools: readonly string[]
  /** What had to be reached, and what it was found by; its queue may be corrected. */
  readonly threshold: number
  readonly found: Candidate
  /** Evidence that it is over. */
  over: number
  /** Evidence that it goes on, since that was last said. */
  again: number
}

/** What is remembered of an agent in an environment. */
export interface ConvoyState {
  tools: ToolEntry[]
  /** The same over the calls of all tools. */
  drift: number
  candidates: Candidate[]
  open: OpenConvoy[]
  /** The latest batches, for comparing hypotheses. */
  kept: QueueBatch[]
  /** Event time since when a convoy is suspected; null = none is. */
  suspectedMs: number | null
  /** Who was there when calls waited. */
  readonly causes: Attribution
}

/** As many as a mask has bits to spare. */
const MAX_TOOLS = 30
const MAX_KEPT = 16

export function createConvoyState(): ConvoyState {
  return {
    tools: [],
    drift: 0,
    candidates: [],
    open: [],
    kept: [],
    suspectedMs: null,
    causes: createAttribution(),
  }
}

/** Position of a tool in the agent's list; the one not used longest makes room, with all that speaks of it. */
export function toolIndex(state: ConvoyState, name: string, nowMs: number): number {
  const { tools } = state
  for (let i = 0; i < tools.length; i++) {
    const tool = tools[i] as ToolEntry
    if (tool.name !== name) continue
    tool.usedMs = nowMs
    return i
  }
  const entry: ToolEntry = {
    name,
    fast: 0,
    free: 0,
    usedMs: nowMs,
    shapedN: 0,
    logPeak: 0,
    peakMs: 0,
  }
  if (tools.length < MAX_TOOLS) return tools.push(entry) - 1
  let oldest = 0
  for (const [i, { usedMs }] of tools.entries()) {
    if (usedMs < (tools[oldest] as ToolEntry).usedMs) oldest = i
  }
  tools[oldest] = entry
  const bit = 1 << oldest
  state.candidates = state.candidates.filter(({ queue }) => (queue.mask & bit) === 0)
  state.open = state.open.filter(({ found }) => (found.queue.mask & bit) === 0)
  state.kept = []
  return oldest
}

export function keepBatch(state: ConvoyState, batch: QueueBatch): void {
  state.kept.push(batch)
  if (state.kept.length > MAX_KEPT) state.kept.shift()
}
