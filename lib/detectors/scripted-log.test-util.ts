import { measureBatch } from '#lib/intervals/measure-batch.ts'
import { makeCall, makeStoredBatch } from '#lib/model/batch.test-util.ts'
import type { Call, StoredBatch } from '#lib/model/batch.ts'
import type { AlertChange } from './alert-change.ts'
import type { Detector } from './detector.ts'
import { DetectionEngine } from './engine.ts'
import { StateCache, type StoredState } from './state-cache.ts'

const START_MS = 1_790_000_000_000
const MINUTE_MS = 60_000

/** A call as a test says it; what it leaves out is a plain read. */
export type ScriptedCall = Partial<Call> & {
  readonly tool: string
  readonly startMs: number
  readonly ms: number
}

/** A log that a test writes batch by batch, one run a minute unless it says otherwise. */
export class ScriptedLog {
  readonly #detectors: readonly Detector[]
  readonly #stored = new Map<string, StoredState>()
  #states = new StateCache([], 10_000)
  #engine: DetectionEngine
  #batches = 0
  nowMs = START_MS

  constructor(...detectors: readonly Detector[]) {
    this.#detectors = detectors
    this.#engine = this.#start()
  }

  /** What a batch that ends now changes. */
  add(calls: readonly ScriptedCall[], over: Partial<StoredBatch> = {}): AlertChange[] {
    this.nowMs += MINUTE_MS
    const id = `batch-${++this.#batches}`
    const startedAtUs = this.nowMs * 1000
    const batch = toStoredBatch(calls, {
      batchId: id,
      runId: `run-${id}`,
      startedAtUs,
      receivedAtUs: startedAtUs,
      ...over,
    })
    return this.#engine.observe(batch, measureBatch(batch))
  }

  /** The process ends and starts again with what was kept. */
  restart(): void {
    const { written, deleted } = this.#states.takeChanges()
    for (const state of written) this.#stored.set(state.key, state)
    for (const key of deleted) this.#stored.delete(key)
    const inOrder = [...this.#stored.values()].sort((a, b) => a.used - b.used)
    this.#states = new StateCache(inOrder, 10_000)
    this.#engine = this.#start()
  }

  /** Sizes of all states, in bytes of JSON, by key. */
  sizes(): Map<string, number> {
    this.restart()
    return new Map(Array.from(this.#stored.values(), ({ key, json }) => [key, json.length]))
  }

  #start(): DetectionEngine {
    return new DetectionEngine({
      detectors: this.#detectors,
      states: this.#states,
      sensitivity: { extraNats: 0 },
    })
  }
}

/** A parallel batch of one agent, with what the test says otherwise. */
export function toStoredBatch(calls: readonly ScriptedCall[], over: Partial<StoredBatch> = {}): StoredBatch {
  return makeStoredBatch({
    runId: 'run',
    turn: 1,
    agent: 'desk',
    version: '1.0',
    model: 'm',
    mode: 'parallel',
    startedAtUs: START_MS * 1000,
    receivedAtUs: START_MS * 1000,
    calls: calls.map(toCall),
    ...over,
  })
}

function toCall({ startMs, ms, ...call }: ScriptedCall, index: number): Call {
  return makeCall({
    callId: `call-${index}`,
    seq: index,
    startUs: Math.round(startMs * 1000),
    durationUs: Math.round(ms * 1000),
    ...call,
  })
}

/** Calls of these tools, 200 ms each and a little more each time, all at once or one after another. */
export function callsOf(tools: readonly string[], serial: boolean): ScriptedCall[] {
  let atMs = 0
  return tools.map((tool, i) => {
    const ms = 200 + 10 * i
    const startMs = serial ? atMs : i
    atMs += ms + 1
    return { tool, startMs, ms }
  })
}
