import type { DetectorContext } from '../detector.ts'
import { type LatencyShape, logShareOf } from '../latency/latency-shape.ts'
import { durationAt, GAMMA, logWidthAt, positionOf } from '../latency/log-histogram.ts'
import { peekLatencyShape, readLatency } from '../latency.ts'
import type { ConvoyState, ToolEntry } from './state.ts'

/** Calls of an agent's own that must be known before a tool is judged. */
const MIN_CALLS = 50
/** Calls without siblings after which they say how long a tool takes once it is let in. */
const MIN_SOLO = 30
/**
 * ln of the probability of any one bin without a queue, at the least: a few calls in a hundred are outliers
 * that take several times as long, and one outlier must not prove a queue.
 */
const LOG_OUTLIER = -5.5
/** Weight of the latest of the calls that nothing can have held up. */
const FAST = 0.25
const SHARED_FAST = 0.15
const MIN_FREE = 3
const MAX_FREE = 8
/** Two durations further apart than by this factor are two. */
const APART = 1.5
/** In bins: less is no drift, of a tool and of an agent's tools together; no single call says more than the last. */
const MIN_DRIFT = 1
const MIN_SHARED_DRIFT = 3
const MAX_STEP = 12
/** By how much a tool or a host may have slowed down instead. */
const SLOWER_FACTORS = [1.4, 2, 2.8, 4, 5.6] as const
/** The same in bins of the scale. */
export const SLOWER_BINS = SLOWER_FACTORS.map((factor) => Math.log(factor) / Math.log(GAMMA))

interface AgentScope {
  readonly environment: string
  readonly agent: string
}

/** What is known of one tool's durations while a batch is judged. Densities are per ms, as natural logs. */
export class ToolLens {
  readonly #shape: LatencyShape | null
  readonly #entry: ToolEntry
  readonly #driftBins: number
  readonly #sharedBins: number
  readonly #context: DetectorContext
  readonly #scope: AgentScope

  constructor(context: DetectorContext, scope: AgentScope, state: ConvoyState, entry: ToolEntry) {
    const { environment, agent } = scope
    const shape = peekLatencyShape(context, { environment, agent, tool: entry.name })
    this.#entry = entry
    if (shape !== null && shape.n !== entry.shapedN) readPeak(entry, shape)
    this.#shape = shape !== null && shape.n >= MIN_CALLS ? shape : null
    this.#driftBins = entry.free >= MIN_FREE && entry.fast > MIN_DRIFT ? entry.fast : 0
    this.#sharedBins = state.drift > MIN_SHARED_DRIFT ? state.drift : 0
    this.#context = context
    this.#scope = scope
  }

  get known(): boolean {
    return this.#shape !== null
  }

  /** Durations that are usual: the middle one and, where it is another, the likeliest on a log scale. */
  get typicalMs(): readonly number[] {
    if (this.#shape === null) return []
    const middleMs = durationAt(this.#shape.median)
    const ratio = this.#entry.peakMs / middleMs
    return ratio > APART || ratio < 1 / APART ? [middleMs, this.#entry.peakMs] : [middleMs]
  }

  /** How much longer than usual, in bins of the scale. */
  distance(ms: number): number {
    return this.#shape === null
      ? 0
      : positionOf(ms) - this.#shape.median - this.#shape.bias * this.#shape.spread
  }

  /** By how many nats the likeliest duration is likelier, on a log scale. */
  oddness(ms: number): number {
    return this.#shape === null
      ? 0
      : this.#entry.logPeak - logShareOf(this.#shape, Math.floor(positionOf(ms)))
  }

  /** Of a call that begins at once. */
  logService(ms: number): number {
    return this.#logAt(positionOf(ms), ms)
  }

  /** Of a call of a tool that has become slower by as many bins of the scale. */
  logSlower(ms: number, bins: number): number {
    return this.#logAt(positionOf(ms) - bins, ms)
  }

  /** Without any queue: as it was, an outlier, or slower by as much as calls that nothing can have held up. */
  logNull(ms: number): number {
    const usual = Math.max(this.logService(ms), LOG_OUTLIER - logWidthAt(ms))
    const drifted = this.#driftBins === 0 ? usual : Math.max(usual, this.logSlower(ms, this.#driftBins))
    return this.#sharedBins === 0 ? drifted : Math.max(drifted, this.logSlower(ms, this.#sharedBins))
  }

  /** As learned from calls without siblings alone, where there are enough: no convoy can have taught it. */
  logSolo(ms: number): number {
    const { environment, agent } = this.#scope
    const solo = readLatency(this.#context, { environment, agent, tool: this.#entry.name }, 'solo')
    return solo.n >= MIN_SOLO ? solo.logDensity(ms) : this.logService(ms)
  }

  #logAt(position: number, ms: number): number {
    return this.#shape === null ? 0 : logShareOf(this.#shape, Math.floor(position)) - logWidthAt(ms)
  }
}

/** The lenses of an agent's tools while one batch is judged. */
export class Lenses {
  readonly #made: (ToolLens | undefined)[] = []
  readonly #context: DetectorContext
  readonly #scope: AgentScope
  readonly #state: ConvoyState

  constructor(context: DetectorContext, scope: AgentScope, state: ConvoyState) {
    this.#context = context
    this.#scope = scope
    this.#state = state
  }

  /** By position in the agent's list of tools. */
  of(tool: number): ToolLens {
    let lens = this.#made[tool]
    if (lens === undefined) {
      lens = new ToolLens(this.#context, this.#scope, this.#state, this.#state.tools[tool] as ToolEntry)
      this.#made[tool] = lens
    }
    return lens
  }

  readonly logService = (tool: number, ms: number): number => this.of(tool).logService(ms)
  readonly logSolo = (tool: number, ms: number): number => this.of(tool).logSolo(ms)
}

function readPeak(entry: ToolEntry, shape: LatencyShape): void {
  let peak = 0
  for (let bin = 1; bin < shape.logs.length; bin++) {
    if ((shape.logs[bin] as number) > (shape.logs[peak] as number)) peak = bin
  }
  entry.shapedN = shape.n
  entry.logPeak = logShareOf(shape, peak)
  entry.peakMs = Math.round(durationAt(peak + 0.5) * 100) / 100
}

/** Learns from a call of a known tool that no sibling can have held up: of the tool, and of what all tools share. */
export function learnFree(state: ConvoyState, entry: ToolEntry, lens: ToolLens, durationMs: number): void {
  const step = lens.distance(durationMs)
  entry.free = Math.min(MAX_FREE, entry.free + 1)
  entry.fast = round(entry.fast + (step - entry.fast) * Math.max(FAST, 1 / entry.free))
  const clipped = Math.max(-MAX_STEP, Math.min(MAX_STEP, step))
  state.drift = round(state.drift + (clipped - state.drift) * SHARED_FAST)
}

function round(x: number): number {
  return Math.round(x * 100) / 100
}
